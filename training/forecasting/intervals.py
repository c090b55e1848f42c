"""From a mean and its spread to quantiles and probabilities of counts.

Two ways of looking at the spread are averaged. The native one is a negative binomial: never below zero,
skewed when small, as wide as the history was. The conformal one shifts the root of the mean by the
residuals that the same forecast had at past origins, so it is as wide as forecasts really were off; it
counts the more, the more residuals there are. Nothing here estimates anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

QUANTILES = (0.05, 0.10, 0.20, 0.50, 0.80, 0.90, 0.95)
NO_BASIS_K = 5.0
"""Negative-binomial size where a history is too short to measure its spread: v = m + m^2 / 5."""
SHIFT_LEVELS = (0.005, *(round(0.025 * i, 3) for i in range(1, 40)), 0.995)
"""The levels at which residuals are kept."""

# Narrower than this over Poisson is within the noise of any estimate, and keeps k finite.
_LEAST_DISPERSION = 1.001
# One ticket in a billion intervals is none.
_LEAST_MEAN = 1e-9

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """How far the counts of some intervals may lie from their mean.

    Parameters
    ----------
    dispersion : array, shape (n,)
        Variance over mean of a count about its expectation.
    level_variance : array, shape (n,)
        Relative variance of the expectation itself: v = dispersion x mean + mean^2 x level_variance.
    shifts : array, shape (n, len(SHIFT_LEVELS))
        Quantiles of past residuals, root of the count minus root of the mean.
    trust : array, shape (n,)
        Share of the conformal view, 0 to 1.
    """

    dispersion: Array
    level_variance: Array
    shifts: Array
    trust: Array

    @classmethod
    def native(cls, dispersion: Array, level_variance: Array) -> Spread:
        """Return a spread that knows of no residuals."""
        n = len(dispersion)
        return cls(dispersion, level_variance, np.zeros((n, len(SHIFT_LEVELS))), np.zeros(n))

    def variance(self, mean: Array) -> Array:
        """Return the native variance of counts with these means."""
        return np.asarray(self.dispersion * mean + mean**2 * self.level_variance)


def negative_binomial(mean: Array, variance: Array) -> tuple[Array, Array]:
    """Return size k and probability p of the negative binomial with that mean and variance.

    k = m^2 / (v - m), p = k / (k + m). A variance under the Poisson's is raised to it; a zero mean gives
    the distribution that is always zero.
    """
    is_positive = mean > _LEAST_MEAN
    safe = np.where(is_positive, mean, 1.0)
    v = np.maximum(variance, _LEAST_DISPERSION * safe)
    k = np.where(is_positive, safe**2 / (v - safe), 1.0)
    return k, np.where(is_positive, k / (k + safe), 1.0)


def quantiles(mean: Array, variance: Array, levels: tuple[float, ...] = QUANTILES) -> Array:
    """Return the quantiles of the counts, shape (n, len(levels)): whole numbers, rising with the level."""
    k, p = negative_binomial(mean, variance)
    return np.asarray(nbinom.ppf(np.asarray(levels), k[:, None], p[:, None]), dtype=float)


def exceedance(mean: Array, variance: Array, threshold: Array) -> Array:
    """Return the probability that the count lies above ``threshold``."""
    k, p = negative_binomial(mean, variance)
    return np.asarray(nbinom.sf(np.floor(threshold), k, p), dtype=float)


def spread_quantiles(mean: Array, spread: Spread, levels: tuple[float, ...] = QUANTILES) -> Array:
    """Return the quantiles of both views, averaged, shape (n, len(levels)); rising with the level."""
    native = quantiles(mean, spread.variance(mean), levels)
    shift = np.stack([np.interp(levels, SHIFT_LEVELS, row) for row in spread.shifts])
    seen = np.maximum(np.sqrt(np.maximum(mean, 0.0))[:, None] + shift, 0.0) ** 2
    trust = spread.trust[:, None]
    return np.asarray(trust * seen + (1.0 - trust) * native)


def spread_exceedance(mean: Array, spread: Spread, threshold: Array) -> Array:
    """Return the probability that the count lies above ``threshold``: the mean of both views."""
    native = exceedance(mean, spread.variance(mean), threshold)
    # Whole counts above a threshold begin at the next whole number, so the line is drawn between them.
    line = np.sqrt(np.floor(threshold) + 0.5) - np.sqrt(np.maximum(mean, 0.0))
    seen = np.array(
        [
            1.0 - np.interp(at, row, SHIFT_LEVELS, left=0.0, right=1.0)
            for at, row in zip(line, spread.shifts, strict=True)
        ]
    )
    return np.asarray(spread.trust * seen + (1.0 - spread.trust) * native)


def weighted_quantiles(values: Array, weights: Array, levels: tuple[float, ...] = SHIFT_LEVELS) -> Array:
    """Return quantiles of weighted values, interpolated between the middles of their weights."""
    order = np.argsort(values)
    value, weight = values[order], weights[order]
    place = (np.cumsum(weight) - 0.5 * weight) / weight.sum()
    return np.asarray(np.interp(levels, place, value))
