"""Exports a sentence-transformers model as an fp32 ONNX graph: token ids of one text in, one vector out."""

import io
import logging
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import onnx
    from sentence_transformers import SentenceTransformer

__all__ = ["OPSET", "export_graph"]

# The first opset with an Attention operator, which onnxruntime runs as one kernel.
OPSET = 23


def export_graph(model: "SentenceTransformer", *, max_tokens: int) -> "onnx.ModelProto":
    """Trace every module of a model, pooling and normalisation included, for one unpadded text.

    Without padding there is no attention mask, which keeps the graph small and each text independent.

    Parameters
    ----------
    model : SentenceTransformer
        On CPU, with scaled-dot-product attention.
    max_tokens : int
        The longest text that the graph must take.

    Returns
    -------
    onnx.ModelProto
        Input ``tokens`` of shape (1, n), int64; output ``vector`` of shape (1, dimension), float32.
    """
    import onnx
    import torch

    transformer: Any = model[0].auto_model

    class OneText(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer: Any = transformer
            self.rest = torch.nn.ModuleList(list(model)[1:])

        def forward(self, tokens: torch.Tensor) -> torch.Tensor:
            states = self.transformer(input_ids=tokens)[0]
            features: dict[str, Any] = {"token_embeddings": states, "attention_mask": torch.ones_like(tokens)}
            for module in self.rest:
                features = module(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)

    example = torch.arange(9).unsqueeze(0) % int(transformer.config.vocab_size)
    length = torch.export.Dim("length", min=2, max=max_tokens)
    exporter_log = logging.getLogger("torch.onnx")
    level = exporter_log.level
    exporter_log.setLevel(logging.ERROR)  # it complains of torchvision, which no text model needs
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own deprecations, inside its exporter
            program = torch.onnx.export(
                OneText().eval(),
                (example,),
                dynamo=True,
                input_names=["tokens"],
                output_names=["vector"],
                dynamic_shapes=({1: length},),
                opset_version=OPSET,
                verbose=False,
            )
    finally:
        exporter_log.setLevel(level)
    buffer = io.BytesIO()
    onnx.save_model(program.model_proto, buffer)  # type: ignore[union-attr]
    return _without_traces(onnx.load_model_from_string(buffer.getvalue()))


def _without_traces(graph_file: "onnx.ModelProto") -> "onnx.ModelProto":
    # The exporter notes the source lines and paths of this machine beside each node.
    graph = graph_file.graph
    del graph_file.metadata_props[:], graph.metadata_props[:], graph.value_info[:]
    graph.doc_string = graph_file.doc_string = ""
    for part in (*graph.node, *graph.initializer, *graph.input, *graph.output):
        part.doc_string = ""
        del part.metadata_props[:]
    return graph_file
