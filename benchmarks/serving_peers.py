"""The services that people build for this by themselves, each as short as its documentation shows it.

Each answers ``POST /`` with the likeliest category of one text. Started by benchmarks/serving.py.
"""

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

__all__ = ["PEERS", "serve"]

PEERS = ("sentence-transformers + LR", "ONNX int8 + LR", "TF-IDF + LR")


class Question(BaseModel):
    """One ticket's text."""

    text: str


def make_app(name: str, folder: Path) -> FastAPI:
    """Return the service: a model loaded once, an ordinary function a request (FastAPI's thread pool)."""
    app = FastAPI()
    embed = _embedder(name)
    classifier: Any = joblib.load(folder / ("words.joblib" if name == "TF-IDF + LR" else "meaning.joblib"))

    @app.post("/")
    def classify(question: Question) -> dict[str, object]:
        row = embed(question.text)
        probabilities = classifier.predict_proba(row)[0]
        best = int(np.argmax(probabilities))
        return {"label": str(classifier.classes_[best]), "confidence": float(probabilities[best])}

    return app


def serve(name: str, folder: str, port: int) -> None:
    """Answer until told to stop."""
    uvicorn.run(make_app(name, Path(folder)), port=port, log_level="warning", access_log=False)


def _embedder(name: str) -> Any:
    if name == "sentence-transformers + LR":
        from sentence_transformers import SentenceTransformer

        from training.encoder.source import find_source

        model = SentenceTransformer(str(find_source().folder), device="cpu")
        return lambda text: model.encode([text], normalize_embeddings=True)
    if name == "ONNX int8 + LR":
        from features.encoder import SentenceEncoder

        encoder = SentenceEncoder.open(threads=2)
        return lambda text: encoder.encode([text])
    return lambda text: [text]
