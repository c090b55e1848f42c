"""How many people a team needs at a percentile, when nobody knows which future it will be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.staffing.outcome import days_missed, levels_reached
from features.staffing.team_work import TeamWork

__all__ = ["LEVELS", "Requirement", "require"]

Array = NDArray[np.float64]

LEVELS = (0.50, 0.80, 0.95)
"""The percentiles of a plan."""

_STEPS = 6
_HIGHEST = 0.995
"""Beyond this percentile of a few hundred futures there are none left to tell them apart."""
_MOST = 4.0


@dataclass(frozen=True, slots=True)
class Requirement:
    """People of a team at one percentile, each of shape (n,)."""

    paid: Array
    base: Array


def require(work: TeamWork, level: float) -> Requirement:
    """Say how many people are enough in so many futures.

    In each future taken alone the fewest people are known: Erlang's for live contacts, the most even capacity
    that keeps every deadline for deferred work. Interval by interval, the percentile of their sum would do if
    all work had to be done at once. Work with slack takes more: kept to the last moment in each future, its
    deadlines fall as often as not when the future is not known. So the percentile is raised, alike in all
    intervals, until deadlines hold as often as asked: at P80, of all days and futures, weighed by the hours
    due, at least 80 % are such that everything due is done in time, whoever is not needed by live contacts
    lending a hand. It is raised, too, until of the contacts of each live channel as many are answered in time
    as is promised, over the whole plan and all futures: a busy hour has more contacts than a quiet one. And
    wherever a live channel is open and contacts may come, one person is on the floor, however few come.

    Parameters
    ----------
    work : TeamWork
    level : float
        Such as 0.8.
    """
    everybody, on_floor = work.paid, work.base
    live = {one.channel.name: one.channel.live for one in work.channels}
    promised = {name: one.service_level for name, one in live.items() if one is not None}

    def holds(staff: Array) -> bool:
        if days_missed(work, staff) > 1.0 - level + 1e-9:
            return False
        return all(share >= promised[name] for name, share in levels_reached(work, staff).items())

    def found(at: float, factor: float = 1.0) -> Requirement:
        return Requirement(
            np.asarray(np.quantile(everybody, at, axis=0) * factor),
            np.asarray(np.quantile(on_floor, at, axis=0) * factor),
        )

    if holds(np.quantile(everybody, level, axis=0)):
        return found(level)
    low, high = level, _HIGHEST
    top = np.quantile(everybody, high, axis=0)
    if holds(top):
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (low, middle) if holds(np.quantile(everybody, middle, axis=0)) else (middle, high)
        return found(high)
    least, most = 1.0, _MOST
    for _ in range(_STEPS):
        middle = (least + most) / 2
        least, most = (least, middle) if holds(top * middle) else (middle, most)
    return found(high, most)
