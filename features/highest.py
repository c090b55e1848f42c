"""About so many of the highest among many scores, without sorting them."""

import numpy as np

__all__ = ["about_highest"]


def about_highest(scores: np.ndarray, count: int, *, every: int) -> np.ndarray:
    """Return the places of about so many of the highest scores.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        In any order, so long as that says nothing of how high they are.
    count : int
        How many are wanted; mostly some more are returned, at times fewer.
    every : int
        One score in so many tells how high those wanted lie.

    Returns
    -------
    ndarray of shape (m,)
        Ascending; all places where hardly more scores than wanted are there.

    Examples
    --------
    >>> about_highest(np.array([0.1, 0.9, 0.4, 0.8, 0.2, 0.7]), 2, every=1).tolist()
    [1, 2, 3, 5]
    """
    sample = scores[::every]
    place = len(sample) * count // max(1, len(scores)) + 1
    if place >= len(sample):
        return np.arange(len(scores))
    return np.flatnonzero(scores >= -np.partition(-sample, place)[place])
