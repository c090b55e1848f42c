"""Why this agent, or why nobody, in one sentence for people. Times are told in the workspace's zone."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from triage.agent import Agent
from triage.assignment import Candidate
from triage.routing.eligibility import Barrier, barrier, capacity_of, has_room
from triage.routing.need import Need
from triage.routing.situation import Situation
from triage.zone import find_zone

__all__ = ["because", "clock", "nobody", "over_share"]

_WORDS: Mapping[Barrier, str] = {
    Barrier.DEACTIVATED: "deactivated",
    Barrier.OUTSIDE_TEAM: "outside the team",
    Barrier.UNSKILLED: "without the skills",
    Barrier.OTHER_LANGUAGE: "without the language",
    Barrier.TOO_JUNIOR: "without the seniority",
    Barrier.ABSENT: "absent",
    Barrier.OFF_SHIFT: "off shift",
    Barrier.FULL: "full",
}
_AWAY = (Barrier.ABSENT, Barrier.OFF_SHIFT)
_NAMED = 3
"""Skills or people named at most in a sentence."""


def because(agent: Agent, need: Need, candidate: Candidate, situation: Situation) -> str:
    """Say why an agent is a choice: what the history knows, skills, presence, room."""
    parts = list(candidate.reasons)
    load = situation.load(agent.agent)
    if need.skills:
        parts.append("skilled in " + " and ".join(_level(agent, skill) for skill in need.skills))
    elif not parts:
        # Affinity without a history comes from what was declared of somebody.
        if candidate.score > 0 and agent.skills:
            parts.append(f"declared skills {_best_skills(agent)}")
        # What somebody has in hand is not learnt from until the helpdesk says who handled it.
        parts.append("no such tickets before those in hand" if load else "no such tickets yet")
    presence = situation.roster.presence(agent, situation.now)
    if presence.until is not None and not presence.is_always:
        parts.append(f"on shift until {clock(presence.until, situation.now, situation.roster.zone)}")
    capacity = capacity_of(agent, situation.policy.routing)
    if capacity is not None:
        parts.append(f"{load:g} of {capacity:g} slots used")
    return ", ".join(parts)


def nobody(need: Need, barriers: Mapping[Barrier, int], situation: Situation) -> str:
    """Say why nobody can be given a ticket, and when somebody who could have it is there next."""
    where = f"of {need.team}" if need.team is not None else "of any team"
    counts = [f"{barriers[one]} {_what(one, need)}" for one in Barrier if barriers.get(one)]
    if not counts:
        return f"Nobody {where} is known"
    text = f"Nobody {where} can take it now: {', '.join(counts)}"
    if not any(barriers.get(one) for one in _AWAY):
        return text
    roster = situation.roster
    away = [one for one in roster.members(need.team) if _is_only_away(one, need, situation)]
    starts = [start for one in away if (start := roster.next_start(one, situation.now)) is not None]
    return f"{text}; next there {clock(min(starts), situation.now, roster.zone)}" if starts else text


def over_share(names: Sequence[str]) -> str:
    """Say who would come before the first choice, had they not had a fair share of the team's tickets."""
    shown = (
        list(names) if len(names) <= _NAMED else [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1:,} more"]
    )
    if len(shown) == 1:
        return f"{shown[0]} would come first but has had a fair share"
    return f"{', '.join(shown[:-1])} and {shown[-1]} would come first but have had a fair share"


def clock(moment: datetime, now: datetime, zone: str) -> str:
    """Write a moment as people read a clock: the hour, with the day where it is another one."""
    local = moment.astimezone(find_zone(zone))
    today = now.astimezone(local.tzinfo).date()
    days = (local.date() - today).days
    if days == 0:
        return f"{local:%H:%M}"
    return f"{local:%a %H:%M}" if 0 < days < 7 else f"{local:%Y-%m-%d %H:%M}"


def _is_only_away(agent: Agent, need: Need, situation: Situation) -> bool:
    """Tell whether somebody could have a ticket, were they there."""
    routing, load = situation.policy.routing, situation.load(agent.agent)
    why = barrier(agent, need, situation.now, situation.roster, load, routing)
    return why in _AWAY and has_room(agent, need.effort, load, routing)


def _what(one: Barrier, need: Need) -> str:
    return f"{_WORDS[one]} {need.language}" if one is Barrier.OTHER_LANGUAGE else _WORDS[one]


def _best_skills(agent: Agent) -> str:
    best = sorted(agent.skills, key=lambda skill: -agent.level(skill))
    more = f" and {len(best) - _NAMED} more" if len(best) > _NAMED else ""
    return ", ".join(_level(agent, skill) for skill in best[:_NAMED]) + more


def _level(agent: Agent, skill: str) -> str:
    return f"{skill} (level {agent.level(skill)})"
