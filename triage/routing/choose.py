"""Everybody who may be given a ticket now, best first. Decides nothing about whether to assign."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from triage.agent import Agent
from triage.assignment import Candidate, Choice
from triage.routing.eligibility import Barrier, barrier, capacity_of
from triage.routing.fairness import fair_limits
from triage.routing.need import Need
from triage.routing.sentences import because
from triage.routing.situation import Situation

__all__ = ["Field", "choose", "headroom"]

TOP = 5


@dataclass(frozen=True, slots=True)
class Field:
    """Who was looked at for one ticket.

    Parameters
    ----------
    team : str or None
        The team that was asked in the end; None: any.
    choices : tuple of Choice
        Best first, at most as many as asked for.
    barriers : Counter of Barrier
        How many of the team could not be given it, by why.
    is_over_share : bool
        The first has had a fair share already, and nobody else may have it.
    """

    team: str | None
    choices: tuple[Choice, ...]
    barriers: "Counter[Barrier]"
    is_over_share: bool = False


def choose(need: Need, candidates: Sequence[Candidate], situation: Situation, *, top: int = TOP) -> Field:
    """Return who may be given a ticket now.

    The team is asked first. Where it has nobody and the ticket is escalated, the teams of its escalation
    path are asked in their order; the first that has somebody counts.

    Parameters
    ----------
    need : Need
        What the ticket asks for.
    candidates : sequence of Candidate
        Affinities; agents not among them have none and come last, the more skilled and the emptier-handed
        first.
    situation : Situation
        How things stand.
    top : int, default=5
        At most so many choices.
    """
    affinities = {one.agent: one for one in candidates}
    asked = _ask(need, affinities, situation, top)
    if asked.choices or not need.is_escalated or need.team is None:
        return asked
    for team in situation.policy.routing.team(need.team).escalates_to:
        further = _ask(replace(need, team=team), affinities, situation, top)
        if further.choices:
            return further
    return asked


def headroom(agent: Agent, situation: Situation) -> float:
    """Return the share of an agent's slots that is free, 1 where there is no limit."""
    capacity = capacity_of(agent, situation.policy.routing)
    if capacity is None:
        return 1.0
    return max(0.0, 1.0 - situation.load(agent.agent) / capacity) if capacity > 0 else 0.0


def _ask(need: Need, affinities: Mapping[str, Candidate], situation: Situation, top: int) -> Field:
    routing = situation.policy.routing
    members = situation.roster.members(need.team)
    eligible: list[Agent] = []
    barriers: Counter[Barrier] = Counter()
    for agent in members:
        why = barrier(agent, need, situation.now, situation.roster, situation.load(agent.agent), routing)
        if why is None:
            eligible.append(agent)
        else:
            barriers[why] += 1
    fair = _within_share(eligible, members, need.team, situation)
    # A fair share is a wish: a ticket does not wait for somebody else while somebody is there.
    is_over_share = bool(eligible) and not fair
    ranked = sorted(fair or eligible, key=lambda agent: _order(agent, need, affinities, situation))
    choices = tuple(_choice(agent, need, affinities, situation) for agent in ranked[:top])
    return Field(need.team, choices, barriers, is_over_share)


def _within_share(
    eligible: Sequence[Agent], members: Sequence[Agent], team: str | None, situation: Situation
) -> list[Agent]:
    if team is None:
        return list(eligible)
    given = situation.given.get(team, {})
    sharing = [one for one in members if one.active and not one.is_absent(situation.now)]
    limits = fair_limits(sharing, given, 1, situation.policy.routing)
    if limits is None:
        return list(eligible)
    return [one for one in eligible if given.get(one.agent, 0) < limits[one.agent]]


def _score(agent: Agent, affinities: Mapping[str, Candidate], situation: Situation) -> float:
    candidate = affinities.get(agent.agent)
    if candidate is None:
        return 0.0
    room: float = headroom(agent, situation) ** situation.policy.routing.headroom_weight
    return candidate.score * room


def _order(
    agent: Agent, need: Need, affinities: Mapping[str, Candidate], situation: Situation
) -> tuple[float, int, float, str]:
    """Better first; equals by skill, then by free room, then by name: always the same way."""
    skill = sum(agent.level(name) for name in need.skills)
    return -_score(agent, affinities, situation), -skill, -headroom(agent, situation), agent.agent


def _choice(agent: Agent, need: Need, affinities: Mapping[str, Candidate], situation: Situation) -> Choice:
    candidate = affinities.get(agent.agent) or Candidate(agent.agent, 0.0)
    return Choice(
        agent.agent,
        need.team if need.team is not None else agent.team,
        candidate.score,
        _score(agent, affinities, situation),
        because(agent, need, candidate, situation),
    )
