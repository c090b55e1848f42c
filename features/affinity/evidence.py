"""How far chances can be believed by how many tickets they were read from.

Signs of affinity weigh people against each other, and after two tickets they are as loud as after two
thousand: a softmax over them says .99 of whoever had both. So chances are drawn towards an equal one for
everybody asked about, as if some tickets of unknown hands had been seen as well (a symmetric Dirichlet prior;
Laplace's rule of succession is its simplest case). Order among people stays.
"""

import numpy as np

from features.affinity.signals import SIGNALS

__all__ = ["DOUBT", "evidence_of", "tempered"]

DOUBT = 20.0
"""Tickets of unknown hands: on beginnings cut from Thunderbird's history 10 to 40 are about equally good, and
none at all is far worse (``benchmarks.cold_start``)."""
ACTIVE, ADDED = SIGNALS.index("active_365d"), 0.02
"""The logarithm of a person's tickets, halved in a year, and what stands under it."""


def evidence_of(signals: np.ndarray) -> float:
    """Return how many tickets some people had, those of a year ago counting half.

    Parameters
    ----------
    signals : ndarray of shape (n_people, n_signals)
        See :func:`features.affinity.signals.read_signals`.
    """
    return float(np.maximum(np.exp(signals[:, ACTIVE].astype(np.float64)) - ADDED, 0.0).sum())


def tempered(chances: np.ndarray, evidence: float, asked: int) -> np.ndarray:
    """Return chances drawn towards an equal one for each of those asked about.

    Parameters
    ----------
    chances : ndarray of shape (n_people,)
        Of those of whom something is known; they sum to 1.
    evidence : float
        Tickets that they were read from.
    asked : int
        People who could be right, those of whom nothing is known with them.

    Returns
    -------
    ndarray of shape (n_people,)
        What is missing to 1 is the chance of the others.
    """
    share = evidence / (evidence + DOUBT)
    return np.asarray(share * chances + (1.0 - share) / asked)
