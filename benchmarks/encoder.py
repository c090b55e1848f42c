"""Compares ways to run the stock sentence encoder: truth to fp32, dependence on neighbours, speed.

``python -m benchmarks.encoder [--texts 2000]`` from the repository root, with the ``train`` extra. Texts:
Mozilla questions and banking77, half and half. Speed is the best of several rounds, variants taking turns.
Columns: MB; cosine to fp32, mean and min; ``15ms`` milliseconds for one text of 15 tokens; ``15x2`` texts a
second on two threads. Last line JSON.
"""

import argparse
import datetime
import io
import json
import os
import platform
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from features.onnx_runtime import load_onnxruntime

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LENGTHS = (15, 90, 256)
ROUNDS = 12
WORDS = "the printer on floor two does not answer and my account is locked please help with login".split()


def read_texts(count: int) -> list[str]:
    """Return real texts, the same ones each time."""
    import pandas as pd

    mozilla = pd.read_parquet(DATA / "mozilla_support" / "tickets.parquet", columns=["subject", "body"])
    banking = pd.read_parquet(DATA / "banking77" / "test.parquet", columns=["text"])
    mozilla = mozilla.dropna().sample(count // 2, random_state=0)
    subjects = (mozilla["subject"] + " " + mozilla["body"]).str.slice(0, 4096)
    return [*subjects, *banking["text"].sample(count - count // 2, random_state=0)]


def session(model: bytes) -> Any:
    """Open a model as the product does."""
    onnxruntime = load_onnxruntime()

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
    )


def one_by_one(model: bytes, tokenizer: Any) -> Callable[[str], np.ndarray]:
    """Return an encoder that runs each text alone."""
    run = session(model).run
    return lambda text: run(None, {"tokens": np.array([tokenizer.encode(text).ids], dtype=np.int64)})[0][0]


def dynamic(model: bytes, folder: Path, **options: Any) -> bytes:
    """Quantise with onnxruntime's dynamic quantisation."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    (folder / "in.onnx").write_bytes(model)
    options["op_types_to_quantize"] = ["Gather", "MatMul"]  # it takes ONNX's Attention for another operator
    extra = {"MatMulConstBOnly": True}
    quantize_dynamic(
        folder / "in.onnx", folder / "out.onnx", weight_type=QuantType.QInt8, extra_options=extra, **options
    )
    return (folder / "out.onnx").read_bytes()


def blockwise(model: Any) -> bytes:
    """Return the graph with 8-bit MatMulNBits: weights and activations scaled by blocks of 128."""
    import onnx
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    quantizer = MatMulNBitsQuantizer(model, bits=8, block_size=128, is_symmetric=True, accuracy_level=4)
    quantizer.process()
    buffer = io.BytesIO()
    onnx.save_model(quantizer.model.model, buffer)
    return buffer.getvalue()


def padded_graph(full: Any) -> bytes:
    """Export for batches with padding, as is usual."""
    import onnx
    import torch

    class Batch(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList([full[0].auto_model, *list(full)[1:]])

        def forward(self, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            states = self.parts[0](input_ids=tokens, attention_mask=mask)[0]
            features: dict[str, torch.Tensor] = {"token_embeddings": states, "attention_mask": mask}
            for part in list(self.parts)[1:]:
                features = part(features)
            return features["sentence_embedding"]

    sizes = {0: torch.export.Dim("texts", min=1, max=512), 1: torch.export.Dim("length", min=2, max=256)}
    example = torch.arange(27).reshape(3, 9)
    program = torch.onnx.export(
        Batch().eval(),
        (example, torch.ones_like(example)),
        dynamo=True,
        input_names=["tokens", "mask"],
        output_names=["vector"],
        dynamic_shapes=(sizes, sizes),
        opset_version=21,
        verbose=False,
    )
    buffer = io.BytesIO()
    assert program is not None
    onnx.save_model(program.model_proto, buffer)
    return buffer.getvalue()


def in_batches(model: bytes, tokenizer: Any, texts: list[str], size: int) -> np.ndarray:
    """Encode in padded batches."""
    runner = session(model)
    vectors = []
    for start in range(0, len(texts), size):
        rows = [tokenizer.encode(text).ids for text in texts[start : start + size]]
        tokens = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask = np.zeros_like(tokens)
        for place, row in enumerate(rows):
            tokens[place, : len(row)], mask[place, : len(row)] = row, 1
        vectors.append(runner.run(None, {"tokens": tokens, "mask": mask})[0])
    return np.concatenate(vectors)


def text_of_length(tokens: int, shift: int) -> str:
    """Return a text of about so many tokens."""
    return " ".join((WORDS * 20)[shift % len(WORDS) :][: tokens - 2])


def measure_speed(variants: dict[str, Callable[[str], np.ndarray]]) -> dict[str, dict[str, float]]:
    """Return texts a second by length and threads, and milliseconds for one text."""
    speed: dict[str, dict[str, float]] = {name: {} for name in variants}
    for _ in range(ROUNDS):
        for name, encode in variants.items():
            for length in LENGTHS:
                texts = [text_of_length(length, shift) for shift in range(600 // length)]
                for threads in (1, 2):
                    with ThreadPoolExecutor(threads) as pool:
                        began = time.perf_counter()
                        for _vector in pool.map(encode, texts, chunksize=1):
                            pass
                        rate = len(texts) / (time.perf_counter() - began)
                    key = f"{length}x{threads}"
                    speed[name][key] = max(rate, speed[name].get(key, 0))
                began = time.perf_counter()
                encode(texts[0])
                spent = 1000 * (time.perf_counter() - began)
                speed[name][f"{length}ms"] = min(spent, speed[name].get(f"{length}ms", 1e9))
    return speed


def shown(value: float | None, column: str) -> str:
    """Format one cell."""
    if value is None:
        return ""
    return f"{value:.4f}" if column in ("mean", "min") else f"{value:.3g}"


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--texts", type=int, default=2000)
    count = arguments.parse_args().texts
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    import onnx

    onnxruntime = load_onnxruntime()
    import torch
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    from features.encoder_folder import find_encoder, read_encoder
    from training.encoder.export import export_graph
    from training.encoder.source import find_source

    torch.set_num_threads(1)
    texts = read_texts(count)
    full = SentenceTransformer(str(find_source().folder), device="cpu", local_files_only=True)
    truth = full.encode(texts, normalize_embeddings=True, show_progress_bar=False, batch_size=16)
    files = read_encoder(find_encoder())
    tokenizer = Tokenizer.from_str(files.tokenizer)

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        graph = export_graph(full, max_tokens=256)
        exact = graph.SerializeToString()
        models = {
            "ONNX fp32": exact,
            "onnxruntime dynamic": dynamic(exact, folder),
            "onnxruntime dynamic, channels, 7 bits": dynamic(
                exact, folder, per_channel=True, reduce_range=True
            ),
            "MatMulNBits, 8 bits, blocks": blockwise(onnx.load_model_from_string(exact)),
            "shipped: a scale for each token": files.model,
        }
        padded = dynamic(padded_graph(full), folder, per_channel=True, reduce_range=True)

    variants: dict[str, Callable[[str], np.ndarray]] = {
        "sentence-transformers fp32": lambda text: full.encode(text, show_progress_bar=False)
    }
    variants |= {name: one_by_one(model, tokenizer) for name, model in models.items()}
    rows: dict[str, dict[str, float]] = measure_speed(variants)
    for name, model in models.items():
        cosines = (np.stack([variants[name](text) for text in texts]) * truth).sum(axis=1)
        rows[name] |= {"MB": len(model) / 1e6, "mean": float(cosines.mean()), "min": float(cosines.min())}

    some = texts[:: max(1, len(texts) // 512)]
    alone, among = (in_batches(padded, tokenizer, some, size) for size in (1, 32))
    neighbours = (alone * among).sum(axis=1)

    print(
        f"{datetime.date.today()} · {platform.processor() or platform.machine()} · {os.cpu_count()} cores · "
        f"onnxruntime {onnxruntime.__version__} · torch {torch.__version__} · {len(texts)} texts"
    )
    columns = [
        "MB",
        "mean",
        "min",
        *(f"{n}ms" for n in LENGTHS),
        *(f"{n}x{t}" for t in (1, 2) for n in LENGTHS),
    ]
    print("| variant | " + " | ".join(columns) + " |")
    for name, row in rows.items():
        print(f"| {name} | " + " | ".join(shown(row.get(column), column) for column in columns) + " |")
    print(
        f"dynamic, channels, 7 bits, padded batches of 32 against the same text alone: cosine mean "
        f"{neighbours.mean():.4f}, least {neighbours.min():.4f}"
    )
    rows["neighbours"] = {"mean": float(neighbours.mean()), "min": float(neighbours.min())}
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
