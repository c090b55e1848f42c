"""How much more precision swings from one time to the next than chance explains: the next month swings too.

A bound that takes tickets as independent draws is too sure of itself where weeks differ (an incident, a new
product). Dividing the counts by the variance factor widens it as far as the past weeks did (McCullagh and
Nelder 1989, *Generalized Linear Models*, section 4.5, overdispersion by Pearson's statistic).
"""

import numpy as np
from scipy.stats import chi2

__all__ = ["variance_factors"]

RUNS = 10
"""Groups of tickets that follow each other: enough to see them differ, each long enough to be judged."""

ALARM = 0.01
"""Swings that chance brings as often as this, or oftener, count as chance: the factor is 1."""

LEAST_WRONG = 10
"""One wrong value a run: with fewer the statistic does not follow its distribution."""


def variance_factors(order: np.ndarray, right: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return, for the surest tickets at each count, how much more precision varies over time than by chance.

    Parameters
    ----------
    order : ndarray of shape (n,), int
        Held-out tickets, surest first; their numbers are in time order, where known.
    right : ndarray of shape (n,), bool
        By ticket number.
    counts : ndarray of shape (n_steps,), int
        How many of the surest are looked at.

    Returns
    -------
    ndarray of shape (n_steps,)
        1 or more: Pearson's statistic over its degrees of freedom where it is beyond chance, otherwise 1.

    Examples
    --------
    >>> right = np.repeat([True, False], [900, 100])
    >>> variance_factors(np.arange(1000), right, np.array([900, 1000])).round(1)
    array([  1. , 111.1])
    """
    n = len(order)
    run = order * RUNS // max(n, 1)
    shown = np.zeros((n + 1, RUNS))
    shown[1:] = np.cumsum(run[:, None] == np.arange(RUNS), axis=0)
    hits = np.zeros((n + 1, RUNS))
    hits[1:] = np.cumsum((run[:, None] == np.arange(RUNS)) & right[order][:, None], axis=0)
    shown, hits = shown[counts], hits[counts]
    precision = hits.sum(axis=1, keepdims=True) / shown.sum(axis=1, keepdims=True)
    expected = shown * precision * (1 - precision)
    swings = (hits - shown * precision) ** 2
    squares = np.divide(swings, expected, where=expected > 0, out=np.zeros_like(swings))
    freedom = np.maximum((shown > 0).sum(axis=1) - 1, 1)
    statistic = squares.sum(axis=1)
    wrong = (shown - hits).sum(axis=1)
    beyond = (chi2.sf(statistic, freedom) < ALARM) & (wrong >= LEAST_WRONG)
    return np.where(beyond, np.maximum(statistic / freedom, 1.0), 1.0)
