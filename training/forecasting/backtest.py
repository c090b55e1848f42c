"""How well each member of the pool would have done lately on the series at hand.

Rolling origins: at several past days the members see only what came before and forecast what came after.
Origins and their horizon are fixed, so that asking for a longer forecast never changes a shorter one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Member = Callable[[Array, Array, int], Array]
"""A member maps counts (n,), calendar columns (n + horizon, p), and a horizon to a mean (horizon,)."""

ORIGINS = 6
STEP_DAYS = 14
HORIZON_DAYS = 28
LEAST_HISTORY_DAYS = 56
LEAST_ORIGINS = 3
POWER = 6
"""Weights are 1 / error^6: steep enough to drop a bad member, safer than picking one (reference, 4.4)."""


def origins(n: int) -> list[int]:
    """Return the days, counted from the first, at which a history of ``n`` days is forecast again."""
    last = n - HORIZON_DAYS
    return [last - STEP_DAYS * j for j in range(ORIGINS) if last - STEP_DAYS * j >= LEAST_HISTORY_DAYS]


def weigh(members: Mapping[str, Member], y: Array, calendar: Array) -> dict[str, float]:
    """Return the weight of each member on this series; equal ones below three origins.

    Parameters
    ----------
    members : mapping of str to Member
    y : array, shape (n,)
        Counts of consecutive days.
    calendar : array, shape (n or more, p)
        Calendar columns of those days.
    """
    past = origins(len(y))
    equal = {name: 1.0 / len(members) for name in members}
    if len(past) < LEAST_ORIGINS:
        return equal
    error = {
        name: sum(
            float(
                np.abs(
                    member(y[:o], calendar[: o + HORIZON_DAYS], HORIZON_DAYS) - y[o : o + HORIZON_DAYS]
                ).sum()
            )
            for o in past
        )
        for name, member in members.items()
    }
    least = min(error.values())
    if least == 0.0:
        return equal
    steep = {name: (least / value) ** POWER for name, value in error.items()}
    return {name: value / sum(steep.values()) for name, value in steep.items()}
