"""A helpdesk's series watched together for bursts: the total and its parts, one alert for one burst.

Half of the budget of alerts is the total's, the other half is shared by the parts, so that more labels do
not mean more alarms. Bursts that overlap are one alert; it is named after the part that explains most of
what came too much, if one explains half of it, and after the total otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.spikes.baseline import HOURS_A_WEEK, usual
from triage.spikes.budget import CLEAR, solve_limits
from triage.spikes.burst import REFRACTORY_H, Burst, bursts

__all__ = ["LEAST_HOURS", "Noticed", "Quiet", "watch"]

TOTAL = "total"
LEAST_HOURS = 3 * HOURS_A_WEEK
"""With less history than this nothing is usual yet."""
EXPLAINS = 0.5
"""A part names a burst when it holds so much of what came too much."""
MOST_PARTS = 40
"""The busiest parts are watched; in the others a burst shows in the total."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours about which people said something.

    Parameters
    ----------
    begin, end : int
        From which hour to before which.
    series : str
    is_false : bool
        Marked false: the hours were ordinary. Otherwise a true burst, which is left out of what is usual.
    """

    begin: int
    end: int
    series: str
    is_false: bool


@dataclass(frozen=True, slots=True)
class Noticed:
    """A burst of the helpdesk.

    Parameters
    ----------
    series : str
        What it is named after.
    burst : Burst
        In that series.
    excess : tuple of (str, float)
        By series what came too much, most first.
    """

    series: str
    burst: Burst
    excess: tuple[tuple[str, float], ...]


def watch(
    names: Sequence[str],
    counts: Array,
    weekday: NDArray[np.intp],
    per_month: float,
    told: Sequence[Quiet] = (),
) -> list[Noticed]:
    """Return the bursts in a helpdesk's hours, earliest first.

    Parameters
    ----------
    names : sequence of str
        Series, one of them `TOTAL`.
    counts : array, shape (n_series, n)
        Tickets of consecutive hours; nine weeks are enough, less than three raise nothing.
    weekday : array of int, shape (n,)
        Monday 0 to Sunday 6, in the helpdesk's zone.
    per_month : float
        Alerts a month when nothing happens; 0 raises none.
    told : sequence of Quiet
        What people said of earlier alerts.
    """
    if per_month <= 0 or counts.shape[1] < LEAST_HOURS:
        return []
    order = sorted(range(len(names)), key=lambda row: (names[row] != TOTAL, -counts[row].sum()))
    rows = order[: 1 + MOST_PARTS]
    found: list[tuple[str, Burst]] = []
    for row in rows:
        share = per_month / 2 if len(rows) > 1 and row == rows[0] else per_month / 2 / max(1, len(rows) - 1)
        found += [
            (names[row], one)
            for one in _in_series(
                names[row], counts[row], weekday, share if len(rows) > 1 else per_month, told
            )
        ]
    groups: list[list[tuple[str, Burst]]] = []
    for name, one in sorted(found, key=lambda pair: pair[1].found):
        if groups and one.begin <= max(other.end for _, other in groups[-1]) + REFRACTORY_H:
            groups[-1].append((name, one))
        else:
            groups.append([(name, one)])
    return [_name(group) for group in groups]


def _in_series(
    name: str, counts: Array, weekday: NDArray[np.intp], per_month: float, told: Sequence[Quiet]
) -> list[Burst]:
    true, false = np.zeros(len(counts), dtype=bool), np.zeros(len(counts), dtype=bool)
    for one in told:
        if one.series in (name, TOTAL) or name == TOTAL:
            (false if one.is_false else true)[max(0, one.begin) : max(0, one.end)] = True
    base = usual(counts, weekday, true & ~false)
    limits = solve_limits(counts, base, per_month, true, false)
    first = bursts(counts, base, limits)
    # What nobody could overlook is left out of what is usual, and all is looked at once more.
    clear = true.copy()
    for burst in first:
        if burst.strength >= CLEAR:
            clear[burst.begin : burst.end] = True
    if (clear & ~false).any():
        base = usual(counts, weekday, clear & ~false)
        return bursts(counts, base, solve_limits(counts, base, per_month, clear, false))
    return first


def _name(group: list[tuple[str, Burst]]) -> Noticed:
    excess: dict[str, float] = {}
    strongest: dict[str, Burst] = {}
    for name, one in group:
        excess[name] = excess.get(name, 0.0) + one.count - one.expected
        if name not in strongest or one.strength > strongest[name].strength:
            strongest[name] = one
    ranked = sorted(excess.items(), key=lambda item: (-item[1], item[0]))
    parts = [item for item in ranked if item[0] != TOTAL]
    name = TOTAL if TOTAL in excess else parts[0][0]
    if parts and parts[0][1] >= EXPLAINS * excess[name]:
        name = parts[0][0]
    return Noticed(name, strongest[name], tuple(ranked))
