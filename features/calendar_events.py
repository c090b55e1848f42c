"""Events of a calendar file (iCalendar, RFC 5545) and when they take place, repeated ones included.

Parsing is the icalendar library's, recurrence dateutil's. What an event means is its readers' matter.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from triage.errors import InputError
from triage.zone import find_zone

__all__ = ["read_events"]

_MOST_TIMES = 20_000
"""Times that a repeated event is followed before the file is refused: every day of fifty years."""


def read_events(
    content: bytes,
    zone: str,
    *,
    since: datetime,
    until: datetime,
    wanted: Callable[[Any], bool] = lambda event: True,
) -> list[tuple[Any, datetime, datetime]]:
    """Read the events that touch a span of time.

    Parameters
    ----------
    content : bytes
        The file.
    zone : str
        IANA zone of whole days and of times that carry none.
    since, until : datetime
        With a zone; bounds of what is read, for repeated events have no end.
    wanted : callable, optional
        Told an event, says whether it counts; by default all do.

    Returns
    -------
    list of (event, start, end)
        In the order of the file; starts and ends in UTC.

    Raises
    ------
    InputError
        If it is no calendar, or an event repeats too often.
    """
    from icalendar import Calendar

    try:
        calendars: list[Any] = Calendar.from_ical(content, multiple=True)
        if not calendars:
            raise ValueError("no calendar")
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
        # An occurrence that was moved or cancelled stands as an event of its own.
        moved = {
            (str(one.get("UID", "")), _instant(one["RECURRENCE-ID"].dt, find_zone(zone)))
            for one in events
            if "RECURRENCE-ID" in one
        }
        return [
            (event, start, end)
            for event in events
            if wanted(event)
            for start, end in _times(event, find_zone(zone), since, until, moved)
            if start < until and end > since
        ]
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"Got a file that cannot be read as a calendar ({type(error).__name__}); expected iCalendar "
            "(.ics) with events; export the calendar again."
        ) from error


def _times(
    event: Any, clock: tzinfo, since: datetime, until: datetime, moved: set[tuple[str, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    first, last = event.start, event.end
    if "RRULE" not in event and "RDATE" not in event:
        yield _instant(first, clock), _instant(last, clock)
        return
    uid = str(event.get("UID", ""))
    left_out = {_instant(one.dt, clock) for one in _dates(event, "EXDATE")}
    for start in _starts(event, clock, until):
        instant = _instant(start, clock)
        if instant not in left_out and (uid, instant) not in moved:
            # Lengths are those of the wall clock: a day off is a day when the clocks change, too.
            yield instant, _instant(start + (last - first), clock)


def _starts(event: Any, clock: tzinfo, until: datetime) -> Iterator[Any]:
    """Iterate over the starts of a repeated event, of the kind of its first: a day or a moment."""
    first = event.start
    is_day = not isinstance(first, datetime)
    own_clock = clock if is_day or first.tzinfo is None else first.tzinfo
    naive = datetime.combine(first, time()) if is_day else first.replace(tzinfo=None)
    limit = until.astimezone(own_clock).replace(tzinfo=None)
    for count, start in enumerate(_rule_set(event, naive, own_clock)):
        if start >= limit:
            return
        if count >= _MOST_TIMES:
            raise InputError(
                f"Got a calendar event that repeats more than {_MOST_TIMES:,} times; expected fewer; "
                "leave that event out of the calendar."
            )
        yield start.date() if is_day else start.replace(tzinfo=own_clock)


def _rule_set(event: Any, first: datetime, clock: tzinfo) -> Any:
    from dateutil.rrule import rruleset, rrulestr

    times = rruleset()
    times.rdate(first)
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        # The rule runs on the event's wall clock, so its end must be told on that clock, too.
        parts = rule.copy()
        if "UNTIL" in parts:
            parts["UNTIL"] = [
                _instant(one, clock).astimezone(clock).replace(tzinfo=None) for one in parts["UNTIL"]
            ]
        times.rrule(rrulestr(parts.to_ical().decode(), dtstart=first))
    for one in _dates(event, "RDATE"):
        times.rdate(_instant(one.dt, clock).astimezone(clock).replace(tzinfo=None))
    return times


def _dates(event: Any, name: str) -> Iterator[Any]:
    given = event.get(name, [])
    for one in given if isinstance(given, list) else [given]:
        yield from one.dts


def _instant(when: date, clock: tzinfo) -> datetime:
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    return (when if when.tzinfo is not None else when.replace(tzinfo=clock)).astimezone(UTC)
