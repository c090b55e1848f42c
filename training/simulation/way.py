"""The ways of assigning that are compared: ours, and each in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from triage.assignment import Candidate
from triage.decision import FieldDecision
from triage.routing.assign import assign
from triage.routing.choose import ask
from triage.routing.need import need_of
from triage.routing.situation import Situation
from triage.ticket import Ticket

__all__ = ["InTurn", "Ours", "Picked", "Way"]


@dataclass(frozen=True, slots=True)
class Picked:
    """Who was picked, for which team."""

    agent: str
    team: str | None


class Way(Protocol):
    """A way of assigning; ``looks_at_affinity`` tells whether candidates have to be ranked for it."""

    looks_at_affinity: bool

    def pick(
        self,
        ticket: Ticket,
        candidates: Sequence[Candidate],
        situation: Situation,
        decided: Mapping[str, FieldDecision],
    ) -> Picked | None:
        """Return who gets a ticket, None when nobody can have it now."""
        ...


class Ours:
    """As it would be assigned, were it switched on."""

    looks_at_affinity = True

    def pick(
        self,
        ticket: Ticket,
        candidates: Sequence[Candidate],
        situation: Situation,
        decided: Mapping[str, FieldDecision],
    ) -> Picked | None:
        """Pick by :func:`triage.routing.assign.assign`."""
        done = assign(ticket, candidates, situation, decided=decided)
        return None if done is None or done.agent is None else Picked(done.agent, done.team)


class InTurn:
    """Round-robin among those who may have the ticket: who has waited longest for one."""

    looks_at_affinity = False

    def __init__(self) -> None:
        self._given = 0
        self._turn: dict[str, int] = {}

    def pick(
        self,
        ticket: Ticket,
        candidates: Sequence[Candidate],
        situation: Situation,
        decided: Mapping[str, FieldDecision],
    ) -> Picked | None:
        """Pick whoever's turn it is; affinity is not looked at."""
        asked = ask(need_of(ticket, decided, situation.policy.routing), situation)
        if not asked.eligible:
            return None
        agent = min(asked.eligible, key=lambda one: (self._turn.get(one.agent, 0), one.agent))
        self._given += 1
        self._turn[agent.agent] = self._given
        return Picked(agent.agent, agent.team if asked.team is None else asked.team)
