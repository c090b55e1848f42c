"""The calendar of known events for people who edit it: days in words, what was expected, what was learnt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from triage.known_event import KnownEvent
from triage.store import Store
from triage.store.known_events import list_events
from triage.store.snapshots import Snapshot

__all__ = ["EventView", "EventsView", "event_spans", "view_events"]

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class EventView:
    """One event: as it is stored, and in words."""

    event: KnownEvent
    when: str
    moves: str
    expected: str
    learnt: str


@dataclass(frozen=True, slots=True)
class EventsView:
    """The calendar, days to come first, with what a form offers to choose from."""

    events: tuple[EventView, ...]
    kinds: tuple[str, ...]
    series: tuple[str, ...]


def view_events(store: Store, workspace: str, snapshot: Snapshot | None, today: date) -> EventsView:
    """Gather the calendar and what the newest forecast by day learnt of each kind of event.

    Parameters
    ----------
    store : Store
    workspace : str
    snapshot : Snapshot or None
        The newest forecast by day.
    today : date
        In the workspace's zone: what is over comes last.
    """
    events = list_events(store, workspace)
    ahead = [one for one in events if one.last_day >= today]
    over = [one for one in events if one.last_day < today]
    learnt: Mapping[str, Mapping[str, float]] = {} if snapshot is None else snapshot.basis.get("events", {})
    names = [] if snapshot is None else list(dict.fromkeys(row.series for row in snapshot.rows))
    names += [one.series for one in events]
    return EventsView(
        tuple(_view(one, learnt.get(one.kind, {})) for one in (*ahead, *reversed(over))),
        tuple(sorted({one.kind for one in events})),
        tuple(dict.fromkeys([TOTAL, *sorted(set(names) - {TOTAL})])),
    )


def event_spans(events: Sequence[KnownEvent], series: str, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return what a chart marks: title and span, in seconds since 1970, of the events that move a series."""
    found = []
    for one in events:
        if one.series in (TOTAL, series) or series == TOTAL:
            last = date.fromordinal(one.last_day.toordinal() + 1)
            begin, end = (datetime.combine(day, time(), zone).timestamp() for day in (one.first_day, last))
            found.append({"title": one.title, "begin": begin, "end": end})
    return found


def _view(one: KnownEvent, learnt: Mapping[str, float]) -> EventView:
    expected = "nothing was expected" if one.factor is None else f"{_times(one.factor)} expected"
    return EventView(
        one, _when(one), "all tickets" if one.series == TOTAL else one.series, expected, _learnt(one, learnt)
    )


def _learnt(one: KnownEvent, learnt: Mapping[str, float]) -> str:
    """Say what the forecast makes of a day of such an event: of the series it moves, and where most."""
    if one.series not in learnt:
        return "not in a forecast yet"
    said = f"{_times(learnt[one.series])} in the newest forecast"
    others = {name: factor for name, factor in learnt.items() if name not in (TOTAL, one.series)}
    most = max(others, key=lambda name: others[name], default=None)
    if most is not None and others[most] >= 1.05 * learnt[one.series]:
        said += f"; most for {most.partition('=')[2] or most}, {_times(others[most])}"
    return said


def _times(factor: float) -> str:
    return f"{factor:.2f} times an ordinary day"


def _when(one: KnownEvent) -> str:
    first, last = one.first_day, one.last_day
    if first == last:
        return f"{first:%a} {first.day} {first:%b %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first:%a} {first.day} {first:%b}{year} to {last:%a} {last.day} {last:%b %Y}"
