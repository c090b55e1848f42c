"""How far two counts over the same values are apart, beside what chance alone gives.

The population stability index is large on few tickets without any drift (expected about (K-1)(1/n + 1/m) for
K values, n and m tickets), so it is of no use without its null: both parts thrown together and dealt out
again.
"""

from collections.abc import Sequence

import numpy as np

__all__ = ["DIGITS", "bin_counts", "deal_again", "stability_index"]

DEALS = 999
"""Times that the tickets are dealt out again; the smallest p-value is then 0.001."""

SMOOTHING = 0.5
"""Added to every count, so that a value that is new has a logarithm."""

DIGITS = 6
"""Decimals that values and edges are rounded to, so that a value on an edge stays on its side."""


def stability_index(then: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Return the population stability index of counts over the last axis."""
    before, after = then + SMOOTHING, now + SMOOTHING
    before = before / before.sum(axis=-1, keepdims=True)
    after = after / after.sum(axis=-1, keepdims=True)
    return np.asarray(((after - before) * np.log(after / before)).sum(axis=-1))


def deal_again(then: np.ndarray, now: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return the index of each of 999 windows without drift: the same tickets dealt out by chance."""
    both = then + now
    dealt = random.multivariate_hypergeometric(both, int(now.sum()), size=DEALS, method="marginals")
    return stability_index(both - dealt, dealt)


def bin_counts(values: np.ndarray, edges: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return how many values lie in each bin, as integers; an edge belongs to the bin below it."""
    places = np.searchsorted(np.asarray(edges), np.round(values, DIGITS), side="left")
    return np.bincount(places, minlength=len(edges) + 1)
