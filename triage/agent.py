"""An agent: a person who can be given tickets. Says nothing of whom to choose (that is routing)."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from triage.absence import Absence

__all__ = ["Agent", "merge_rows", "split_levels", "with_columns"]

_REPLACED = ("team", "teams", "skills", "capacity", "shift", "zone", "languages", "seniority", "active")
"""Columns of an agents table whose value takes the place of the one before."""

LEVEL = re.compile(r"\s*(.+?)\s*:\s*(\d{1,2})\s*")


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who can be a ticket's assignee.

    Parameters
    ----------
    agent : str
        Identity, the value that stands in the field ``assignee``.
    team : str or None, default=None
        The team that the agent belongs to.
    skills : tuple of str, default=()
        What the agent can do, in the helpdesk's own words.
    capacity : float or None, default=None
        Open tickets that the agent can hold at once; None when unlimited or unknown.
    shift : str or None, default=None
        When the agent works, as written in the agents table; see :mod:`triage.routing.shift`.
    absent_from, absent_to : datetime or None, default=None
        Start (inclusive) and end (exclusive) of the known absence, with a zone; an absence without
        an end lasts until further notice. A day without a time in an agents table is the last day away, so
        the end is the midnight after it.
    seniority : str or None, default=None
        Level of experience, in the helpdesk's own words.
    skill_levels : Mapping of str to int
        How well, by skill; a skill that is not named has level 1. Written ``vpn:3`` in the agents table.
    languages : tuple of str, default=()
        Codes such as ``de``; empty when unknown: then nobody is held back for a language.
    zone : str or None, default=None
        IANA time zone of the shift where the shift names none; None: the workspace's.
    teams : tuple of str, default=()
        Further teams.
    active : bool, default=True
        False: left or deactivated, never given a ticket.
    absences : tuple of Absence, default=()
        Further absences.

    Examples
    --------
    >>> Agent("ada", team="Network", skills=("vpn",)).skills
    ('vpn',)
    """

    agent: str
    team: str | None = None
    skills: tuple[str, ...] = ()
    capacity: float | None = None
    shift: str | None = None
    absent_from: datetime | None = None
    absent_to: datetime | None = None
    seniority: str | None = None
    skill_levels: Mapping[str, int] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    zone: str | None = None
    teams: tuple[str, ...] = ()
    active: bool = True
    absences: tuple[Absence, ...] = ()

    def is_absent(self, moment: datetime) -> bool:
        """Tell whether a known absence covers a moment (with a zone)."""
        return any(one.covers(moment) for one in self.all_absences)

    def is_in(self, team: str) -> bool:
        """Tell whether the agent belongs to a team."""
        return team == self.team or team in self.teams

    def level(self, skill: str) -> int:
        """Return how well the agent has a skill: 0 without it, 1 where no level was said."""
        return self.skill_levels.get(skill, 1) if skill in self.skills else 0

    @property
    def all_absences(self) -> tuple[Absence, ...]:
        """The absence of the agent's row and the further ones."""
        if self.absent_from is None and self.absent_to is None:
            return self.absences
        return (Absence(self.absent_from, self.absent_to), *self.absences)

    @property
    def all_teams(self) -> tuple[str, ...]:
        """The team and the further ones, each once."""
        first = () if self.team is None else (self.team,)
        return tuple(dict.fromkeys((*first, *self.teams)))


def split_levels(written: Iterable[str]) -> tuple[tuple[str, ...], dict[str, int]]:
    """Tell skills from their levels.

    Parameters
    ----------
    written : iterable of str
        ``vpn`` or ``vpn:3``; what follows a colon is a level only where it is a number of one or two digits.

    Returns
    -------
    skills : tuple of str
        Names without levels, in the order given, each once.
    levels : dict of str to int
        Of the skills whose level was written; the highest where one was written twice.

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
            levels[name] = max(int(found.group(2)), levels.get(name, 0))
    return tuple(skills), levels


def merge_rows(rows: Iterable[Agent]) -> list[Agent]:
    """Make one agent of several rows of the same name.

    The last row's values count; its absence is kept beside those of the earlier rows.

    Parameters
    ----------
    rows : iterable of Agent
        As they stood in an agents table.

    Returns
    -------
    list of Agent
        Each name once, in the order of first appearance.
    """
    merged: dict[str, Agent] = {}
    for row in rows:
        earlier = merged.get(row.agent)
        if earlier is not None:
            own = row.all_absences
            kept = [one for one in earlier.all_absences if one not in own]
            # The row's own columns hold its own absence; only the earlier ones are added beside it.
            row = replace(row, absences=tuple(dict.fromkeys((*kept, *row.absences))))
        merged[row.agent] = row
    return list(merged.values())


def with_columns(stands: Agent, row: Agent, columns: Collection[str]) -> Agent:
    """Tell what an agent is after an agents table that may have only some of the columns.

    Parameters
    ----------
    stands : Agent
        As stored.
    row : Agent
        As the table has it.
    columns : collection of str
        What the table tells, by the names of its columns. Other values stay as they are; absences are added
        to those that are known, for a table of absences does not list everybody's.

    Returns
    -------
    Agent
        With the absences that were told; those from calendars are not repeated.

    Examples
    --------
    >>> left = Agent("ada", team="Network", capacity=4.0, active=False)
    >>> with_columns(left, Agent("ada", team="Mail"), {"agent", "team"}).team
    'Mail'
    >>> with_columns(left, Agent("ada"), {"agent", "absent_from"}).active
    False
    """
    told = {name: getattr(row, name) for name in _REPLACED if name in columns}
    if "skills" in told:
        told["skill_levels"] = row.skill_levels
    known = [one for one in stands.absences if one.uid is None]
    more = [one for one in row.all_absences if one not in stands.all_absences]
    return replace(stands, **told, absences=tuple(dict.fromkeys((*known, *more))))
