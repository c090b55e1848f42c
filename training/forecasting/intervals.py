"""From a mean and a variance to quantiles and probabilities of counts.

Counts are negative binomial: never below zero, skewed when small, and as wide as the history was. Nothing
here estimates anything.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

QUANTILES = (0.05, 0.10, 0.20, 0.50, 0.80, 0.90, 0.95)
NO_BASIS_K = 5.0
"""Negative-binomial size where a history is too short to measure its spread: v = m + m^2 / 5."""

# Narrower than this over Poisson is within the noise of any estimate, and keeps k finite.
_LEAST_DISPERSION = 1.001
# One ticket in a billion intervals is none.
_LEAST_MEAN = 1e-9


def negative_binomial(
    mean: NDArray[np.float64], variance: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return size k and probability p of the negative binomial with that mean and variance.

    k = m^2 / (v - m), p = k / (k + m). A variance under the Poisson's is raised to it; a zero mean gives
    the distribution that is always zero.
    """
    is_positive = mean > _LEAST_MEAN
    safe = np.where(is_positive, mean, 1.0)
    v = np.maximum(variance, _LEAST_DISPERSION * safe)
    k = np.where(is_positive, safe**2 / (v - safe), 1.0)
    return k, np.where(is_positive, k / (k + safe), 1.0)


def quantiles(
    mean: NDArray[np.float64], variance: NDArray[np.float64], levels: tuple[float, ...] = QUANTILES
) -> NDArray[np.float64]:
    """Return the quantiles of the counts, shape (n, len(levels)): whole numbers, rising with the level."""
    k, p = negative_binomial(mean, variance)
    return np.asarray(nbinom.ppf(np.asarray(levels), k[:, None], p[:, None]), dtype=float)


def exceedance(
    mean: NDArray[np.float64], variance: NDArray[np.float64], threshold: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the probability that the count lies above ``threshold``."""
    k, p = negative_binomial(mean, variance)
    return np.asarray(nbinom.sf(np.floor(threshold), k, p), dtype=float)
