"""How good a forecast was, once the counts are known.

Point: WAPE, signed bias, MASE. Distribution: CRPS by the mean pinball loss of the published quantiles, and
coverage. All of them beside the Poisson floor, below which no forecast of counts can get. Definitions are the
project's forecasting reference, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def wape(actual: Array, mean: Array) -> float:
    """Return sum |y - m| / sum y; nan when nothing happened."""
    return _share(np.abs(actual - mean).sum(), actual)


def bias(actual: Array, mean: Array) -> float:
    """Return sum (m - y) / sum y: above zero when too much was forecast; nan when nothing happened."""
    return _share((mean - actual).sum(), actual)


def poisson_floor(mean: Array) -> float:
    """Return the WAPE of counts about their own true mean: sum sqrt(2 mu / pi) / sum mu. Approximate."""
    return _share(np.sqrt(2 * np.maximum(mean, 0) / np.pi).sum(), mean)


def naive_scale(history: Array, season: int) -> float:
    """Return the mean absolute change over a season, by which MASE divides; nan for too short a history."""
    if len(history) <= season:
        return float("nan")
    return float(np.abs(history[season:] - history[:-season]).mean())


def pinball(actual: Array, quantiles: Array, levels: Sequence[float]) -> Array:
    """Return the pinball loss per observation, mean over the levels.

    Parameters
    ----------
    actual : array, shape (n,)
    quantiles : array, shape (n, n_levels)
    levels : sequence of float

    Returns
    -------
    array, shape (n,)
    """
    level = np.asarray(levels)
    miss = actual[:, None] - quantiles
    return np.asarray(np.maximum(level * miss, (level - 1) * miss).mean(axis=1))


def crps(actual: Array, quantiles: Array, levels: Sequence[float]) -> float:
    """Return twice the mean pinball loss over volume: the CRPS in shares of volume, approximately."""
    return _share(2 * pinball(actual, quantiles, levels).sum(), actual)


def coverage(actual: Array, low: Array, high: Array) -> float:
    """Return the share of counts between the bounds; one that equals a bound counts half.

    Whole-number bounds would otherwise flatter small counts.
    """
    inside = (actual > low) & (actual < high)
    edge = ((actual == low) | (actual == high)) & (low < high)
    point = (actual == low) & (low == high)
    return float((inside + 0.5 * edge + point).mean())


def central_coverage(
    actual: Array, quantiles: Array, levels: Sequence[float], low: float = 0.1, high: float = 0.9
) -> float:
    """Return the share of counts between the quantiles ``low`` and ``high``, 0.8 for an honest forecast.

    A count that equals published quantiles stands for every level between the nearest quantile below it and
    the nearest above it, and counts by how much of that lies between ``low`` and ``high`` (a randomised
    probability integral transform, in its mean). Otherwise a series of noughts and ones, whose bounds are its
    only values, would look badly covered whatever is forecast, or too well.

    Parameters
    ----------
    actual : array, shape (n,)
    quantiles : array, shape (n, n_levels)
        Rising with the level.
    levels : sequence of float
        Rising.
    low, high : float, default 0.1 and 0.9
    """
    edges = np.concatenate([[0.0], np.asarray(levels), [1.0]])
    below = edges[(quantiles < actual[:, None]).sum(axis=1)]
    above = edges[len(edges) - 1 - (quantiles > actual[:, None]).sum(axis=1)]
    inside = np.minimum(above, high) - np.maximum(below, low)
    return float(np.mean(np.maximum(inside, 0.0) / (above - below)))


def _share(part: float, whole: Array) -> float:
    volume = float(whole.sum())
    return float(part) / volume if volume > 0 else float("nan")
