"""An agents table that comes over HTTP or from the operator's hand: all of it is read, or nothing is stored.

Stricter than ``triage import agents``, which reads exports as they are: every mistake is told by its line.
As there, an ``absent_to`` that is a day without a time is the last day away.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import ValidationError

from serving.agent_names import IMPORT
from serving.schemas.agents import AbsenceIn, AgentIn
from triage.agent_names import agent_name_problem
from triage.agent_rows import HIGHEST_LEVEL, AgentRow, merge_rows, split_levels
from triage.errors import InputError
from triage.zone import find_zone

__all__ = ["COLUMNS", "AgentTable", "read_agent_table"]

COLUMNS = (
    "agent",
    "team",
    "teams",
    "skills",
    "capacity",
    "shift",
    "zone",
    "languages",
    "seniority",
    "active",
    "absent_from",
    "absent_to",
)
LAST_DAY = "absent_to"
NAME_CHARS = 320
FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
SEPARATORS = ";|,"


@dataclass(frozen=True, slots=True)
class AgentTable:
    """What an agents table tells.

    Parameters
    ----------
    columns : frozenset of str
        Those of :data:`COLUMNS` that it has.
    rows : list of AgentRow
        Each agent once, in the order of first appearance; a repeated row adds its absence.
    """

    columns: frozenset[str]
    rows: list[AgentRow]


def read_agent_table(text: str, zone: str) -> AgentTable:
    """Read agents from CSV.

    Parameters
    ----------
    text : str
        With a header line; columns of :data:`COLUMNS` in any order.
    zone : str
        IANA zone of times that carry none.

    Returns
    -------
    AgentTable
        All of it.

    Raises
    ------
    InputError
        If a column is not known or a row cannot be used; names line and column, and columns that
        are none of ours; never a value.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        if (wrong := _wrong_header(names)) is not None:
            raise InputError(
                f"Got an agents table {wrong}; expected agent, and any of {', '.join(COLUMNS[1:])}, "
                "each once, in its first line."
            )
        reader.fieldnames = names
        rows = merge_rows(list(_rows(reader, zone)))
    except csv.Error:
        raise InputError(
            f"Got an agents table that is not CSV at line {reader.line_num}; expected commas between values "
            "and quotes around those that hold one."
        ) from None
    if not rows:
        raise InputError("Got an agents table without a row; expected one agent at least.")
    return AgentTable(frozenset(names), rows)


def _wrong_header(names: Sequence[str]) -> str | None:
    """Return what is wrong with the first line, None if nothing is."""
    if not any(names):
        return "without a first line that names its columns"
    unknown = [name for name in dict.fromkeys(names) if name not in COLUMNS]
    if unknown:
        shown = ", ".join(repr(name[:40]) for name in unknown[:5])
        return f"with other columns ({shown}{', ...' if len(unknown) > 5 else ''})"
    if "agent" not in names:
        return f"without the column agent, only with {', '.join(names)}"
    twice = [name for name in COLUMNS if names.count(name) > 1]
    return f"with the column {twice[0]} more than once" if twice else None


def _rows(reader: "csv.DictReader[str]", zone: str) -> Iterator[AgentRow]:
    for row in reader:
        line = reader.line_num
        if None in row or None in row.values():
            raise _wrong(line, "another number of values than the header has", "as many")
        given = {name: value.strip() for name, value in row.items() if value.strip()}
        name = given.pop("agent", "")
        if not 0 < len(name) <= NAME_CHARS:
            raise _wrong(line, "no agent, or too long a name", f"1 to {NAME_CHARS} characters")
        if not _has_address(name):
            told = "an agent that is an address here, dots alone, or has line ends"
            raise _wrong(line, told, "another name")
        times = {
            ours: _moment(given.pop(theirs), line, theirs, zone)
            for ours, theirs in (("starts_at", "absent_from"), ("ends_at", "absent_to"))
            if theirs in given
        }
        document = _document(given, line)
        try:
            absences = (AbsenceIn.model_validate(times).to_absence(),) if times else ()
            agent = AgentIn.model_validate(document).to_agent(name, absences)
        except ValidationError as error:
            first = error.errors()[0]
            what = f"a {first['loc'][0]} that cannot be used" if first["loc"] else "an absence without sense"
            raise _wrong(line, what, f"another: {first['msg'].removeprefix('Value error, ')}") from None
        yield AgentRow(agent, tells_active="active" in given)


def _document(given: Mapping[str, str], line: int) -> dict[str, object]:
    document: dict[str, object] = dict(given)
    for name in ("teams", "languages", "skills"):
        if name in given:
            document[name] = _split(given[name])
    if "skills" in given:
        try:
            skills, levels = split_levels(_split(given["skills"]))
        except InputError:
            expected = f"a whole number from 1 to {HIGHEST_LEVEL}, such as vpn:3"
            raise _wrong(line, "a skill with another level", expected) from None
        document["skills"] = {skill: levels.get(skill, 1) for skill in skills}
    if "capacity" in given:
        try:
            document["capacity"] = float(given["capacity"])
        except ValueError:
            raise _wrong(line, "a capacity that is no number", "a number of 0 or more") from None
    if "active" in given:
        if given["active"].lower() not in FLAGS:
            raise _wrong(line, "an active that is neither yes nor no", "yes or no")
        document["active"] = FLAGS[given["active"].lower()]
    return document


def _split(text: str) -> list[str]:
    separator = next((one for one in SEPARATORS if one in text), ";")
    return [part.strip() for part in text.split(separator) if part.strip()]


def _moment(text: str, line: int, column: str, zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if column == LAST_DAY and _is_day(text):
            moment += timedelta(days=1)
    except (ValueError, OverflowError):
        raise _wrong(
            line, f"an {column} that is no time", "ISO 8601, such as 2026-03-09T08:00+01:00"
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=find_zone(zone))


def _has_address(name: str) -> bool:
    return name != IMPORT and agent_name_problem(name) is None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _wrong(line: int, given: str, expected: str) -> InputError:
    return InputError(f"Got {given} in line {line} of the agents table; expected {expected}.")
