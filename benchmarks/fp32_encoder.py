"""The published MiniLM in full precision, for peers: ONNX fp32 gives sentence-transformers' own vectors."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

__all__ = ["Fp32Encoder"]


class Fp32Encoder:
    """An encoder to wrap in :class:`features.embedding_cache.CachedEncoder`; compiled at the first text."""

    dimension = 384
    fingerprint = "minilm-fp32-53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

    def __init__(self, threads: int = 2) -> None:
        self.threads = threads
        self._run: Callable[[str], np.ndarray] | None = None

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Callable[[int], None] | None = None
    ) -> np.ndarray:
        """Return the (n, 384) unit vectors of the texts, in order."""
        if self._run is None:
            self._run = _compile()
        vectors = np.empty((len(texts), self.dimension), np.float32)
        with ThreadPoolExecutor(self.threads) as pool:
            for row, vector in enumerate(pool.map(self._run, texts)):
                vectors[row] = vector
                if progress is not None and row % batch_size == 0:
                    progress(row + 1)
        return vectors


def _compile() -> Callable[[str], np.ndarray]:
    import os
    import warnings

    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    from features.encoder_folder import find_encoder, read_encoder
    from features.onnx_runtime import load_onnxruntime
    from training.encoder.export import export_graph
    from training.encoder.source import find_source

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        full = SentenceTransformer(str(find_source().folder), device="cpu", local_files_only=True)
        graph = export_graph(full, max_tokens=256)
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session: Any = onnxruntime.InferenceSession(
        graph.SerializeToString(),
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=["SkipLayerNormFusion"],
    )
    tokenizer = Tokenizer.from_str(read_encoder(find_encoder()).tokenizer)

    def run(text: str) -> np.ndarray:
        ids = np.array([tokenizer.encode(text[:4096]).ids], dtype=np.int64)
        return np.asarray(session.run(None, {"tokens": ids})[0][0])

    return run
