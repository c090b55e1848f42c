"""When an event of a calendar takes place: once, or again and again by its rules (RFC 5545, 3.8.5)."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from features.calendar_versions import StandingEvent
from features.calendar_zones import CalendarZones
from triage.errors import InputError

__all__ = ["instant_of", "is_day", "times_between"]

_MOST_TIMES = 20_000
"""Times that a repeated event is followed before it is refused: every day of fifty years."""


def times_between(
    one: StandingEvent,
    zones: CalendarZones,
    clock: tzinfo,
    span: tuple[datetime, datetime],
    moved: Collection[tuple[str, datetime | None]],
) -> list[tuple[datetime, datetime]]:
    """Return when an event takes place within a span of time: starts and ends, in UTC.

    Parameters
    ----------
    one : StandingEvent
        Which.
    zones : CalendarZones
        Of its file.
    clock : tzinfo
        Of whole days and of times that carry none.
    span : tuple of datetime
        With a zone.
    moved : collection of (str, datetime or None)
        By identity, the times that stand as events of their own.

    Raises
    ------
    InputError
        If it repeats too often.
    """
    since, until = span
    return [
        (start, end)
        for start, end in _all_times(one, zones, clock, until, moved)
        if start < until and end > since
    ]


def _all_times(
    one: StandingEvent,
    zones: CalendarZones,
    clock: tzinfo,
    until: datetime,
    moved: Collection[tuple[str, datetime | None]],
) -> Iterator[tuple[datetime, datetime]]:
    event, first, last = one.component, one.start, one.end
    if "RRULE" not in event and "RDATE" not in event:
        yield instant_of(first, clock), instant_of(last, clock)
        return
    left_out = {instant_of(day, clock) for day in _dates(event, "EXDATE", zones)}
    for start in _starts(event, first, zones, clock, until):
        instant = instant_of(start, clock)
        if instant not in left_out and (one.uid, instant) not in moved:
            # Lengths are those of the wall clock: a day off is a day when the clocks change, too.
            yield instant, instant_of(start + (last - first), clock)


def _starts(event: Any, first: date, zones: CalendarZones, clock: tzinfo, until: datetime) -> Iterator[Any]:
    """Iterate over the starts of a repeated event, of the kind of its first: a day or a moment."""
    own_clock = first.tzinfo or clock if isinstance(first, datetime) else clock
    naive = first.replace(tzinfo=None) if isinstance(first, datetime) else datetime.combine(first, time())
    limit = until.astimezone(own_clock).replace(tzinfo=None)
    for count, start in enumerate(_rule_set(event, naive, zones, own_clock)):
        if start >= limit:
            return
        if count >= _MOST_TIMES:
            raise InputError(
                f"Got a calendar event that repeats more than {_MOST_TIMES:,} times; expected fewer; "
                "leave that event out of the calendar."
            )
        yield start.date() if is_day(first) else start.replace(tzinfo=own_clock)


def _rule_set(event: Any, first: datetime, zones: CalendarZones, clock: tzinfo) -> Any:
    from dateutil.rrule import rruleset, rrulestr

    times = rruleset()
    times.rdate(first)
    for rule in _several(event.get("RRULE", [])):
        # The rule runs on the event's wall clock, so its end must be told on that clock, too.
        parts = rule.copy()
        if "UNTIL" in parts:
            parts["UNTIL"] = [
                instant_of(one, clock).astimezone(clock).replace(tzinfo=None) for one in parts["UNTIL"]
            ]
        times.rrule(rrulestr(parts.to_ical().decode(), dtstart=first))
    for day in _dates(event, "RDATE", zones):
        times.rdate(instant_of(day, clock).astimezone(clock).replace(tzinfo=None))
    return times


def _dates(event: Any, name: str, zones: CalendarZones) -> Iterator[date]:
    for one in _several(event.get(name, [])):
        for each in one.dts:
            yield zones.moment(each.dt, one.params)


def _several(given: Any) -> Sequence[Any]:
    return given if isinstance(given, list) else [given]


def is_day(when: date) -> bool:
    """Tell a day from a moment."""
    return not isinstance(when, datetime)


def instant_of(when: date, clock: tzinfo) -> datetime:
    """Return a moment, or the midnight that a day begins with, in UTC."""
    moment = when if isinstance(when, datetime) else datetime.combine(when, time())
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=clock)).astimezone(UTC)
