"""Intervals drawn to the width at which they would have held four days in five at past origins.

A conformal step after the two views of `intervals`: of each past origin, how far did the count lie from the
median, measured in the half-width of the interval that is published now? Four in five of these ratios should
be below one; where they are not, intervals are widened, or drawn in, by the ratio that four in five stay
below, by lead. Parts share one factor, the mean of theirs, and are only ever widened: topics are born and
die, and what they have not done yet is no reason to be sure. See `docs/log.md` for what was tried.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.forecasting.backtest import Past
from training.forecasting.intervals import Spread, spread_quantiles, weighted_quantiles

__all__ = ["log_widths", "share_widths"]

LEVELS = (0.10, 0.50, 0.90)
HELD = 0.80
"""What lies between the outer two."""
HALF_LIFE_DAYS = 360.0
FEWEST_DAYS = 20
LEAST, MOST = 0.6, 1.8
NARROWEST = 0.25
"""On the root scale: an interval of one count has a width all the same."""
BETWEEN = 0.25
"""A count stands for what lies so far on both sides of it, so that one that meets a bound is half inside."""

Array = NDArray[np.float64]


def log_widths(y: Array, past: Past, spread: Spread, leads: Sequence[tuple[int, int]]) -> Array:
    """Return by lead the logarithm of the factor by which a series' intervals should be wider.

    Parameters
    ----------
    y : array, shape (n,)
        Counts of consecutive days.
    past : Past
        What the published mean would have said at earlier origins.
    spread : Spread
        Of the days ahead; those of the past count as the day with the same lead.
    leads : sequence of (int, int)
        Days ahead that are looked at together, the second not included.

    Returns
    -------
    array, shape (len(leads),)
        0 where fewer than 20 days were seen.
    """
    return np.array([_log_width(y, past, spread, first, last) for first, last in leads])


def share_widths(logs: Array, parent: int | None) -> Array:
    """Return the factors by which all series are widened, shape (n_series, n_leads).

    Parameters
    ----------
    logs : array, shape (n_series, n_leads)
        See `log_widths`.
    parent : int or None
        The row of the total, which keeps its own factor; as do series without one.
    """
    if parent is None or len(logs) < 2:
        return np.exp(logs)
    parts = np.arange(len(logs)) != parent
    shared = logs.copy()
    shared[parts] = np.maximum(logs[parts].mean(axis=0), 0.0)
    return np.exp(shared)


def _log_width(y: Array, past: Past, spread: Spread, first: int, last: int) -> float:
    seen = [
        (came, mean[first : first + len(came)], len(y) - end - first)
        for end, mean in zip(past.ends, past.means, strict=True)
        if len(came := y[end + first : end + last])
    ]
    if sum(len(came) for came, _, _ in seen) < FEWEST_DAYS:
        return 0.0
    came, mean = (np.concatenate([one[i] for one in seen]) for i in (0, 1))
    step = np.concatenate([np.arange(len(one)) for one, _, _ in seen])
    age = np.concatenate([np.full(len(one), float(age)) for one, _, age in seen]) - step
    # A forecast may be shorter than the horizon that was looked back at.
    at = np.minimum(first + step, len(spread.dispersion) - 1)
    published = spread.at(at)
    low, middle, high = np.sqrt(spread_quantiles(np.maximum(mean, 1e-6), published, LEVELS)).T
    above, below = np.maximum(high - middle, NARROWEST), np.maximum(middle - low, NARROWEST)
    ratios = []
    for aside in (-BETWEEN, BETWEEN):
        off = np.sqrt(np.maximum(came + aside, 0.0)) - middle
        ratios.append(np.where(off >= 0.0, off / above, -off / below))
    weight = 0.5 ** (age / HALF_LIFE_DAYS)
    needed = weighted_quantiles(np.concatenate(ratios), np.concatenate([weight, weight]), (HELD,))
    return float(np.log(np.clip(needed[0], LEAST, MOST)))
