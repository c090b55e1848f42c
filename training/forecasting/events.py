"""What known events do to volume: learnt from earlier events of their kind, drawn towards a planner's word.

The counts of event days are divided by the effect before anything is learnt from them, and days ahead are
multiplied by it, so every member of the pool knows of events. The effect of a kind on a series is what came
on its past days over what the same weekday brings in the weeks about them, both raised by a gamma prior
(Gamma-Poisson: the factor's mean is (prior x expected + came) / (prior + usual), the prior as a number of
tickets). It is worth two days, since days of one kind differ, and twenty tickets, since few tickets are
noise. The planner's word is the prior's mean; for the parts of an event of the total it is what was learnt of
the total, so that a small part stays near it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.calendar import Days
from training.forecasting.series import TOTAL
from triage.known_event import LEAST_FACTOR, MOST_FACTOR, KnownEvent

PRIOR_DAYS = 2.0
PRIOR_TICKETS = 20.0
WEEKS_ABOUT = 4

Array = NDArray[np.float64]


class Effects(NamedTuple):
    """What known events do.

    Parameters
    ----------
    factors : array, shape (n_series, n + horizon)
        By how much they multiply each day of each series.
    learnt : dict of str to dict of str to float
        By kind and series, the factor of one day; of a kind that has events of its own on a series, theirs.
    noticed : tuple of str
        What a planner should know of the calendar, in sentences.
    """

    factors: Array
    learnt: dict[str, dict[str, float]]
    noticed: tuple[str, ...] = ()


def event_factors(events: Sequence[KnownEvent], names: Sequence[str], counts: Array, days: Days) -> Effects:
    """Return by how much known events multiply each day of each series, and the effects that were learnt.

    Parameters
    ----------
    events : sequence of KnownEvent
        Of several of one kind and series on one day, the first counts.
    names : sequence of str
        Series. An event of a part moves the total by the part's share.
    counts : array, shape (n_series, n)
        Of the days that are over.
    days : array of datetime64[D], shape (n + horizon,)
        Those days and the ones ahead.
    """
    factors = np.ones((len(names), len(days)))
    learnt: dict[str, dict[str, float]] = {}
    if not events:
        return Effects(factors, learnt)
    n = counts.shape[1]
    on = {one.event_id: _days_of(one, days) for one in events}
    busy = np.zeros(len(days), dtype=bool)
    for place in on.values():
        busy[place] = True
    kinds: dict[tuple[str, str], list[KnownEvent]] = defaultdict(list)
    for one in events:
        kinds[one.kind, one.series].append(one)
    noticed = _unknown([one for one in events if len(on[one.event_id])], names)
    # The total comes first, since its effect is what a part is expected to feel.
    order = sorted(range(len(names)), key=lambda row: names[row] != TOTAL)
    for (kind, series), members in kinds.items():
        own, twice = _once(members, on)
        if twice:
            noticed.append(f"Events of kind {kind} on {series} overlap ({twice}): their days count once.")
        felt: dict[str, float] = {}
        for row in order:
            name = names[row]
            weight = _weight(series, name, names, counts)
            if weight == 0.0:
                continue
            past = np.unique(np.concatenate([place[place < n] for place in own.values()]))
            effect = _effect(counts[row], past, busy[:n])
            for one in members:
                place = own[one.event_id]
                expected = 1.0 + weight * ((one.factor or 1.0) - 1.0)
                factor = effect(felt.get(one.event_id, expected))
                if name == TOTAL == series:
                    felt[one.event_id] = factor
                factors[row, place] *= factor
                if len(place) and (name == series or name not in learnt.get(kind, {})):
                    learnt.setdefault(kind, {})[name] = factor
    return Effects(np.clip(factors, LEAST_FACTOR, MOST_FACTOR), learnt, tuple(noticed))


def _once(
    members: Sequence[KnownEvent], on: dict[str, NDArray[np.intp]]
) -> tuple[dict[str, NDArray[np.intp]], str]:
    """Return the days of each event that no earlier one has, and the names of those that overlap."""
    own: dict[str, NDArray[np.intp]] = {}
    taken = np.zeros(0, dtype=np.intp)
    overlapping = []
    for one in members:
        own[one.event_id] = np.setdiff1d(on[one.event_id], taken)
        if len(own[one.event_id]) < len(on[one.event_id]):
            overlapping.append(one.event_id)
        taken = np.union1d(taken, on[one.event_id])
    return own, ", ".join(overlapping)


def _unknown(events: Sequence[KnownEvent], names: Sequence[str]) -> list[str]:
    """Say which series of the calendar the forecast does not have."""
    absent = sorted({one.series for one in events} - {TOTAL, *names})
    return [
        f"An event is on the series {series}, which this forecast does not have: it moves nothing."
        for series in absent
    ]


class _effect:
    """The effect of past days, for whatever a planner expects."""

    def __init__(self, y: Array, past: NDArray[np.intp], busy: NDArray[np.bool_]) -> None:
        usual = np.array([_usual(y, int(day), busy) for day in past])
        seen = np.isfinite(usual)
        self.came = float(y[past][seen].sum()) if len(past) else 0.0
        self.usual = float(usual[seen].sum()) if len(past) else 0.0
        self.a_day = self.usual / max(int(seen.sum()), 1) if self.usual else 1.0

    def __call__(self, expected: float) -> float:
        prior = PRIOR_DAYS * self.a_day + PRIOR_TICKETS
        return float(
            np.clip((self.came + prior * expected) / (self.usual + prior), LEAST_FACTOR, MOST_FACTOR)
        )


def _usual(y: Array, day: int, busy: NDArray[np.bool_]) -> float:
    """Return the mean of the same weekday in the weeks about a day, events left out; nan without one."""
    about = day + 7 * np.array([k for k in range(-WEEKS_ABOUT, WEEKS_ABOUT + 1) if k])
    about = about[(about >= 0) & (about < len(y))]
    about = about[~busy[about]]
    return float(y[about].mean()) if len(about) else float("nan")


def _weight(series: str, name: str, names: Sequence[str], counts: Array) -> float:
    """Return how much of an event of ``series`` the series ``name`` feels."""
    if series in (TOTAL, name):
        return 1.0
    if name != TOTAL or series not in names:
        return 0.0
    whole = float(counts[list(names).index(name), -56:].sum())
    return float(counts[list(names).index(series), -56:].sum()) / whole if whole else 0.0


def _days_of(one: KnownEvent, days: Days) -> NDArray[np.intp]:
    first, last = np.datetime64(one.first_day), np.datetime64(one.last_day)
    return np.flatnonzero((days >= first) & (days <= last))
