"""Absences from a calendar file (iCalendar, RFC 5545): whose they are, and when.

Every event counts that blocks time: cancelled and transparent ones do not, nor in Outlook's calendars what is
marked as anything but out of office. Titles and descriptions are not read, so that nobody's illness goes
anywhere.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from features.calendar_events import read_events
from triage.absence import Absence

__all__ = ["CalendarAbsence", "absences_by_agent", "calendar_span", "read_absences"]

PAST, FUTURE = timedelta(days=31), timedelta(days=400)
"""Absences of the last month and of the next year: what assigning and planning ask for."""


@dataclass(frozen=True, slots=True)
class CalendarAbsence:
    """One absence of a calendar.

    Parameters
    ----------
    people : tuple of str
        Who is away: names and addresses of the attendees who did not decline, of the organizer where there
        are no attendees.
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
    events = read_events(content, zone, since=since, until=until, wanted=_is_away)
    found = [
        CalendarAbsence(_people(event), Absence(start, end, str(event.get("UID", "")) or "without uid"))
        for event, start, end in events
        if start < end  # A reminder: it blocks no time.
    ]
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
        if str(one.params.get("PARTSTAT", "")).upper() == "DECLINED":
            continue
        address = str(one)
        names.append(address[7:] if address.lower().startswith("mailto:") else address)
        if "CN" in one.params:
            names.append(str(one.params["CN"]))
    return tuple(dict.fromkeys(names))
