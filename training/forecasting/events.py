"""What known events do to volume: learnt from earlier events of their kind, drawn towards a planner's word.

The counts of event days are divided by the effect before anything is learnt from them, and days ahead are
multiplied by it, so every member of the pool knows of events. The effect of a kind on a series is what came
on its past days over what the same weekday brings in the weeks about them, both raised by two days as the
planner expects them (a gamma prior).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from features.calendar import Days
from training.forecasting.series import TOTAL
from triage.known_event import LEAST_FACTOR, MOST_FACTOR, KnownEvent

PRIOR_DAYS = 2.0
WEEKS_ABOUT = 4

Array = NDArray[np.float64]


def event_factors(
    events: Sequence[KnownEvent], names: Sequence[str], counts: Array, days: Days
) -> tuple[Array, dict[str, dict[str, float]]]:
    """Return by how much known events multiply each day of each series, and the effects that were learnt.

    Parameters
    ----------
    events : sequence of KnownEvent
    names : sequence of str
        Series. An event of a part moves the total by the part's share.
    counts : array, shape (n_series, n)
        Of the days that are over.
    days : array of datetime64[D], shape (n + horizon,)
        Those days and the ones ahead.

    Returns
    -------
    factors : array, shape (n_series, n + horizon)
    learnt : dict of str to dict of str to float
        By kind and series, the factor of one day.
    """
    factors = np.ones((len(names), len(days)))
    learnt: dict[str, dict[str, float]] = {}
    if not events:
        return factors, learnt
    n = counts.shape[1]
    on = {one.event_id: _days_of(one, days) for one in events}
    busy = np.zeros(len(days), dtype=bool)
    for place in on.values():
        busy[place] = True
    kinds: dict[tuple[str, str], list[KnownEvent]] = defaultdict(list)
    for one in events:
        kinds[one.kind, one.series].append(one)
    for (kind, series), members in kinds.items():
        for row, name in enumerate(names):
            weight = _weight(series, name, names, counts)
            if weight == 0.0:
                continue
            past = np.unique(np.concatenate([on[one.event_id][on[one.event_id] < n] for one in members]))
            effect = _effect(counts[row], past, busy[:n])
            for one in members:
                place = on[one.event_id]
                factor = effect(1.0 + weight * ((one.factor or 1.0) - 1.0))
                factors[row, place] *= factor
                if len(place):
                    learnt.setdefault(kind, {})[name] = factor
    return np.clip(factors, LEAST_FACTOR, MOST_FACTOR), learnt


class _effect:
    """The effect of past days, for whatever a planner expects."""

    def __init__(self, y: Array, past: NDArray[np.intp], busy: NDArray[np.bool_]) -> None:
        usual = np.array([_usual(y, int(day), busy) for day in past])
        seen = np.isfinite(usual)
        self.came = float(y[past][seen].sum()) if len(past) else 0.0
        self.usual = float(usual[seen].sum()) if len(past) else 0.0
        self.a_day = self.usual / max(int(seen.sum()), 1) if self.usual else 1.0

    def __call__(self, expected: float) -> float:
        prior = PRIOR_DAYS * self.a_day
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
