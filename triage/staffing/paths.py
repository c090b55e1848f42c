"""Possible futures of a forecast: sample paths, so that sums of counts get quantiles of their own.

Nine eighties never add up to the eightieth percentile of nine: days that go wrong do not all go wrong
together. Each path draws every series and interval from its own quantiles; what they have in common is told
by two correlations (a Gaussian copula). Nothing here knows of people.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from triage.staffing.volume import LEVELS, VolumeForecast

__all__ = ["OVER_TIME", "sample_counts", "shared_by_series"]

Array = NDArray[np.float64]

OVER_TIME = 0.3
"""Correlation of the errors of two intervals of one forecast: the level was wrong for all of them. On
development origins (``benchmarks.staffing --part errors``) it is .1 for Thunderbird and Apache, .3 to .6 for
Firefox, much the same from one day apart to two weeks; this lies in between."""

_SCORES = np.array([NormalDist().inv_cdf(level) for level in LEVELS])
_MIDDLE = LEVELS.index(0.50)
_FEW = 5.0
"""Below this median, whole numbers are too coarse to draw a line through."""


def sample_counts(
    forecast: VolumeForecast, rows: list[int], *, paths: int, seed: int, over_time: float = OVER_TIME
) -> Array:
    """Draw paths of counts.

    Parameters
    ----------
    forecast : VolumeForecast
    rows : list of int
        Which of its series.
    paths : int
        How many futures.
    seed : int
        The same seed, the same futures.
    over_time : float, default=OVER_TIME
        Correlation of the errors of a series between intervals; 0 to 1.

    Returns
    -------
    array, shape (len(rows), paths, n)
        Counts, not rounded. Each interval's quantiles are the forecast's own: the scores are dealt out
        evenly, in the order that chance gave.
    """
    draw = np.random.default_rng(seed)
    n, shared = forecast.n, shared_by_series(forecast, rows)
    common = _in_time(draw, (1, paths, n), over_time)
    own = _in_time(draw, (len(rows), paths, n), over_time)
    score = np.sqrt(shared) * common + np.sqrt(1.0 - shared) * own
    share = (np.arange(paths) + 0.5) / paths
    even = np.array([NormalDist().inv_cdf(one) for one in share])
    rank = score.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    found = np.empty_like(score)
    for i, row in enumerate(rows):
        for t in range(n):
            known, mean = forecast.quantiles[row, t], float(forecast.mean[row, t])
            # In the order of the ranks: each value once.
            drawn = _few(share, known, mean) if known[_MIDDLE] < _FEW else _counts(even, known)
            found[i, :, t] = drawn[rank[i, :, t]]
    return np.asarray(found)


def shared_by_series(forecast: VolumeForecast, rows: list[int]) -> float:
    """Return the correlation of the errors of different series at the same time.

    What makes the spread of their sum that of ``total``, where the forecast has it: (var of the total - sum
    of variances) / ((sum of deviations)^2 - sum of variances), 0 to 1, the mean over intervals. 0 where it
    has not, or with one series.
    """
    if len(rows) < 2 or "total" not in forecast.names:
        return 0.0
    low, high = LEVELS.index(0.10), LEVELS.index(0.90)
    width = (forecast.quantiles[:, :, high] - forecast.quantiles[:, :, low]) / (_SCORES[high] - _SCORES[low])
    parts, whole = width[rows], width[forecast.names.index("total")]
    squares = (parts**2).sum(axis=0)
    room = parts.sum(axis=0) ** 2 - squares
    if not room.any():
        return 0.0
    return float(np.clip((whole**2 - squares).sum() / room.sum(), 0.0, 1.0))


def _in_time(draw: np.random.Generator, shape: tuple[int, int, int], over_time: float) -> Array:
    level = draw.standard_normal((*shape[:2], 1))
    return np.asarray(
        np.sqrt(over_time) * level + np.sqrt(1.0 - over_time) * draw.standard_normal(shape), dtype=float
    )


def _counts(score: Array, quantiles: Array) -> Array:
    """Return counts at normal scores: a line through the quantiles, straight on beyond the outer ones."""
    found = np.interp(score, _SCORES, quantiles)
    for edge, inner, beyond in ((-1, -2, score > _SCORES[-1]), (0, 1, score < _SCORES[0])):
        slope = (quantiles[edge] - quantiles[inner]) / (_SCORES[edge] - _SCORES[inner])
        found = np.where(beyond, quantiles[edge] + slope * (score - _SCORES[edge]), found)
    return np.asarray(np.maximum(found, 0.0))


def _few(share: Array, quantiles: Array, mean: float) -> Array:
    """Return small counts at shares of the futures: those of a negative binomial.

    Of the forecast's mean and of the spread of its outer quantiles, a Poisson's at least: where most cells
    are empty their quantiles are all nought, and what fifty of them come to would look certain.
    """
    if mean <= 0.0 or quantiles[0] == mean == quantiles[-1]:
        return np.full_like(share, mean)  # What is known for certain.
    deviation = (quantiles[-1] - quantiles[0]) / (_SCORES[-1] - _SCORES[0])
    variance = max(1.001 * mean, float(deviation) ** 2)
    k = mean**2 / (variance - mean)
    most = int(mean + 12.0 * variance**0.5) + 10
    j = np.arange(most)
    steps = np.log((j + k) / (j + 1.0) * mean / (k + mean))
    mass = np.exp(np.concatenate([[0.0], np.cumsum(steps)]) - k * np.log1p(mean / k))
    return np.searchsorted(np.cumsum(mass), share).astype(float)
