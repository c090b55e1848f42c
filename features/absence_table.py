"""Absences from a table (CSV) on its own: who, from when, to when. Why is nobody's business and is not read.

Rows that cannot be used are told by line and reason, without what stands in them; the others count.
"""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from features.absence_calendar import AgentAbsences
from features.calendar_events import EARLIEST, LATEST, LeftOut
from features.named_agents import NamedAgents
from triage.absence import Absence
from triage.delimiter import delimiter_of
from triage.errors import InputError
from triage.zone import find_zone

__all__ = ["COLUMNS", "absences_of_table"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "agent": ("agent", "person"),
    "start": ("start", "absent_from", "from"),
    "end": ("end", "absent_to", "to"),
}
"""Our columns by what a header may call them, in small or capital letters; others are not read."""


def absences_of_table(
    content: bytes,
    agents: Mapping[str, str | None],
    zone: str,
    *,
    agent: str | None = None,
    aliases: Mapping[str, str] | None = None,
) -> AgentAbsences:
    """Read a table of absences.

    Parameters
    ----------
    content : bytes
        CSV in UTF-8, UTF-16 with its mark, or else Windows-1252; commas, semicolons or tabs between values.
        An ``end`` that is a day without a time is the last day away; without one the absence lasts until
        further notice.
    agents : Mapping of str to (str or None)
        The agents that there are, with the IANA zone of each; None is ``zone``.
    zone : str
        IANA zone of times that carry none.
    agent : str, optional
        All are of this one; then the table needs no column that names somebody.
    aliases : Mapping of str to str, optional
        Further names and addresses of agents.

    Returns
    -------
    AgentAbsences
        ``uid`` is empty in it.

    Raises
    ------
    InputError
        If it is no such table.
    """
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    mine: dict[str, list[Absence]] = {}
    left_out: list[LeftOut] = []
    named = NamedAgents(agents, aliases)
    try:
        places = _places(next(reader, []), needs_agent=agent is None)
        for row in reader:
            if not any(value.strip() for value in row):
                continue
            line = reader.line_num
            given = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
            whose = named.called(given["agent"]) if "agent" in given else {str(agent)}
            problem = _whose_problem(whose, agent)
            if problem is not None:
                left_out.append(LeftOut(line, "", *problem))
                continue
            (name,) = whose
            try:
                absence = _absence(given, agents[name] or zone)
                mine.setdefault(name, []).append(absence)
            except InputError as error:
                left_out.append(LeftOut(line, "", "unusable", str(error)))
    except csv.Error:
        raise InputError(
            f"Got a table of absences that is not CSV at line {reader.line_num}; expected values between "
            "commas, and quotes around those that hold one."
        ) from None
    if not mine and not left_out:
        raise InputError("Got a table of absences without a row; expected one absence at least.")
    return AgentAbsences(mine, left_out, frozenset())


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _places(header: Sequence[str], *, needs_agent: bool) -> dict[str, int]:
    names = [name.strip().casefold() for name in header]
    found = {
        ours: names.index(one)
        for ours, theirs in COLUMNS.items()
        if (one := next((each for each in theirs if each in names), None)) is not None
    }
    needed = ["agent", "start", "end"] if needs_agent else ["start", "end"]
    if missing := [name for name in needed if name not in found]:
        raise InputError(
            f"Got a table of absences without the column {missing[0]}; expected agent, start and end in its "
            "first line (also person; absent_from and absent_to; from and to)."
        )
    return found


def _whose_problem(whose: Collection[str], agent: str | None) -> tuple[str, str] | None:
    if len(whose) > 1:
        return "ambiguous", f"Got a name that {len(whose)} agents have; expected one agent's."
    if not whose:
        return "nobody", "Got a name that is none of the agents'; expected one as `triage agents list` shows."
    if agent is not None and agent not in whose:
        return "nobody", "Got the name of another agent than the one that was asked for."
    return None


def _absence(given: Mapping[str, str], zone: str) -> Absence:
    if not given["start"]:
        raise InputError("Got no start; expected ISO 8601, such as 2026-03-09 or 2026-03-09T08:00.")
    start = _moment(given["start"], "start", zone)
    end = _moment(given["end"], "end", zone) if given["end"] else None
    if end is not None and end <= start:
        raise InputError("Got an end that is not after the start; expected a later one.")
    return Absence(start, end)


def _moment(text: str, column: str, zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if column == "end" and _is_day(text):
            moment += timedelta(days=1)
        if not EARLIEST <= moment.year <= LATEST:
            raise ValueError("far away")
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=find_zone(zone))
    except (ValueError, OverflowError):
        raise InputError(
            f"Got a value for {column} that is no time; expected ISO 8601 (2026-03-09, 2026-03-09T08:00) in "
            f"the years {EARLIEST} to {LATEST}."
        ) from None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
