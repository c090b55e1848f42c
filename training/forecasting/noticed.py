"""Days of a history that a planner should know of: gaps, and days unlike all others.

They are counted as they came; whoever knows better (an export that lacks a week, a nightly job that filed
three hundred tickets) mends the history or puts an event on the calendar. Looks at the total by day, in the
last two years, and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.calendar import Days

__all__ = ["Noticed", "notice", "say"]

LOOK_BACK_DAYS = 731
WEEKS_ABOUT = 6
"""What is usual is the median of the same weekday so many weeks before and after."""
GAP_TICKETS = 20.0
"""A run of days without a ticket is a gap when so many were usual: by chance once in 500 million."""
LEAST_USUAL = 1.0
UNLIKE = 6.0
"""Standard deviations on the root scale, robustly measured."""
LEAST_DEVIATION = 0.5
"""That of a Poisson on the root scale."""
MANY_TIMES = 2.0
MOST = 8

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Noticed:
    """Days in a row.

    Parameters
    ----------
    kind : {"gap", "high"}
        No ticket at all, or far more than usual.
    first, last : numpy.datetime64
        Local days, both included.
    tickets, usual : float
        That came in these days, and that are usual.
    """

    kind: str
    first: np.datetime64
    last: np.datetime64
    tickets: float
    usual: float


def notice(total: Array, days: Days) -> list[Noticed]:
    """Return gaps and outlying days, earliest first; of more than eight those that stand out most.

    Parameters
    ----------
    total : array, shape (n,)
        Tickets of consecutive days.
    days : array of datetime64[D], shape (n,)
    """
    begin = max(0, len(total) - LOOK_BACK_DAYS)
    y, when = total[begin:], days[begin:]
    usual = _usual(y)
    away = np.sqrt(y) - np.sqrt(usual)
    deviation = max(LEAST_DEVIATION, 1.4826 * float(np.median(np.abs(away)))) if len(y) else LEAST_DEVIATION
    is_high = (away > UNLIKE * deviation) & (y >= MANY_TIMES * usual)
    found = [
        *_runs("gap", (y == 0) & (usual >= LEAST_USUAL), y, usual, when),
        *_runs("high", is_high, y, usual, when),
    ]
    kept = [one for one in found if one.kind == "high" or one.usual >= GAP_TICKETS]
    kept.sort(key=lambda one: -abs(one.tickets - one.usual))
    return sorted(kept[:MOST], key=lambda one: one.first)


def say(one: Noticed) -> str:
    """Say in a sentence what was noticed."""
    first, last = (day.astype("datetime64[D]").item() for day in (one.first, one.last))
    span = f"On {first:%a} {first.day} {first:%b %Y}"
    if first != last:
        span = f"From {first:%a} {first.day} {first:%b %Y} to {last:%a} {last.day} {last:%b %Y}"
    came = "no ticket came" if one.kind == "gap" else f"{one.tickets:.0f} tickets came"
    return f"{span} {came}, where {one.usual:.0f} are usual."


def _usual(y: Array) -> Array:
    """Return the median of the same weekday in the weeks about each day, the day itself left out."""
    steps = 7 * np.array([k for k in range(-WEEKS_ABOUT, WEEKS_ABOUT + 1) if k])
    place = np.arange(len(y))[:, None] + steps
    inside = (place >= 0) & (place < len(y))
    near = np.where(inside, y[np.clip(place, 0, max(len(y) - 1, 0))], np.nan)
    near[~inside.any(axis=1)] = 0.0
    return np.asarray(np.nanmedian(near, axis=1))


def _runs(kind: str, marked: NDArray[np.bool_], y: Array, usual: Array, days: Days) -> list[Noticed]:
    places = np.flatnonzero(marked)
    groups = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if len(places) else []
    return [
        Noticed(kind, days[one[0]], days[one[-1]], float(y[one].sum()), float(usual[one].sum()))
        for one in groups
    ]
