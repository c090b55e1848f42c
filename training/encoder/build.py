"""Compiles a sentence-transformers model into an encoder folder: the story of ``triage encoder build``."""

import dataclasses
import hashlib
import importlib.metadata
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from features.encoder_folder import FORMAT, MANIFEST, STOCK
from training.encoder.export import OPSET, export_graph
from training.encoder.quantise import quantise_graph
from training.encoder.source import Source, find_source
from training.encoder.verify import PROBES, EncoderReport, verify_encoder
from triage.errors import ConflictError, InputError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["build_encoder", "load_model", "seal"]

# For 256 tokens 4096 characters: ordinary text fills them with about 1200, so nothing that counts is cut.
MAX_CHARS_PER_TOKEN = 16
_TOOLS = ("onnx", "onnxscript", "sentence-transformers", "tokenizers", "torch", "transformers")


def build_encoder(
    model: str = STOCK, out: Path | None = None, *, tuned: Mapping[str, Any] | None = None
) -> EncoderReport:
    """Compile a model on this machine; nothing is downloaded and no code of the model's is run.

    Parameters
    ----------
    model : str, default "all-MiniLM-L6-v2"
        A name or folder, see :func:`training.encoder.source.find_source`.
    out : Path, optional
        The folder to make; default: ``models/encoders/<name>``.
    tuned : Mapping, optional
        What the model was tuned on and how, where :mod:`training.encoder.tune` made it; goes into the recipe.

    Raises
    ------
    ConflictError
        If ``out`` exists.
    InputError, NotFoundError, BundleError
        As :func:`training.encoder.source.find_source`; InputError too if the model has no fast tokenizer,
        BundleError too if the result is too far from fp32 (:func:`training.encoder.verify.verify_encoder`).
    """
    source = find_source(model)
    folder = out if out is not None else Path("models") / "encoders" / source.name
    if folder.exists():
        raise ConflictError(
            f"Got {folder}, which exists; expected a new folder. Remove it, or give another --out."
        )
    full = load_model(source)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".encoder-") as workplace:
        draft = Path(workplace) / source.name
        draft.mkdir()
        _write(draft, source, full, dict(tuned or {}))
        report = verify_encoder(draft)
        draft.rename(folder)
    return dataclasses.replace(report, folder=folder)


def load_model(source: Source) -> "SentenceTransformer":
    """Load a model in full precision, on CPU, from data only."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(
        str(source.folder),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"attn_implementation": "sdpa", "use_safetensors": True, "dtype": "float32"},
    ).eval()


def _write(draft: Path, source: Source, full: "SentenceTransformer", tuned: dict[str, Any]) -> None:
    tokenizer = getattr(full.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise InputError(f"Got {source.name} with a slow tokenizer; expected one with a tokenizer.json.")
    transformer: Any = full[0].auto_model
    positions = getattr(transformer.config, "max_position_embeddings", 512)
    max_tokens = int(min(full.max_seq_length or positions, positions))
    vectors = full.encode(list(PROBES), normalize_embeddings=True, show_progress_bar=False)
    graph = quantise_graph(export_graph(full, max_tokens=max_tokens))
    (draft / "model.onnx").write_bytes(graph.SerializeToString(deterministic=True))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    (draft / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    recipe = {
        "name": source.name,
        "weights": source.weights,
        "dimension": int(vectors.shape[1]),
        "max_tokens": max_tokens,
        "max_chars": max_tokens * MAX_CHARS_PER_TOKEN,
        "opset": OPSET,
        "quantisation": "weights 7 bits a column, embedding tables 8 bits a row, activations 8 bits a token",
        "tools": {tool: importlib.metadata.version(tool) for tool in _TOOLS},
    } | ({"tuned": tuned} if tuned else {})
    _write_json(draft / "recipe.json", recipe)
    rounded = [[round(float(value), 6) for value in vector] for vector in vectors]
    _write_json(draft / "probes.json", {"texts": list(PROBES), "vectors": rounded})
    for name in ("LICENSE", "NOTICE"):
        for place in (source.folder / name, source.folder / f"{name}.txt"):
            if place.is_file():
                shutil.copyfile(place, draft / name)
    if source.name == STOCK or tuned:
        last = TUNED_NOTICE if tuned else "No weight was trained further.\n"
        (draft / "NOTICE").write_text(STOCK_NOTICE + last, encoding="utf-8")
    seal(draft)


def seal(draft: Path) -> None:
    """Write the manifest over whatever the folder holds."""
    files = {
        path.name: {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in sorted(draft.iterdir())
        if path.name != MANIFEST
    }
    _write_json(draft / MANIFEST, {"format": FORMAT, "files": files})


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


STOCK_NOTICE = """\
all-MiniLM-L6-v2
Published by the sentence-transformers project at
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 under the Apache License, Version 2.0
(https://www.apache.org/licenses/LICENSE-2.0), based on nreimers/MiniLM-L6-H384-uncased.

Changed by triage: model.onnx is the published model.safetensors (SHA-256 in recipe.json), exported to ONNX
and quantised to 8 bits by `triage encoder build`; tokenizer.json is the published tokenizer with truncation
at 256 tokens and without padding. """

TUNED_NOTICE = """\
The weights were trained further on a helpdesk's
tickets by `triage encoder tune`: `tuned` in recipe.json has the particulars, `weights` the SHA-256 after it.
"""
