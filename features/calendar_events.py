"""Events of a calendar file (iCalendar, RFC 5545) and when they take place, repeated ones included.

Parsing is the icalendar library's, recurrence dateutil's. Of an event that stands in the file more than once
the latest version counts, and what was cancelled is gone. What an event means is its readers' matter.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from features.calendar_times import instant_of, is_day, times_between
from features.calendar_versions import StandingEvent, latest_versions
from features.calendar_zones import CalendarZones
from triage.errors import InputError
from triage.zone import find_zone

__all__ = ["EARLIEST", "LATEST", "CalendarEvent", "CalendarFile", "LeftOut", "read_calendar", "read_events"]

EARLIEST, LATEST = 1900, 2200
"""Years of events: clocks of other zones are asked for what lies within, and none must run out."""

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
            times = times_between(one, zones, clock, (since, until), moved)
        except InputError as error:
            left_out.append(LeftOut(one.line, one.uid, "unusable", str(error)))
        except _BROKEN:
            left_out.append(_unreadable(one.line, one.uid))
        else:
            if times:
                events.append(CalendarEvent(one.line, one.uid, one.component, is_day(one.start), times))
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
        if instant_of(one.start, clock) < until and instant_of(one.end, clock) > since
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
        end = start + timedelta(days=1) if is_day(start) else start
    if is_day(start) != is_day(end):
        raise ValueError("begins with a day and ends with a time, or the other way round")
    if start.year < EARLIEST or end.year > LATEST:
        raise InputError(f"Got a time outside the years {EARLIEST} to {LATEST}; expected one within.")
    at = instant_of(when("RECURRENCE-ID"), clock) if "RECURRENCE-ID" in component else None
    if at is not None and "RANGE" in component["RECURRENCE-ID"].params:
        raise InputError(
            "Got a change of all later times of an event (RANGE); expected a change of one time."
        )
    stamps = [when(name) for name in ("LAST-MODIFIED", "DTSTAMP") if name in component]
    stamp = max((instant_of(one, UTC) for one in stamps), default=datetime.min.replace(tzinfo=UTC))
    return StandingEvent(
        line, uid, component, start, end, at, (int(component.get("SEQUENCE", 0)), stamp, line)
    )
