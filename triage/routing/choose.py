"""Everybody who may be given a ticket now, best first. Decides nothing about whether to assign."""

import heapq
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from triage.agent import Agent
from triage.assignment import Candidate, Choice
from triage.routing.eligibility import Barrier, barrier, capacity_of
from triage.routing.fairness import fair_limits
from triage.routing.need import Need
from triage.routing.sentences import because
from triage.routing.situation import Situation

__all__ = ["Asked", "Field", "ask", "choose", "headroom", "sharing", "whom_to_ask"]

TOP = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """Who of a team may be given a ticket now, before fairness and affinity.

    Parameters
    ----------
    team : str or None
        The team; None: any.
    eligible : list of Agent
        By name.
    barriers : Counter of Barrier
        How many of the others could not, by why.
    """

    team: str | None
    eligible: list[Agent]
    barriers: "Counter[Barrier]"


@dataclass(frozen=True, slots=True)
class Field:
    """Who was looked at for one ticket.

    Parameters
    ----------
    choices : tuple of Choice
        Best first, at most as many as asked for.
    barriers : Counter of Barrier
        How many of the team could not be given it, by why.
    is_over_share : bool
        The first has had a fair share already, and nobody else may have it.
    passed_over : tuple of str, default=()
        Who would come before the first, had they not had a fair share already; the best first.
    """

    choices: tuple[Choice, ...]
    barriers: "Counter[Barrier]"
    is_over_share: bool = False
    passed_over: tuple[str, ...] = ()


def ask(need: Need, situation: Situation, *, only: Collection[str] | None = None) -> Asked:
    """Return who may be given a ticket now.

    The team is asked first. Where it has nobody and the ticket is escalated, the teams of its escalation
    path are asked in their order; the first that has somebody counts. With ``only``, nobody else is asked.
    """
    own = _ask(need, situation, only)
    if own.eligible or not need.is_escalated or need.team is None:
        return own
    for team in situation.policy.routing.team(need.team).escalates_to:
        further = _ask(replace(need, team=team), situation, only)
        if further.eligible:
            return further
    return own


def choose(
    need: Need,
    candidates: Sequence[Candidate],
    situation: Situation,
    *,
    top: int = TOP,
    only: Collection[str] | None = None,
) -> Field:
    """Return who may be given a ticket now, best first.

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
    only : collection of str, optional
        Consider these agents only, where who has a fair share was looked after already.
    """
    affinities = {one.agent: one for one in candidates}
    asked = ask(need, situation, only=only)
    able = asked.eligible
    fair = _within_share(asked, situation) if only is None else able
    # A fair share is a wish: a ticket does not wait for somebody else while somebody is there.
    is_over_share = bool(able) and not fair
    ranked = _best(fair or able, need, affinities, situation, top)
    choices = tuple(_choice(agent, asked.team, need, affinities, situation) for agent in ranked)
    passed = _passed_over(able, fair, ranked[0], need, affinities, situation) if fair else ()
    return Field(choices, asked.barriers, is_over_share, passed)


def whom_to_ask(need: Need, situation: Situation) -> list[str]:
    """Return the active agents whose affinity matters: the team's, and of those a grave ticket goes on to."""
    roster, routing = situation.roster, situation.policy.routing
    members = list(roster.members(need.team))
    if need.team is not None and need.is_escalated:
        for team in routing.team(need.team).escalates_to:
            members += roster.members(team)
    return list(dict.fromkeys(one.agent for one in members if one.active))


def headroom(agent: Agent, situation: Situation) -> float:
    """Return the share of an agent's slots that is free, 1 where there is no limit."""
    capacity = capacity_of(agent, situation.policy.routing)
    if capacity is None:
        return 1.0
    return max(0.0, 1.0 - situation.load(agent.agent) / capacity) if capacity > 0 else 0.0


def sharing(team: str, situation: Situation) -> list[Agent]:
    """Return the members of a team among whom its tickets are to be shared: active and not absent."""
    members = situation.roster.members(team)
    return [one for one in members if one.active and not one.is_absent(situation.now)]


def _ask(need: Need, situation: Situation, only: Collection[str] | None) -> Asked:
    routing, roster = situation.policy.routing, situation.roster
    asked = Asked(need.team, [], Counter())
    members = roster.members(need.team)
    if only is not None:
        members = [roster.agents[name] for name in sorted(only) if name in roster.agents]
    for agent in members:
        load = situation.load(agent.agent)
        why = barrier(agent, need, situation.now, roster, load, routing)
        if why is None:
            asked.eligible.append(agent)
        else:
            asked.barriers[why] += 1
    return asked


def _within_share(asked: Asked, situation: Situation) -> list[Agent]:
    if asked.team is None:
        return asked.eligible
    given = situation.given.get(asked.team, {})
    limits = fair_limits(sharing(asked.team, situation), given, 1, situation.policy.routing)
    if limits is None:
        return asked.eligible
    return [one for one in asked.eligible if given.get(one.agent, 0) < limits[one.agent]]


def _passed_over(
    able: list[Agent],
    fair: list[Agent],
    first: Agent,
    need: Need,
    affinities: Mapping[str, Candidate],
    situation: Situation,
) -> tuple[str, ...]:
    """Return who would come before the first of those within their fair share, the best first."""
    if len(fair) == len(able):
        return ()
    within = {one.agent for one in fair}

    def order(one: Agent) -> tuple[float, int, float, str]:
        return _order(one, need, _score(one, affinities, situation), situation)

    bound = order(first)
    over = [order(one) for one in able if one.agent not in within]
    return tuple(name for *_, name in sorted(one for one in over if one < bound))


def _score(agent: Agent, affinities: Mapping[str, Candidate], situation: Situation) -> float:
    candidate = affinities.get(agent.agent)
    if candidate is None:
        return 0.0
    room: float = headroom(agent, situation) ** situation.policy.routing.headroom_weight
    return candidate.score * room


def _best(
    agents: list[Agent], need: Need, affinities: Mapping[str, Candidate], situation: Situation, top: int
) -> list[Agent]:
    """Return the first ``top`` in order; those whom nothing speaks for are looked at only to fill up."""
    scores = {one.agent: _score(one, affinities, situation) for one in agents}
    known = [one for one in agents if scores[one.agent] > 0]
    if len(known) < top:
        known = agents
    return heapq.nsmallest(top, known, key=lambda one: _order(one, need, scores[one.agent], situation))


def _order(agent: Agent, need: Need, score: float, situation: Situation) -> tuple[float, int, float, str]:
    """Better first; equals by skill, then by free room, then by name: always the same way."""
    skill = sum(agent.level(name) for name in need.skills)
    return -score, -skill, -headroom(agent, situation), agent.agent


def _choice(
    agent: Agent,
    team: str | None,
    need: Need,
    affinities: Mapping[str, Candidate],
    situation: Situation,
) -> Choice:
    candidate = affinities.get(agent.agent) or Candidate(agent.agent, 0.0)
    return Choice(
        agent.agent,
        agent.team if team is None else team,
        candidate.score,
        _score(agent, affinities, situation),
        because(agent, need, candidate, situation),
    )
