"""Which words the tickets of a person have: hashed counts that decay and grow with every ticket."""

import re
import zlib

import numpy as np

__all__ = ["WordProfiles", "hashed_words"]

BUCKETS = 1 << 14
WORD = re.compile(r"[^\W_]{3,}")
WORDS_MAX = 120
READ_CHARS = 4_000
SMOOTHING = 3.0
"""Tickets' worth of a word that are shared out like all tickets before a word says anything."""
PRESENT = 0.05
"""Tickets that everybody has to begin with, so that a newcomer's words are not worth everything."""
DAY_S = 86_400.0
POWER_MAX = 60.0


def hashed_words(text: str) -> np.ndarray:
    """Return the buckets of a cleaned text's first 120 different words of three letters or more."""
    words = WORD.findall(text[:READ_CHARS].lower())
    first = list(dict.fromkeys(words))[:WORDS_MAX]
    return np.unique([zlib.crc32(word.encode()) % BUCKETS for word in first]).astype(np.int64)


class WordProfiles:
    """Decayed counts of words by person.

    Parameters
    ----------
    half_life_days : float
        In which a word's count is halved.
    """

    def __init__(self, half_life_days: float) -> None:
        self._half_life_s = half_life_days * DAY_S
        self._counts = np.zeros((BUCKETS, 8), np.float32)
        self._tickets = np.zeros(8)
        self._documents = np.zeros(BUCKETS)
        self._n_documents = 0
        self._base: float | None = None

    def add(self, words: np.ndarray, person: int, at: float, weight: float = 1.0) -> None:
        """Count the words of a ticket that a person handled; a negative weight takes them back."""
        while person >= self._counts.shape[1]:
            self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)], axis=1)
            self._tickets = np.concatenate([self._tickets, np.zeros_like(self._tickets)])
        if self._base is None:
            self._base = at
        # Counts are kept as of one moment: an event after it weighs more instead of all before it less.
        power = (at - self._base) / self._half_life_s
        if power > POWER_MAX:
            self._counts *= np.float32(0.5**power)
            self._tickets *= 0.5**power
            self._base, power = at, 0.0
        amount = weight * 2.0**power
        self._counts[words, person] += np.float32(amount)
        self._tickets[person] += amount
        documents = 1 if weight > 0 else -1
        self._documents[words] += documents
        self._n_documents += documents

    def scores(
        self, words: np.ndarray, at: float, size: int, people: np.ndarray | slice = slice(None)
    ) -> np.ndarray:
        """Return how much more often than others' a person's tickets have these words.

        The log-odds of each word, weighed by its rarity (inverse document frequency).

        Parameters
        ----------
        words : ndarray of int
            Buckets.
        at : float
            POSIX time.
        size : int
            How many people there are.
        people : ndarray or slice, default: everybody
            Numbers of those who are asked about.

        Returns
        -------
        ndarray of shape (n_people,)
        """
        scores = np.zeros(size)[people]
        if self._base is None or not len(words):
            return scores
        known = min(size, self._counts.shape[1])
        scale = 0.5 ** ((at - self._base) / self._half_life_s)
        shares = np.maximum(self._tickets[:known], 0.0) * scale + PRESENT
        shares = (shares / shares.sum()).astype(np.float32)
        counts = np.maximum(self._counts[words, :known], 0.0)
        totals = counts.sum(axis=1, keepdims=True) * np.float32(scale)
        numbers = np.arange(size)[people]
        has_words = numbers < known
        if len(numbers) < size:
            counts, shares = counts[:, numbers[has_words]], shares[numbers[has_words]]
        smoothing = np.float32(SMOOTHING)
        odds = np.log((counts * np.float32(scale) + smoothing * shares) / ((totals + smoothing) * shares))
        rarity = np.log1p(self._n_documents / (self._documents[words] + 1.0))
        scores[has_words] = (rarity @ odds) / (np.linalg.norm(rarity) + 1e-9)
        return scores
