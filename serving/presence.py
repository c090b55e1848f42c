"""Each agent as people want to see them: there or not, until when, with how much in hand."""

from dataclasses import dataclass
from datetime import datetime

from serving.floor import Floor
from triage.agent import Agent
from triage.routing.sentences import clock

__all__ = ["Presence", "presence_of"]


@dataclass(frozen=True, slots=True)
class Presence:
    """How it stands with one agent.

    Parameters
    ----------
    agent : Agent
        As stored.
    is_there : bool
        On shift and not away.
    is_away : bool
        An absence goes on.
    until : datetime or None
        When being there ends; None when not there, or without a known end.
    next_at : datetime or None
        When there next; None when there, or not known within two weeks.
    load : float
        Slots that open tickets take.
    capacity : float or None
        Slots that there are, by default of the policy; None: no limit.
    problem : str or None
        Why shift or zone cannot be read.
    now : datetime
        The moment of looking.
    zone : str
        In which times are told: the agent's, else the workspace's.
    """

    agent: Agent
    is_there: bool
    is_away: bool
    until: datetime | None
    next_at: datetime | None
    load: float
    capacity: float | None
    problem: str | None
    now: datetime
    zone: str

    def words(self) -> str:
        """Say whether the agent is there, in a few words."""
        if self.problem is not None:
            return "hours cannot be read"
        if not self.agent.active:
            return "deactivated"
        if self.is_there:
            return "there" if self.until is None else f"there until {clock(self.until, self.now, self.zone)}"
        state = "away" if self.is_away else "off shift"
        return state if self.next_at is None else f"{state} until {clock(self.next_at, self.now, self.zone)}"


def presence_of(agent: Agent, floor: Floor) -> Presence:
    """Tell how it stands with an agent who is on the floor."""
    situation = floor.situation
    routing = situation.policy.routing
    problem = floor.unreadable.get(agent.agent)
    is_out = problem is not None or not agent.active
    found = None if problem is not None else situation.roster.presence(agent, situation.now)
    is_there = found is not None and found.is_there and not is_out
    return Presence(
        agent,
        is_there,
        found is not None and found.is_absent,
        found.until if found is not None and is_there and not found.is_always else None,
        None if is_there or is_out else situation.roster.next_start(agent, situation.now),
        situation.load(agent.agent),
        routing.default_capacity if agent.capacity is None else agent.capacity,
        problem,
        situation.now,
        situation.roster.zone if agent.zone is None or problem is not None else agent.zone,
    )
