"""Who may be given a ticket now: one plain sentence, one ``if``. No score can overrule it."""

from datetime import datetime
from enum import StrEnum

from triage.agent import Agent
from triage.language import language_key
from triage.routing.need import Need
from triage.routing.policy import RoutingPolicy
from triage.routing.roster import Roster

__all__ = ["Barrier", "barrier", "capacity_of", "has_room"]

_SLACK = 1e-9
"""Efforts add up in floating point; a slot is not refused for the last bit."""


class Barrier(StrEnum):
    """Why an agent cannot be given a ticket, in the order in which it is looked at."""

    DEACTIVATED = "deactivated"
    OUTSIDE_TEAM = "outside_team"
    UNSKILLED = "unskilled"
    OTHER_LANGUAGE = "other_language"
    TOO_JUNIOR = "too_junior"
    ABSENT = "absent"
    OFF_SHIFT = "off_shift"
    FULL = "full"


def barrier(
    agent: Agent, need: Need, moment: datetime, roster: Roster, load: float, policy: RoutingPolicy
) -> Barrier | None:
    """Return what keeps an agent from a ticket, None when nothing does.

    Parameters
    ----------
    agent : Agent
        Who is asked about.
    need : Need
        What the ticket asks for.
    moment : datetime
        With a zone.
    roster : Roster
        Knows who is there.
    load : float
        Slots that the agent's open tickets take already.
    policy : RoutingPolicy
        The admin's word.
    """
    # Who left or was deactivated is never given anything.
    if not agent.active:
        return Barrier.DEACTIVATED
    # A ticket stays in its team.
    if need.team is not None and not agent.is_in(need.team):
        return Barrier.OUTSIDE_TEAM
    # Each skill must be there at its level.
    if need.skills and any(agent.level(skill) < level for skill, level in need.skills.items()):
        return Barrier.UNSKILLED
    # Whose languages are known must speak the requester's.
    if policy.match_language and not _speaks(agent, need.language):
        return Barrier.OTHER_LANGUAGE
    # Grave tickets go to those with experience.
    if need.seniority is not None and not _is_senior(agent, need.seniority, policy):
        return Barrier.TOO_JUNIOR
    presence = roster.presence(agent, moment)
    # Who is away is given nothing.
    if presence.is_absent:
        return Barrier.ABSENT
    # Nor who does not work now.
    if not presence.is_there:
        return Barrier.OFF_SHIFT
    # Nor who has no room for it.
    if not has_room(agent, need.effort, load, policy):
        return Barrier.FULL
    return None


def capacity_of(agent: Agent, policy: RoutingPolicy) -> float | None:
    """Return how many slots an agent has, None when there is no limit."""
    return policy.default_capacity if agent.capacity is None else agent.capacity


def has_room(agent: Agent, effort: float, load: float, policy: RoutingPolicy) -> bool:
    """Tell whether so many slots are free."""
    capacity = capacity_of(agent, policy)
    return capacity is None or load + effort <= capacity + _SLACK


def _speaks(agent: Agent, language: str | None) -> bool:
    if language is None or not agent.languages:
        return True
    # A country's variant is understood by who speaks the language: de-AT by de.
    wanted = language_key(language)
    return any(language_key(one) == wanted for one in agent.languages)


def _is_senior(agent: Agent, least: str, policy: RoutingPolicy) -> bool:
    scale = policy.seniorities
    if agent.seniority not in scale:
        return False
    return scale.index(agent.seniority) >= scale.index(least)
