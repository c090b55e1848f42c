"""An agent: a person who can be given tickets. Says nothing of whom to choose (that is routing)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage.absence import Absence

__all__ = ["Agent"]


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
        How well, 1 to 99, by skill; a skill that is not named has level 1. Written ``vpn:3`` in the agents
        table.
    languages : tuple of str, default=()
        Codes such as ``de``, see :func:`triage.language.language_keys`; empty when unknown: then nobody is
        held back for a language.
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
