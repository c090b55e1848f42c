"""An encoder for tests: texts that share words have similar vectors; needs no model."""

import hashlib
from collections.abc import Sequence

import numpy as np

from features.article_words import search_words
from features.encoder import Progress


class WordEncoder:
    """Adds a pseudo-random direction for each word, and one that all texts have; counts what it encoded."""

    def __init__(self, dimension: int = 64) -> None:
        self.dimension = dimension
        self.fingerprint = f"{dimension:064x}"
        self.encoded: list[str] = []

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Progress | None = None
    ) -> np.ndarray:
        self.encoded.extend(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.5
            for word in search_words(text):
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
                vectors[row] += np.random.default_rng(seed).standard_normal(self.dimension) / 8
            vectors[row] /= np.linalg.norm(vectors[row])
        return vectors
