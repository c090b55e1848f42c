"""The rest of a day that has begun, forecast again from how it began.

The plain ratio of what came so far over what was forecast so far, carried on to midnight, is what planning
products do; it overshoots. The ratio is shrunk: the rest of the day is multiplied by exp(b ln r), with b
learnt by regression on past days cut at the same hour (reference, section 4.6: b of 0.5 to 0.6, and a fifth
less error than either no update or the plain ratio).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PRIOR_TICKETS = 4.0
"""Ratios of few tickets are noise: this many are added above and below."""
USUAL_SHRINKAGE = 0.5
PRIOR_DAYS = 8.0
"""The usual shrinkage counts as much as so many days whose beginning was a quarter off."""
LARGEST_FACTOR = 3.0


def day_factor(days: list[tuple[Array, Array]], slot: int, so_far: tuple[float, float]) -> float:
    """Return by how much the rest of today is to be multiplied.

    Parameters
    ----------
    days : list of (array, array)
        Counts and forecasts by interval of past days.
    slot : int
        Intervals of today that are over.
    so_far : (float, float)
        What came in them, and what was forecast for them.
    """
    x, y = [], []
    for came, said in days:
        if 0 < slot < len(came):
            x.append(log_ratio(came[:slot].sum(), said[:slot].sum()))
            y.append(log_ratio(came[slot:].sum(), said[slot:].sum()))
    begun, rest = np.array(x), np.array(y)
    prior = PRIOR_DAYS * np.log(1.25) ** 2
    slope = (float((begun * rest).sum()) + USUAL_SHRINKAGE * prior) / (float((begun**2).sum()) + prior)
    factor = np.exp(min(1.0, max(0.0, slope)) * log_ratio(*so_far))
    return float(np.clip(factor, 1.0 / LARGEST_FACTOR, LARGEST_FACTOR))


def log_ratio(came: float, said: float) -> float:
    """Return the logarithm of what came over what was forecast, drawn towards none."""
    return float(np.log((came + PRIOR_TICKETS) / (said + PRIOR_TICKETS)))
