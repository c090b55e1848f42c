"""Schedules: who works when, from CSV, a calendar or the agents' own shifts; and back to files."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from features.calendar_events import read_events
from features.staffing.opening import with_holidays
from features.staffing.shifts import Shift
from triage.agent import Agent
from triage.delimiter import delimiter_of
from triage.errors import InputError
from triage.routing.availability import shift_of
from triage.staffing.setup import StaffingSetup
from triage.staffing.volume import VolumeForecast
from triage.zone import find_zone

__all__ = ["agents_schedule", "agents_shifts", "read_schedule", "write_schedule_csv", "write_schedule_ics"]

CSV_COLUMNS = ("team", "start", "end", "agents", "agent")
_COUNT = re.compile(r"\s*(?:×|x)\s*(\d+)\s*$")
_AGENTS = "X-TRIAGE-AGENTS"


def read_schedule(
    content: bytes, teams: Collection[str], zone: str, *, since: datetime, until: datetime
) -> list[Shift]:
    """Read a schedule.

    Parameters
    ----------
    content : bytes
        iCalendar, or CSV (by commas, semicolons or tabs) with the columns ``team, start, end`` and, where
        wanted, ``agents`` (how many; 1) and ``agent`` (who). An event of a calendar belongs to the team that
        its category names, else its summary (``Network``, ``Network x 3``, ``Network: ada``), and stands for
        as many people as it has attendees, one at least.
    teams : collection of str
        Names of the teams that there are.
    zone : str
        IANA zone of times that carry none.
    since, until : datetime
        What the plan spans.

    Raises
    ------
    InputError
        If it cannot be read, or names a team that is not there; the message says where.
    """
    names = {name.casefold(): name for name in teams}
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").upper().startswith(b"BEGIN:VCALENDAR"):
        return _from_calendar(content, names, zone, since, until)
    return [one for one in _from_csv(content, names, zone) if one.start < until and one.end > since]


def agents_schedule(
    agents: Iterable[Agent],
    teams: Collection[str],
    zone: str,
    *,
    since: datetime,
    until: datetime,
    holidays: Mapping[str, Collection[date]] | None = None,
) -> tuple[list[Shift], list[str]]:
    """Return the shifts of agents, absences taken out, and the names of those whose shift nobody wrote down.

    Parameters
    ----------
    agents : iterable of Agent
        Each works for the first of its teams that is among ``teams``; deactivated ones for nobody.
    teams : collection of str
    zone : str
        The workspace's, for shifts that name none.
    since, until : datetime
        With a zone.
    holidays : Mapping of str to collection of date, optional
        By team, days on which no shift begins.
    """
    found: list[Shift] = []
    unknown: list[str] = []
    for one in agents:
        team = next((name for name in one.all_teams if name in teams), None)
        if team is None or not one.active:
            continue
        if one.shift is None:
            unknown.append(one.agent)
            continue
        off = (holidays or {}).get(team, ())
        for start, end in shift_of(one).presences(since, until, one.zone or zone, off):
            pieces = [(max(start, since), min(end, until))]
            for away in one.all_absences:
                pieces = [part for piece in pieces for part in _without(piece, away.starts_at, away.ends_at)]
            found += [Shift(team, *piece, agent=one.agent) for piece in pieces if piece[0] < piece[1]]
    return sorted(found, key=lambda shift: (shift.start, shift.team, shift.agent or "")), unknown


def agents_shifts(
    setup: StaffingSetup, forecast: VolumeForecast, agents: Iterable[Agent]
) -> tuple[list[Shift], list[str]]:
    """Return what :func:`agents_schedule` does for the teams, the holidays and the time of a plan."""
    first, last = forecast.starts[0], forecast.ends[-1]
    holidays = {one.name: with_holidays(one.calendar, first, last).holidays for one in setup.teams}
    names = [one.name for one in setup.teams]
    return agents_schedule(agents, names, setup.zone, since=first, until=last, holidays=holidays)


def write_schedule_csv(shifts: Iterable[Shift]) -> str:
    """Return shifts as CSV that :func:`read_schedule` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for one in shifts:
        writer.writerow(
            (_plain(one.team), _iso(one.start), _iso(one.end), one.agents, _plain(one.agent or ""))
        )
    return out.getvalue()


def write_schedule_ics(shifts: Iterable[Shift], made_at: datetime) -> bytes:
    """Return shifts as iCalendar that :func:`read_schedule`, and any calendar, reads.

    Parameters
    ----------
    shifts : iterable of Shift
    made_at : datetime
        With a zone; when the calendar was made.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//triage//staffing//EN")
    calendar.add("version", "2.0")
    for one in shifts:
        event = Event()
        who = one.agent or f"x {one.agents}"
        event.add("summary", f"{one.team}: {who}" if one.agent else f"{one.team} {who}")
        event.add("categories", [one.team])
        event.add(_AGENTS, str(one.agents))
        event.add("dtstart", one.start.astimezone(UTC))
        event.add("dtend", one.end.astimezone(UTC))
        event.add("dtstamp", made_at.astimezone(UTC))
        event.add("uid", f"{one.start:%Y%m%dT%H%M}-{one.end:%Y%m%dT%H%M}-{one.team}-{one.agent or ''}@triage")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _from_csv(content: bytes, names: Mapping[str, str], zone: str) -> list[Shift]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"Got a schedule that is not UTF-8 ({error.reason}); save it as UTF-8.") from error
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True, delimiter=delimiter_of(text)))
    except csv.Error as error:
        raise InputError(
            f"Got a schedule that is no CSV ({error}); expected team,start,end[,agents]."
        ) from error
    header = set(rows[0]) if rows else set(text.partition("\n")[0].strip().split(delimiter_of(text)))
    missing = [name for name in CSV_COLUMNS[:3] if name not in header]
    if missing:
        raise InputError(
            f"Got a schedule without the column {', '.join(missing)}; expected team, start, end, and agents "
            "or "
            "agent where wanted; or a calendar (.ics)."
        )
    return [_row(row, number, names, zone) for number, row in enumerate(rows, start=2)]


def _row(row: Mapping[str | None, Any], number: int, names: Mapping[str, str], zone: str) -> Shift:
    where = f"in line {number} of the schedule"
    team = names.get(str(row["team"] or "").strip().casefold())
    if team is None:
        raise InputError(f"Got team {row['team']!r} {where}; expected one of {', '.join(names.values())}.")
    count = str(row.get("agents") or "1").strip()
    if not count.isdigit():
        raise InputError(f"Got agents={count!r} {where}; expected a whole number.")
    start, end = (_moment(str(row[name] or ""), zone, where) for name in ("start", "end"))
    who = str(row.get("agent") or "").strip() or None
    try:
        return Shift(team, start, end, int(count), who)
    except InputError as error:
        raise InputError(f"{error} It stands {where}.") from None


def _moment(written: str, zone: str, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(written.strip())
    except ValueError:
        raise InputError(
            f"Got the time {written!r} {where}; expected ISO 8601 such as 2026-03-02T08:00."
        ) from None
    return (found if found.tzinfo else found.replace(tzinfo=find_zone(zone))).astimezone(UTC)


def _from_calendar(
    content: bytes, names: Mapping[str, str], zone: str, since: datetime, until: datetime
) -> list[Shift]:
    found = []
    for event, start, end in read_events(content, zone, since=since, until=until):
        summary = str(event.get("SUMMARY", "")).strip()
        counted = _COUNT.search(summary)
        plain = summary[: counted.start()] if counted else summary
        title, colon, who = plain.partition(":")
        candidates = [*_categories(event), plain.strip(), title.strip()]
        team = next((names[one.casefold()] for one in candidates if one.casefold() in names), None)
        if team is None:
            raise InputError(
                f"Got the event {summary!r} at {start.isoformat()} in the schedule; expected a category or a "
                f"summary that is one of the teams: {', '.join(names.values())}."
            )
        given = str(event.get(_AGENTS, "")) or (counted.group(1) if counted else "")
        attendees = event.get("ATTENDEE") or []
        people = len(attendees) if isinstance(attendees, list) else 1
        count = int(given) if given.isdigit() else max(1, people)
        if end > start and count:
            name = who.strip() if colon and count == 1 and plain.strip().casefold() not in names else ""
            found.append(Shift(team, start, end, count, name or None))
    return sorted(found, key=lambda one: (one.start, one.team))


def _categories(event: Any) -> list[str]:
    given = event.get("CATEGORIES") or []
    return [str(cat) for one in (given if isinstance(given, list) else [given]) for cat in one.cats]


def _without(
    piece: tuple[datetime, datetime], away: datetime | None, back: datetime | None
) -> list[tuple[datetime, datetime]]:
    start, end = piece
    first = start if away is None else max(start, away)
    last = end if back is None else min(end, back)
    if first >= last:
        return [piece]
    return [one for one in ((start, first), (last, end)) if one[0] < one[1]]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
