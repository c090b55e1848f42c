"""Events of a calendar file (iCalendar, RFC 5545) and when they take place, repeated ones included.

Parsing is the icalendar library's, recurrence dateutil's. Of an event that stands in the file more than once
the latest version counts, and what was cancelled is gone. What an event means is its readers' matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from features.calendar_versions import StandingEvent, latest_versions
from features.calendar_zones import CalendarZones
from triage.errors import InputError
from triage.zone import find_zone

__all__ = ["CalendarEvent", "CalendarFile", "LeftOut", "read_calendar", "read_events"]

_MOST_TIMES = 20_000
"""Times that a repeated event is followed before it is refused: every day of fifty years."""

_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)
"""What libraries raise at a property that is no such thing."""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An event that takes place in the span that was asked for.

    Parameters
    ----------
    line : int
        Where it begins in the file, from 1.
    uid : str
        Its identity; empty where it has none.
    component : icalendar.Event
        As parsed.
    is_all_day : bool
        Whether it goes by days.
    times : list of (start, end)
        In UTC: when it takes place.
    """

    line: int
    uid: str
    component: Any
    is_all_day: bool
    times: list[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An event of a file that does not count.

    Parameters
    ----------
    line, uid
        See :class:`CalendarEvent`; other files than calendars have no ``uid``.
    reason : str
        ``unusable``, ``superseded``, ``cancelled``; a reader of events has others.
    detail : str
        In a sentence, without a word of the event's.
    """

    line: int
    uid: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a calendar file holds.

    Parameters
    ----------
    events : list of CalendarEvent
        In the order of the file.
    left_out : list of LeftOut
        What cannot be used, and of the span what was superseded or cancelled.
    uids : frozenset of str
        Of the events that the file tells of, whether they count or not; without the unusable ones.
    """

    events: list[CalendarEvent]
    left_out: list[LeftOut]
    uids: frozenset[str]


def read_calendar(content: bytes, zone: str, *, since: datetime, until: datetime) -> CalendarFile:
    """Read the events that touch a span of time.

    Parameters
    ----------
    content : bytes
        The file.
    zone : str
        IANA zone of whole days and of times that carry none.
    since, until : datetime
        With a zone; bounds of what is read, for repeated events have no end.

    Raises
    ------
    InputError
        If it is no calendar, or none of its events can be used.
    """
    calendars = _parsed(content)
    zones, clock = CalendarZones(calendars), find_zone(zone)
    components = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    standing: list[StandingEvent] = []
    left_out: list[LeftOut] = []
    lines = _lines(content)
    if len(lines) != len(components):
        lines = [1] * len(components)  # Nothing that is written so is a calendar that somebody exported.
    for line, component in zip(lines, components, strict=True):
        uid = str(component.get("UID", "")).strip()
        try:
            standing.append(_standing(line, uid, component, zones, clock))
        except InputError as error:
            left_out.append(LeftOut(line, uid, "unusable", str(error)))
        except _BROKEN:
            left_out.append(_unreadable(line, uid))
    kept, gone = latest_versions(standing)
    # A time that was moved or cancelled stands as an event of its own.
    called_off = [one for one, reason, _ in gone if reason == "cancelled"]
    moved = {(one.uid, one.occurrence) for one in (*kept, *called_off)}
    events = []
    for one in kept:
        try:
            times = list(_times(one, zones, clock, (since, until), moved))
        except InputError as error:
            left_out.append(LeftOut(one.line, one.uid, "unusable", str(error)))
        except _BROKEN:
            left_out.append(_unreadable(one.line, one.uid))
        else:
            if times:
                events.append(CalendarEvent(one.line, one.uid, one.component, _is_day(one.start), times))
    if components and len([one for one in left_out if one.reason == "unusable"]) == len(components):
        first = min(left_out, key=lambda each: each.line)
        raise InputError(
            f"Got a calendar of which no event can be used; in line {first.line}: {first.detail}"
        )
    unusable = {one.uid for one in left_out}
    uids = frozenset(one.uid for one in standing if one.uid and one.uid not in unusable)
    left_out += [
        LeftOut(one.line, one.uid, reason, detail)
        for one, reason, detail in gone
        if _instant(one.start, clock) < until and _instant(one.end, clock) > since
    ]
    return CalendarFile(events, sorted(left_out, key=lambda each: each.line), uids)


def read_events(
    content: bytes, zone: str, *, since: datetime, until: datetime
) -> list[tuple[Any, datetime, datetime]]:
    """Read the events that touch a span of time, all of them or none.

    Returns
    -------
    list of (event, start, end)
        In the order of the file; starts and ends in UTC.

    Raises
    ------
    InputError
        If it is no calendar, or one of its events cannot be used.
    """
    read = read_calendar(content, zone, since=since, until=until)
    for one in read.left_out:
        if one.reason == "unusable":
            raise InputError(
                f"Got a calendar with an event, in line {one.line}, that is of no use: {one.detail}"
            )
    return [(one.component, start, end) for one in read.events for start, end in one.times]


def _parsed(content: bytes) -> list[Any]:
    from icalendar import Calendar

    try:
        calendars: list[Any] = Calendar.from_ical(content, multiple=True)
        if not calendars:
            raise ValueError("no calendar")
    except _BROKEN as error:
        raise InputError(
            f"Got a file that cannot be read as a calendar ({type(error).__name__}); expected iCalendar "
            "(.ics) with events; export the calendar again."
        ) from error
    return calendars


def _lines(content: bytes) -> list[int]:
    """Return the lines in which events begin; what goes on with a line before begins with a space."""
    rows = content.split(b"\n")
    return [at for at, row in enumerate(rows, 1) if row.rstrip().upper() == b"BEGIN:VEVENT"]


def _unreadable(line: int, uid: str) -> LeftOut:
    return LeftOut(
        line, uid, "unusable", "Got a time or rule that cannot be read; expected iCalendar's form."
    )


def _standing(line: int, uid: str, component: Any, zones: CalendarZones, clock: tzinfo) -> StandingEvent:
    def when(name: str) -> date:
        return zones.moment(component[name].dt, component[name].params)

    start = when("DTSTART")
    if "DTEND" in component:
        end = when("DTEND")
    elif "DURATION" in component:
        end = start + component["DURATION"].dt
    else:
        end = start + timedelta(days=1) if _is_day(start) else start
    if _is_day(start) != _is_day(end):
        raise ValueError("begins with a day and ends with a time, or the other way round")
    at = _instant(when("RECURRENCE-ID"), clock) if "RECURRENCE-ID" in component else None
    if at is not None and "RANGE" in component["RECURRENCE-ID"].params:
        raise InputError(
            "Got a change of all later times of an event (RANGE); expected a change of one time."
        )
    stamps = [when(name) for name in ("LAST-MODIFIED", "DTSTAMP") if name in component]
    stamp = max((_instant(one, UTC) for one in stamps), default=datetime.min.replace(tzinfo=UTC))
    return StandingEvent(
        line, uid, component, start, end, at, (int(component.get("SEQUENCE", 0)), stamp, line)
    )


def _times(
    one: StandingEvent,
    zones: CalendarZones,
    clock: tzinfo,
    span: tuple[datetime, datetime],
    moved: set[tuple[str, datetime | None]],
) -> Iterator[tuple[datetime, datetime]]:
    since, until = span
    for begin, end in _all_times(one, zones, clock, until, moved):
        if begin < until and end > since:
            yield begin, end


def _all_times(
    one: StandingEvent,
    zones: CalendarZones,
    clock: tzinfo,
    until: datetime,
    moved: set[tuple[str, datetime | None]],
) -> Iterator[tuple[datetime, datetime]]:
    event, first, last = one.component, one.start, one.end
    if "RRULE" not in event and "RDATE" not in event:
        yield _instant(first, clock), _instant(last, clock)
        return
    left_out = {_instant(day, clock) for day in _dates(event, "EXDATE", zones)}
    for start in _starts(event, first, zones, clock, until):
        instant = _instant(start, clock)
        if instant not in left_out and (one.uid, instant) not in moved:
            # Lengths are those of the wall clock: a day off is a day when the clocks change, too.
            yield instant, _instant(start + (last - first), clock)


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
        yield start.date() if _is_day(first) else start.replace(tzinfo=own_clock)


def _rule_set(event: Any, first: datetime, zones: CalendarZones, clock: tzinfo) -> Any:
    from dateutil.rrule import rruleset, rrulestr

    times = rruleset()
    times.rdate(first)
    for rule in _several(event.get("RRULE", [])):
        # The rule runs on the event's wall clock, so its end must be told on that clock, too.
        parts = rule.copy()
        if "UNTIL" in parts:
            parts["UNTIL"] = [
                _instant(one, clock).astimezone(clock).replace(tzinfo=None) for one in parts["UNTIL"]
            ]
        times.rrule(rrulestr(parts.to_ical().decode(), dtstart=first))
    for day in _dates(event, "RDATE", zones):
        times.rdate(_instant(day, clock).astimezone(clock).replace(tzinfo=None))
    return times


def _dates(event: Any, name: str, zones: CalendarZones) -> Iterator[date]:
    for one in _several(event.get(name, [])):
        for each in one.dts:
            yield zones.moment(each.dt, one.params)


def _several(given: Any) -> Sequence[Any]:
    return given if isinstance(given, list) else [given]


def _is_day(when: date) -> bool:
    return not isinstance(when, datetime)


def _instant(when: date, clock: tzinfo) -> datetime:
    moment = when if isinstance(when, datetime) else datetime.combine(when, time())
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=clock)).astimezone(UTC)
