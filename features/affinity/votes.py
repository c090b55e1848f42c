"""Similar past tickets vote for those who had them: the nearer and the newer, the more."""

import numpy as np

from features.affinity.memory import DAY_S, AffinityMemory
from features.affinity.past_work import Nearest

__all__ = ["People", "days_since", "in_turn", "votes_of"]

People = np.ndarray | slice
"""Numbers of people, or all of them."""


def votes_of(
    memory: AffinityMemory,
    near: Nearest,
    at: float,
    size: int,
    votes: tuple[tuple[float, int], ...],
    asked: People,
) -> np.ndarray:
    """Return how many votes each person has, and which share of all.

    Parameters
    ----------
    memory : AffinityMemory
        Who had which ticket, and when.
    near : Nearest
        Past tickets that vote.
    at : float
        Now, POSIX time.
    size : int
        How many people there are.
    votes : tuple of (float, int)
        Temperature of cosines and half-life in days; a vote each.
    asked : ndarray or slice
        People who are asked about; the others count in shares.

    Returns
    -------
    ndarray of shape (2 * n_votes, n_people)
        Logarithms of votes and of shares, in turn.
    """
    spread, half_life = np.array(votes, dtype=np.float64).T[:, :, None]
    days = days_since(memory, near.rows, at)
    weights = np.exp((near.cosines - 0.5) / spread) * np.exp2(-days / half_life)
    weights *= memory.work.weight[near.rows]
    # One count for all votes: each has its own stretch of numbers.
    places = memory.work.person[near.rows] + size * np.arange(len(votes))[:, None]
    counts = np.bincount(places.ravel(), weights.ravel(), size * len(votes)).reshape(-1, size)
    totals = counts.sum(axis=1, keepdims=True)
    counts = counts[:, asked]
    return in_turn(np.log1p(counts), np.log((counts + 1e-9) / (totals + 1e-9) + 0.01))


def in_turn(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the rows of two tables of one shape, one of each in turn."""
    return np.stack([first, second], axis=1).reshape(-1, first.shape[1])


def days_since(memory: AffinityMemory, rows: np.ndarray, at: float) -> np.ndarray:
    """Return how many days ago it became known who had some past tickets."""
    return np.asarray(np.maximum(at - memory.work.at[rows], 0.0) / DAY_S)
