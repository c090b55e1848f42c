"""The plain forecasts that every other one is held against.

The same-weekday average of the last eight weeks (SWA8) is what common planning products do, and the base of
the spike threshold; seasonal-naive repeats the last week. Neither looks at the calendar.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WEEKS = 8
SPIKE_RATIO = 1.3
"""How far above its same-weekday average a day must lie to be a spike (the reference has 1.2-1.5)."""


def same_weekday_average(y: NDArray[np.float64], horizon: int, weeks: int = WEEKS) -> NDArray[np.float64]:
    """Forecast each day by the mean of the same weekday in the last ``weeks`` weeks, or as many as there are.

    Parameters
    ----------
    y : array of float, shape (n,)
        Counts of consecutive days, n >= 1. With less than a week, every day gets the mean of all.
    horizon : int
        Days ahead.
    weeks : int, default 8

    Returns
    -------
    array of float, shape (horizon,)
    """
    whole = min(len(y) // 7, weeks)
    if whole == 0:
        return np.full(horizon, float(np.mean(y)))
    week = y[len(y) - 7 * whole :].reshape(whole, 7).mean(axis=0)
    return np.tile(week, horizon // 7 + 1)[:horizon]


def seasonal_naive(y: NDArray[np.float64], horizon: int, season: int = 7) -> NDArray[np.float64]:
    """Forecast by repeating the last ``season`` values (the mean, where there are fewer)."""
    if len(y) < season:
        return np.full(horizon, float(np.mean(y)))
    return np.tile(y[-season:], horizon // season + 1)[:horizon]


def spike_threshold(average: NDArray[np.float64], ratio: float = SPIKE_RATIO) -> NDArray[np.float64]:
    """Return the count above which an interval is a demand spike.

    max(r x SWA8, SWA8 + 2 sqrt(SWA8)): the ratio alone fires on small series, the z-score alone on big ones.
    """
    return np.asarray(np.maximum(ratio * average, average + 2 * np.sqrt(average)))
