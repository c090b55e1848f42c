"""Absences from a calendar file (iCalendar, RFC 5545): whose they are, and when.

Every event counts that blocks time: cancelled and transparent ones do not, nor in Outlook's calendars what is
marked as anything but out of office. Titles and descriptions are not read, so that nobody's illness goes
anywhere. Parsing is the icalendar library's, recurrence dateutil's.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from triage.absence import Absence
from triage.errors import InputError
from triage.zone import find_zone

__all__ = ["CalendarAbsence", "absences_by_agent", "calendar_span", "read_absences"]

_MOST_TIMES = 20_000
"""Times that a repeated event is followed before the file is refused: every day of fifty years."""


PAST, FUTURE = timedelta(days=31), timedelta(days=400)
"""Absences of the last month and of the next year: what assigning and planning ask for."""


@dataclass(frozen=True, slots=True)
class CalendarAbsence:
    """One absence of a calendar.

    Parameters
    ----------
    people : tuple of str
        Who is away: names and addresses of the attendees, of the organizer where there are none.
    absence : Absence
        When, with the event's identity.
    """

    people: tuple[str, ...]
    absence: Absence


def calendar_span(moment: datetime) -> tuple[datetime, datetime]:
    """Return from when to when the absences of a calendar are kept at a moment."""
    return moment - PAST, moment + FUTURE


def absences_by_agent(
    found: Iterable[CalendarAbsence], agents: Collection[str], agent: str | None = None
) -> tuple[dict[str, list[Absence]], int]:
    """Tell whose absences a calendar's are.

    Parameters
    ----------
    found : iterable of CalendarAbsence
        Of a calendar.
    agents : collection of str
        Names of the agents that there are, which may be addresses.
    agent : str, optional
        All are of this one.

    Returns
    -------
    tuple of dict and int
        Absences by agent; how many are of nobody among the agents. Who is named nowhere is not in it: the
        calendar may be of one team only.
    """
    if agent is not None:
        return {agent: [one.absence for one in found]}, 0
    names = {name.casefold(): name for name in agents}
    mine: dict[str, list[Absence]] = {}
    unmatched = 0
    for one in found:
        matched = {names[person.casefold()] for person in one.people if person.casefold() in names}
        unmatched += not matched
        for name in sorted(matched):
            mine.setdefault(name, []).append(one.absence)
    return mine, unmatched


def read_absences(content: bytes, zone: str, *, since: datetime, until: datetime) -> list[CalendarAbsence]:
    """Read the absences that touch a span of time.

    Parameters
    ----------
    content : bytes
        The file.
    zone : str
        IANA zone of whole days and of times that carry none.
    since, until : datetime
        With a zone; bounds of what is read, for repeated events have no end.

    Returns
    -------
    list of CalendarAbsence
        By their start.

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
        found = [
            CalendarAbsence(_people(event), Absence(start, end, str(event.get("UID", "")) or "without uid"))
            for event in events
            if _is_away(event)
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
    return sorted(found, key=lambda one: (one.absence.starts_at or since, one.people))


def _is_away(event: Any) -> bool:
    busy = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "OOF")).upper()
    is_cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    is_transparent = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    return busy == "OOF" and not is_cancelled and not is_transparent


def _people(event: Any) -> tuple[str, ...]:
    given = event.get("ATTENDEE") or event.get("ORGANIZER") or []
    names: list[str] = []
    for one in given if isinstance(given, list) else [given]:
        address = str(one)
        names.append(address[7:] if address.lower().startswith("mailto:") else address)
        if "CN" in one.params:
            names.append(str(one.params["CN"]))
    return tuple(dict.fromkeys(names))


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
                f"Got a calendar event that repeats more than {_MOST_TIMES:,} times; expected absences; "
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
