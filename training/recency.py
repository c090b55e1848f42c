"""How much less an old ticket counts: a half-life learnt on later tickets, never assumed.

Weighs tickets of one field; labels that fell silent altogether are :mod:`training.retired`'s.
"""

from collections.abc import Callable

import numpy as np

from training.splits import Fold

__all__ = ["HALF_LIVES", "Losses", "learn_half_life", "recency_weights"]

HALF_LIVES = (720.0, 240.0, 90.0, 30.0)
"""Days tried, long to short; shorter ones would leave too few tickets to learn a long tail from."""

FEWEST = 1_000
"""Labelled tickets below which every one of them counts in full."""

Losses = Callable[[np.ndarray | None], np.ndarray]


def recency_weights(days: np.ndarray, half_life: float | None) -> np.ndarray | None:
    """Return what each ticket counts: ``0.5 ** (age / half_life)``, with the newest one's age 0.

    Parameters
    ----------
    days : ndarray of shape (n,)
        When each ticket was filed, in days since any moment.
    half_life : float or None
        In days; None: all count the same.

    Returns
    -------
    ndarray of shape (n,) or None
        None where all count the same.

    Examples
    --------
    >>> recency_weights(np.array([0.0, 30.0]), 30.0)
    array([0.5, 1. ])
    """
    if half_life is None:
        return None
    return np.asarray(0.5 ** ((days.max() - days) / half_life))


def learn_half_life(days: np.ndarray | None, fold: Fold, losses: Losses) -> float | None:
    """Choose a half-life by how well later tickets are predicted.

    From counting all tickets the same, half-lives are tried from long to short while they pay. The longest
    one that is as good as the best is taken (its mean loss is within one standard error, ticket by ticket;
    the one-standard-error rule, Hastie et al. 2009, section 7.10): forgetting has to prove that it pays.

    Parameters
    ----------
    days : ndarray of shape (n,) or None
        When each labelled ticket was filed; None where times mean nothing.
    fold : Fold
        Earlier tickets to learn from, later ones to judge on.
    losses : callable
        From the weights of the fold's tickets to learn from (None: equal) to the loss of each judged one.

    Returns
    -------
    float or None
        Days; None: every ticket counts the same.
    """
    if days is None or len(days) < FEWEST:
        return None
    tried: dict[float | None, np.ndarray] = {None: losses(None)}
    before: float | None = None
    for half_life in HALF_LIVES:
        if half_life > np.ptp(days[fold.learn]) * 2:
            continue
        tried[half_life] = losses(recency_weights(days[fold.learn], half_life))
        if tried[half_life].mean() >= tried[before].mean():
            break
        before = half_life
    best = tried[min(tried, key=lambda one: float(tried[one].mean()))]
    return next(one for one, found in tried.items() if _is_as_good(found - best))


def _is_as_good(excess: np.ndarray) -> bool:
    return bool(excess.mean() <= excess.std() / np.sqrt(len(excess)))
