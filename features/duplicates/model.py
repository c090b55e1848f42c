"""How much each signal speaks for a duplicate, and what chance a sum of signals stands for."""

from dataclasses import dataclass, field

import numpy as np

__all__ = ["DEFAULT_MODEL", "SIGNALS", "DuplicateModel"]

SIGNALS = (
    "words",
    "words_share",
    "subject",
    "subject_share",
    "names",
    "names_share",
    "meaning",
    "words_rank",
    "subject_rank",
    "names_rank",
    "meaning_rank",
    "age",
    "same_requester",
)
"""Of an earlier ticket: BM25 over all words, the subject's and names in code, each as log(1 + score) and as
share of the best one's; the cosine; 10 / (10 + rank) by each of these four; log(1 + days) between both
filings; whether one person filed both."""


@dataclass(frozen=True, slots=True, eq=False)
class DuplicateModel:
    """Weights of the signals and a calibration.

    Parameters
    ----------
    weights : ndarray of shape (n_signals,), float64
        In the order of :data:`SIGNALS`; the score of an earlier ticket is the weighted sum.
    slope, share, offset : float
        The chance of a score is ``1 / (1 + exp(-(slope * score + share * log(softmax) + offset)))``, the
        softmax being over the tickets that are compared.
    links : int, default=0
        How many links it was learnt from.
    """

    weights: np.ndarray = field()
    slope: float
    share: float
    offset: float
    links: int = 0

    def scores(self, signals: np.ndarray) -> np.ndarray:
        """Return the score of each row of signals, of shape (n,)."""
        return np.asarray(signals @ self.weights)

    def chances(self, scores: np.ndarray) -> np.ndarray:
        """Return the calibrated chance of each of the tickets compared with one, of shape (n,)."""
        if not len(scores):
            return np.zeros(0)
        shifted = scores - scores.max()
        softmax = shifted - np.log(np.exp(shifted).sum())
        return np.asarray(1.0 / (1.0 + np.exp(-(self.slope * scores + self.share * softmax + self.offset))))


DEFAULT_MODEL = DuplicateModel(np.zeros(len(SIGNALS)), 1.0, 0.0, 0.0)
