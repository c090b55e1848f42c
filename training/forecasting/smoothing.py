"""Exponential smoothing of level and weekday: many rates, and many series, at once.

A state-space model without trend (ETS with additive error and additive season) on the square-root scale,
where counts scatter about evenly. Instead of fitting rates, a grid of them runs along the history in one
pass; each pair is judged by what it would have forecast ten days earlier, lately judged most, and the
forecast is their mean weighed by that. A fit to one-step errors would choose rates that are too quick for a
month ahead. Constants were chosen on the earlier origins of ``benchmarks/forecast.py``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVEL_RATES = (0.02, 0.04, 0.08, 0.15, 0.28)
SEASON_RATES = (0.01, 0.05, 0.12)
LEAD_DAYS = 10
"""Rates are judged by errors so many days ahead: about the middle of the first two weeks."""
LOSS_HALF_LIFE_DAYS = 120.0
POWER = 12
"""Rates are weighed by 1 / (mean squared error)^12: close to the best, and steady where they tie."""
MOST_DAYS = 730
"""The slowest level has forgotten older days."""
FIRST_DAYS = 56
"""Level and season start from the means of so many days."""
_WEEK = 7


def forecast_smoothing(y: Array, alive: NDArray[np.intp], horizon: int) -> Array:
    """Forecast the mean of the days after the histories of some series.

    Parameters
    ----------
    y : array, shape (n_series, n)
        Counts of consecutive days, or counts over a calendar factor.
    alive : array of int, shape (n_series,)
        The day on which each series begins.
    horizon : int

    Returns
    -------
    array, shape (n_series, horizon)
    """
    n = y.shape[1]
    begin = max(0, n - MOST_DAYS, int(alive.min()))
    z = np.sqrt(np.maximum(y[:, begin:], 0.0))
    born = np.maximum(alive - begin, 0)
    days = z.shape[1]
    rates = np.array([(a, g) for a in LEVEL_RATES for g in SEASON_RATES])
    level, season = _start(z, born, len(rates))
    past_level = np.zeros((LEAD_DAYS, *level.shape))
    loss = np.full(level.shape, 1e-9)
    keep = 0.5 ** (1 / LOSS_HALF_LIFE_DAYS)
    weight = np.zeros(len(z))
    for day in range(days):
        at, ring = day % _WEEK, day % LEAD_DAYS
        judged = day - LEAD_DAYS >= born
        # Today's season stands for that of ten days ago, which differs by an update or two.
        if judged.any():
            ahead = past_level[ring] + season[:, :, at]
            loss = np.where(judged[:, None], keep * loss + (z[:, day, None] - ahead) ** 2, loss)
            weight = np.where(judged, keep * weight + 1.0, weight)
        error = (z[:, day, None] - level - season[:, :, at]) * (day >= born)[:, None]
        level = level + rates[:, 0] * error
        season[:, :, at] += rates[:, 1] * error
        past_level[ring] = level
    mean_loss = loss / np.maximum(weight, 1.0)[:, None]
    steep = (mean_loss.min(axis=1, keepdims=True) / mean_loss) ** POWER
    steep /= steep.sum(axis=1, keepdims=True)
    # Of a square, the mean is the square of the mean and the variance; unjudged, a Poisson's root has 1/4.
    variance = np.where(weight[:, None] > 0, mean_loss, 0.25)
    place = (days + np.arange(horizon)) % _WEEK
    ahead = np.maximum(level[:, :, None] + season[:, :, place], 0.0) ** 2 + variance[:, :, None]
    return np.asarray(np.einsum("sr,srh->sh", steep, ahead))


def _start(z: Array, born: NDArray[np.intp], many: int) -> tuple[Array, Array]:
    """Return where levels and seasons start: a series' first weeks, the season drawn towards none."""
    levels, seasons = [], []
    for row, first in zip(z, born, strict=True):
        seen = row[first : first + FIRST_DAYS]
        place = (first + np.arange(len(seen))) % _WEEK
        middle = float(seen.mean()) if len(seen) else 0.0
        season = np.bincount(place, weights=seen - middle, minlength=_WEEK) / (len(seen) / _WEEK + 1.0)
        levels.append(middle)
        seasons.append(season - season.mean())
    level = np.repeat(np.array(levels)[:, None], many, axis=1)
    return level, np.repeat(np.stack(seasons)[:, None, :], many, axis=1)
