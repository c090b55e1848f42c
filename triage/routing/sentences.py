"""Why this agent, or why nobody, in one sentence for people."""

from collections.abc import Mapping
from datetime import datetime

from triage.agent import Agent
from triage.assignment import Candidate
from triage.routing.eligibility import Barrier, capacity_of
from triage.routing.need import Need
from triage.routing.situation import Situation
from triage.zone import find_zone

__all__ = ["because", "clock", "nobody"]

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


def because(agent: Agent, need: Need, candidate: Candidate, situation: Situation) -> str:
    """Say why an agent is a choice: what the history knows, skills, presence, room."""
    parts = list(candidate.reasons)
    if need.skills:
        parts.append("skilled in " + " and ".join(_level(agent, skill) for skill in need.skills))
    elif not parts:
        parts.append("no such tickets yet")
    presence = situation.roster.presence(agent, situation.now)
    if presence.until is not None and not presence.is_always:
        zone = agent.zone or situation.roster.zone
        parts.append(f"on shift until {clock(presence.until, situation.now, zone)}")
    capacity = capacity_of(agent, situation.policy.routing)
    if capacity is not None:
        parts.append(f"{situation.load(agent.agent):g} of {capacity:g} slots used")
    return ", ".join(parts)


def nobody(need: Need, barriers: Mapping[Barrier, int], situation: Situation) -> str:
    """Say why nobody can be given a ticket, and when somebody is there next."""
    where = f"of {need.team}" if need.team is not None else "of any team"
    counts = [f"{barriers[one]} {_WORDS[one]}" for one in Barrier if barriers.get(one)]
    if not counts:
        return f"Nobody {where} is known"
    text = f"Nobody {where} can take it now: {', '.join(counts)}"
    if not barriers.get(Barrier.ABSENT) and not barriers.get(Barrier.OFF_SHIFT):
        return text
    roster = situation.roster
    away = [
        one
        for one in roster.members(need.team)
        if one.active and not roster.presence(one, situation.now).is_there
    ]
    starts = [start for one in away if (start := roster.next_start(one, situation.now)) is not None]
    return f"{text}; next there {clock(min(starts), situation.now, roster.zone)}" if starts else text


def clock(moment: datetime, now: datetime, zone: str) -> str:
    """Write a moment as people read a clock: the hour, with the day where it is another one."""
    local = moment.astimezone(find_zone(zone))
    today = now.astimezone(local.tzinfo).date()
    days = (local.date() - today).days
    if days == 0:
        return f"{local:%H:%M}"
    return f"{local:%a %H:%M}" if 0 < days < 7 else f"{local:%Y-%m-%d %H:%M}"


def _level(agent: Agent, skill: str) -> str:
    level = agent.level(skill)
    return f"{skill} (level {level})" if level > 1 else skill
