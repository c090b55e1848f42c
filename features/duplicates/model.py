"""How much each signal speaks for a duplicate, and what chance a sum of signals stands for."""

from dataclasses import dataclass

import numpy as np

__all__ = ["DEFAULT_MODEL", "SIGNALS", "DuplicateModel", "evidence"]

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


MEANING = SIGNALS.index("meaning")


@dataclass(frozen=True, slots=True, eq=False)
class DuplicateModel:
    """Weights of the signals and a calibration.

    Parameters
    ----------
    weights : ndarray of shape (n_signals,), float64
        In the order of :data:`SIGNALS`; the score of an earlier ticket is the weighted sum.
    calibration : ndarray of shape (4,), float64
        The log-odds that a ticket is a duplicate of an earlier one are these times the score, the logarithm
        of the score's softmax over the tickets that are compared, the cosine, and 1.
    links : int, default=0
        How many duplicates it was learnt from.
    """

    weights: np.ndarray
    calibration: np.ndarray
    links: int = 0

    def scores(self, signals: np.ndarray) -> np.ndarray:
        """Return the score of each row of signals, of shape (n,)."""
        return np.asarray(signals @ self.weights)

    def chances(self, signals: np.ndarray) -> np.ndarray:
        """Return the calibrated chance of each of the tickets compared with one, of shape (n,)."""
        return np.asarray(1.0 / (1.0 + np.exp(-(evidence(signals, self.weights) @ self.calibration))))


def evidence(signals: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return what chances are calibrated on, of shape (n, 4); see :class:`DuplicateModel`."""
    if not len(signals):
        return np.zeros((0, 4))
    scores = signals @ weights
    shifted = scores - scores.max()
    softmax = shifted - np.log(np.exp(shifted).sum())
    return np.column_stack([scores, softmax, signals[:, MEANING], np.ones(len(scores))])


DEFAULT_MODEL = DuplicateModel(
    np.array([0.209, 1.57, 0.168, 1.636, -0.265, 0.849, 3.357, 1.418, 0.302, 0.238, 2.314, -0.69, -1.241]),
    np.array([0.545, 0.411, 2.167, -8.566]),
    links=655,
)
"""Learnt by ``benchmarks/duplicates.py --defaults`` from the first four fifths of the duplicates among the
bugs of Apache's HDFS, HADOOP and HIVE (2004-2019); in use until a workspace has links of its own."""
