"""Whether an agent is there: shift, holidays and absences taken together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from triage.agent import Agent
from triage.routing.shift import ALWAYS, LOOKED_AHEAD, Shift, parse_shift

__all__ = ["Availability", "availability"]

_parse = lru_cache(maxsize=4096)(parse_shift)


@dataclass(frozen=True, slots=True)
class Availability:
    """How it stands with an agent's presence at one moment.

    Parameters
    ----------
    is_absent : bool
        An absence covers the moment.
    until : datetime or None
        When the present work ends by shift or absence, in UTC; None when the agent is not there.
    is_always : bool
        No shift is known, or its work goes on for as far as we look (``24/7``) and no absence ends it: then
        there is no end of work to tell people.
    """

    is_absent: bool
    until: datetime | None
    is_always: bool

    @property
    def is_there(self) -> bool:
        """Whether the agent is on shift and not absent."""
        return self.until is not None


def availability(
    agent: Agent, moment: datetime, *, zone: str = "UTC", holidays: Collection[date] = ()
) -> Availability:
    """Tell how it stands with an agent's presence.

    Parameters
    ----------
    agent : Agent
        An agent without a written shift is taken to be always on shift.
    moment : datetime
        With a zone.
    zone : str, default="UTC"
        The workspace's, for agents and shifts that name none.
    holidays : collection of date
        Local days on which no shift begins. They do not hold for an agent without a shift.

    Raises
    ------
    InputError
        If the agent's shift or zone cannot be read.
    """
    shift = shift_of(agent)
    has_no_shift = agent.shift is None
    absent = agent.is_absent(moment)
    end = shift.end_of_work(moment, agent.zone or zone, () if has_no_shift else holidays)
    if absent or end is None:
        return Availability(absent, None, has_no_shift)
    leaves = [one.starts_at for one in agent.all_absences if one.starts_at and one.starts_at > moment]
    until = min([end, *leaves])
    return Availability(False, until, has_no_shift or until >= moment + LOOKED_AHEAD)


def shift_of(agent: Agent) -> Shift:
    """Return the agent's shift, read once for each text."""
    return ALWAYS if agent.shift is None else _parse(agent.shift)
