"""Absences from a calendar file (iCalendar, RFC 5545): whose they are, and when.

Whole days count, and in Outlook's calendars what is marked as out of office; nothing that is transparent,
free, tentative or elsewhere does. A time that a calendar without Outlook's marks has as busy counts from a
least length on: shorter ones are meetings. Titles are read to find whose an event is and are not kept, so
that nobody's illness goes anywhere; descriptions are not read.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from features.calendar_events import CalendarEvent, LeftOut, read_calendar
from features.named_agents import NamedAgents
from triage.absence import Absence

__all__ = [
    "LEAST_HOURS",
    "AbsenceCalendar",
    "AgentAbsences",
    "CalendarAbsence",
    "absences_by_agent",
    "calendar_span",
    "read_absences",
]

PAST, FUTURE = timedelta(days=31), timedelta(days=400)
"""Absences of the last month and of the next year: what assigning and planning ask for."""

LEAST_HOURS = 4.0
"""Half a working day: as short as leave usually is, and longer than meetings usually are."""

_NOT_AWAY = {
    "FREE": "Its owner is free.",
    "TENTATIVE": "It is tentative.",
    "WORKINGELSEWHERE": "Its owner works, elsewhere.",
}

_SAID = {
    "ambiguous": "of more than one agent",
    "cancelled": "cancelled",
    "nobody": "of nobody among the agents",
    "not_away": "of people who are not away",
    "short": "too short",
    "superseded": "of earlier versions",
    "unusable": "that cannot be used",
}


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
    line : int, default=0
        Where the event begins in the file, from 1.
    has_attendees : bool, default=True
        False where the people are the organizer.
    title : str, default=""
        Of the event; only to find whose it is.
    """

    people: tuple[str, ...]
    absence: Absence
    line: int = 0
    has_attendees: bool = True
    title: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AbsenceCalendar:
    """What a calendar tells of absences.

    Parameters
    ----------
    absences : list of CalendarAbsence
        By their start.
    left_out : list of LeftOut
        Events that are none, each with the reason, in the order of the file.
    uids : frozenset of str
        Of all events that it tells of.
    """

    absences: list[CalendarAbsence]
    left_out: list[LeftOut]
    uids: frozenset[str]


@dataclass(frozen=True, slots=True)
class AgentAbsences:
    """A calendar's absences by agent.

    Parameters
    ----------
    by_agent : dict of str to list of Absence
        Who is named nowhere is not in it: the calendar may be of one team only.
    left_out : list of LeftOut
        Events that count for nobody, each with the reason, in the order of the file.
    uids : frozenset of str
        Of all events that the calendar tells of.
    """

    by_agent: dict[str, list[Absence]]
    left_out: list[LeftOut]
    uids: frozenset[str]

    @property
    def unmatched(self) -> int:
        """How many absences are of nobody among the agents, or of nobody in particular."""
        return sum(one.reason in ("nobody", "ambiguous") for one in self.left_out)

    @property
    def reasons(self) -> dict[str, int]:
        """How many events do not count, by reason."""
        return dict(sorted(Counter(one.reason for one in self.left_out).items()))

    def said(self, most: int = 20) -> list[str]:
        """Return for people what does not count and why: counts by reason, then the first ones by line.

        Meetings and other things that are plainly no absence are only counted.
        """
        if not self.left_out:
            return []
        counts = ", ".join(f"{count:,} {_SAID[reason]}" for reason, count in self.reasons.items())
        refused = [one for one in self.left_out if one.reason in ("ambiguous", "nobody", "unusable")]
        lines = [
            f"line {one.line}{f', {one.uid[:80]}' if one.uid else ''}: {one.detail}" for one in refused[:most]
        ]
        more = [f"... and {len(refused) - most:,} more"] if len(refused) > most else []
        return [f"Left out: {counts}.", *lines, *more]


def calendar_span(moment: datetime) -> tuple[datetime, datetime]:
    """Return from when to when the absences of a calendar are kept at a moment."""
    return moment - PAST, moment + FUTURE


def absences_by_agent(
    found: AbsenceCalendar,
    agents: Collection[str],
    agent: str | None = None,
    *,
    aliases: Mapping[str, str] | None = None,
) -> AgentAbsences:
    """Tell whose absences a calendar's are.

    The agents among the attendees are away; where none is, the one whom the title names, else the organizer.

    Parameters
    ----------
    found : AbsenceCalendar
        As read.
    agents : collection of str
        Names of the agents that there are, which may be addresses.
    agent : str, optional
        All are of this one.
    aliases : Mapping of str to str, optional
        Further names and addresses of agents.
    """
    if agent is not None:
        return AgentAbsences({agent: [one.absence for one in found.absences]}, found.left_out, found.uids)
    named = NamedAgents(agents, aliases)
    mine: dict[str, list[Absence]] = {}
    left_out: dict[int, LeftOut] = {}
    for one in found.absences:
        matched, candidates = _whose(one, named)
        for name in sorted(matched):
            mine.setdefault(name, []).append(one.absence)
        if not matched:
            reason, detail = "nobody", "Neither attendees nor title name one of the agents."
            if candidates:
                reason, detail = "ambiguous", f"Its title can mean {candidates} agents; expected one of them."
            left_out[one.line] = LeftOut(one.line, one.absence.uid or "", reason, detail)
    everything = [*found.left_out, *left_out.values()]
    return AgentAbsences(mine, sorted(everything, key=lambda each: each.line), found.uids)


def read_absences(
    content: bytes, zone: str, *, since: datetime, until: datetime, least_hours: float = LEAST_HOURS
) -> AbsenceCalendar:
    """Read the absences that touch a span of time.

    Parameters
    ----------
    content : bytes
        The file.
    zone : str
        IANA zone of whole days and of times that carry none.
    since, until : datetime
        With a zone; bounds of what is read, for repeated events have no end.
    least_hours : float, default=4
        Times that are shorter and not marked as out of office are meetings.

    Raises
    ------
    InputError
        If it is no calendar, or none of its events can be used.
    """
    read = read_calendar(content, zone, since=since, until=until)
    found: list[CalendarAbsence] = []
    left_out = list(read.left_out)
    for event in read.events:
        why_not = _why_not(event, timedelta(hours=least_hours))
        if why_not is not None:
            left_out.append(LeftOut(event.line, event.uid, *why_not))
            continue
        has_attendees = "ATTENDEE" in event.component
        people = _people(event.component.get("ATTENDEE" if has_attendees else "ORGANIZER"))
        title = str(event.component.get("SUMMARY", ""))
        found += [
            CalendarAbsence(
                people, Absence(start, end, event.uid or "without uid"), event.line, has_attendees, title
            )
            for start, end in event.times
        ]
    found.sort(key=lambda one: (one.absence.starts_at or since, one.people))
    return AbsenceCalendar(found, sorted(left_out, key=lambda one: one.line), read.uids)


def _why_not(event: CalendarEvent, least: timedelta) -> tuple[str, str] | None:
    """Return reason and sentence why an event is no absence, None if it is one."""
    told = event.component.get("X-MICROSOFT-CDO-BUSYSTATUS")
    busy = "" if told is None else str(told).strip().upper()
    if str(event.component.get("TRANSP", "")).strip().upper() == "TRANSPARENT":
        return "not_away", "It blocks no time (TRANSP)."
    if busy in _NOT_AWAY:
        return "not_away", _NOT_AWAY[busy]
    if str(event.component.get("STATUS", "")).strip().upper() == "TENTATIVE":
        return "not_away", _NOT_AWAY["TENTATIVE"]
    longest = max(end - start for start, end in event.times)
    if longest <= timedelta(0):
        return "short", "It has no length: a reminder."
    if event.is_all_day or busy == "OOF":
        return None
    if busy == "BUSY":
        return "not_away", "Its owner is busy, not out of office."
    if longest < least:
        return (
            "short",
            f"It takes less than {least.total_seconds() / 3600:g} hours: a meeting, not an absence.",
        )
    return None


def _whose(one: CalendarAbsence, named: NamedAgents) -> tuple[set[str], int]:
    """Return whose an absence is, and how many could be meant where that is not clear."""
    people = {agent for person in one.people if (agent := named.exactly(person)) is not None}
    if people and one.has_attendees:
        return people, 0
    candidates = named.in_title(one.title)
    if len(candidates) == 1:
        return candidates, 0
    # Who writes an absence down for somebody is not away by it.
    return (set(), len(candidates)) if candidates else (people, 0)


def _people(given: Any) -> tuple[str, ...]:
    names: list[str] = []
    for one in given if isinstance(given, list) else [given] if given is not None else []:
        if str(one.params.get("PARTSTAT", "")).upper() == "DECLINED":
            continue
        address = str(one)
        names.append(address[7:] if address.lower().startswith("mailto:") else address)
        if "CN" in one.params:
            names.append(str(one.params["CN"]))
    return tuple(dict.fromkeys(names))
