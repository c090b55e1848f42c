"""Rows of an agents table: how skills are written, and what becomes of several rows and of who is there."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from triage.agent import Agent
from triage.errors import InputError

__all__ = ["HIGHEST_LEVEL", "AgentRow", "merge_rows", "split_levels", "with_columns"]

_REPLACED = ("team", "teams", "skills", "capacity", "shift", "zone", "languages", "seniority", "active")
"""Columns of an agents table whose value takes the place of the one before."""

HIGHEST_LEVEL = 99
"""Of a skill; the lowest is 1."""

LEVEL = re.compile(r"\s*(.+?)\s*:\s*([+-]?\d+(?:[.,]\d*)?)\s*")


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One row of an agents table.

    Parameters
    ----------
    agent : Agent
        What it says; a cell that is blank says what :class:`triage.agent.Agent` has by default.
    tells_active : bool, default=True
        False: the cell ``active`` is blank. Then who is there stays as they are, and a new agent is active.
    """

    agent: Agent
    tells_active: bool = True


def split_levels(written: Iterable[str]) -> tuple[tuple[str, ...], dict[str, int]]:
    """Tell skills from their levels.

    Parameters
    ----------
    written : iterable of str
        ``vpn`` or ``vpn:3``; what follows a colon is a level where it is a number, else part of the name.

    Returns
    -------
    skills : tuple of str
        Names without levels, in the order given, each once.
    levels : dict of str to int
        Of the skills whose level was written; the highest where one was written twice.

    Raises
    ------
    InputError
        If a level is not a whole number from 1 to 99; the message does not repeat it.

    Examples
    --------
    >>> split_levels(["vpn:3", "dns"])
    (('vpn', 'dns'), {'vpn': 3})
    """
    skills: dict[str, None] = {}
    levels: dict[str, int] = {}
    for word in written:
        found = LEVEL.fullmatch(word)
        name = found.group(1) if found else word
        skills[name] = None
        if found:
            levels[name] = max(_level(found.group(2)), levels.get(name, 0))
    return tuple(skills), levels


def merge_rows(rows: Iterable[AgentRow]) -> list[AgentRow]:
    """Make one row of several of the same agent.

    The last row's values count, of ``active`` the last that is told; its absence is kept beside those of the
    earlier rows.

    Parameters
    ----------
    rows : iterable of AgentRow
        As they stood in an agents table.

    Returns
    -------
    list of AgentRow
        Each name once, in the order of first appearance.
    """
    merged: dict[str, AgentRow] = {}
    for row in rows:
        earlier = merged.get(row.agent.agent)
        merged[row.agent.agent] = row if earlier is None else _merged(earlier, row)
    return list(merged.values())


def with_columns(stands: Agent, row: AgentRow, columns: Collection[str]) -> Agent:
    """Tell what an agent is after an agents table that may have only some of the columns.

    Parameters
    ----------
    stands : Agent
        As stored.
    row : AgentRow
        As the table has it.
    columns : collection of str
        What the table tells, by the names of its columns. Other values stay as they are, and so does
        ``active`` where its cell is blank; absences are added to those that are known, for a table of
        absences does not list everybody's.

    Returns
    -------
    Agent
        With the absences that were told; those from calendars are not repeated.

    Examples
    --------
    >>> left = Agent("ada", team="Network", capacity=4.0, active=False)
    >>> with_columns(left, AgentRow(Agent("ada", team="Mail")), {"agent", "team"}).team
    'Mail'
    >>> with_columns(left, AgentRow(Agent("ada"), tells_active=False), {"agent", "active"}).active
    False
    """
    names = [name for name in _REPLACED if name in columns and (name != "active" or row.tells_active)]
    told = {name: getattr(row.agent, name) for name in names}
    if "skills" in told:
        told["skill_levels"] = row.agent.skill_levels
    known = [one for one in stands.absences if one.uid is None]
    more = [one for one in row.agent.all_absences if one not in stands.all_absences]
    return replace(stands, **told, absences=tuple(dict.fromkeys((*known, *more))))


def _merged(earlier: AgentRow, row: AgentRow) -> AgentRow:
    own = row.agent.all_absences
    kept = [one for one in earlier.agent.all_absences if one not in own]
    # The row's own columns hold its own absence; only the earlier ones are added beside it.
    agent = replace(row.agent, absences=tuple(dict.fromkeys((*kept, *row.agent.absences))))
    if row.tells_active:
        return AgentRow(agent)
    return AgentRow(replace(agent, active=earlier.agent.active), earlier.tells_active)


def _level(written: str) -> int:
    if not written.isdecimal() or not 1 <= int(written) <= HIGHEST_LEVEL:
        raise InputError(
            f"Got a skill whose level is not a whole number from 1 to {HIGHEST_LEVEL}; expected one such as "
            "vpn:3. A skill whose name ends in a number is written without a colon."
        )
    return int(written)
