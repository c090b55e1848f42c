"""The agents as the page shows them: who is there, with how much in hand, when away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from serving.presence import Presence
from triage.absence import Absence
from triage.errors import InputError
from triage.store.agents import absence_id
from triage.zone import find_zone

__all__ = ["AbsenceView", "AgentView", "TeamView", "days_away", "view_agent", "view_agents", "view_team"]

MINUTE = "%H:%M"


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """One absence in words, and whether a calendar brings it."""

    absence_id: str
    words: str
    is_now: bool
    is_from_calendar: bool


@dataclass(frozen=True, slots=True)
class AgentView:
    """One agent: presence, load and absences that are not over."""

    presence: Presence
    absences: tuple[AbsenceView, ...]

    @property
    def name(self) -> str:
        """Identity."""
        return self.presence.agent.agent

    @property
    def state(self) -> str:
        """``there``, ``away``, ``off`` or ``gone``, for the look."""
        one = self.presence
        if one.problem is not None or not one.agent.active:
            return "gone"
        return "there" if one.is_there else "away" if one.is_away else "off"

    @property
    def filled(self) -> float | None:
        """Share of the slots that is taken, at most 1; None without a limit."""
        capacity = self.presence.capacity
        if capacity is None:
            return None
        return min(1.0, self.presence.load / capacity) if capacity > 0 else 1.0

    @property
    def slots(self) -> str:
        """Load and capacity in words."""
        one = self.presence
        if one.capacity is None:
            return f"{one.load:g} open"
        return f"{one.load:g} of {one.capacity:g}"

    @property
    def skills(self) -> list[str]:
        """Skills with their levels above one."""
        agent = self.presence.agent
        return [f"{one} {agent.level(one)}" if agent.level(one) > 1 else one for one in agent.skills]


@dataclass(frozen=True, slots=True)
class TeamView:
    """The agents of one team, or of all, in figures."""

    there: int
    active: int
    load: float
    capacity: float | None


def view_agents(found: Sequence[Presence]) -> list[AgentView]:
    """Return the agents in the order of the page: who is there first, then by name; who left last."""
    order = {"there": 0, "off": 1, "away": 1, "gone": 2}
    return sorted((view_agent(one) for one in found), key=lambda one: (order[one.state], one.name))


def view_agent(one: Presence) -> AgentView:
    """Return one agent."""
    ahead = [each for each in one.agent.all_absences if each.ends_at is None or each.ends_at > one.now]
    ahead.sort(key=lambda each: each.starts_at or one.now)
    return AgentView(
        one,
        tuple(
            AbsenceView(absence_id(each), _words(each, one), each.covers(one.now), each.uid is not None)
            for each in ahead
        ),
    )


def view_team(agents: Sequence[AgentView]) -> TeamView:
    """Return how many are there and how full their hands are; no capacity where anybody's has no limit."""
    there = [one.presence for one in agents if one.state == "there"]
    capacities = [one.capacity for one in there]
    known = [one for one in capacities if one is not None]
    return TeamView(
        len(there),
        sum(one.presence.agent.active for one in agents),
        sum(one.load for one in there),
        sum(known) if len(known) == len(capacities) else None,
    )


def days_away(first: str, last: str, zone: str) -> Absence:
    """Return the absence of whole days in a zone.

    Parameters
    ----------
    first, last : str
        First and last day away, as a form sends them; no last day: until further notice.
    zone : str
        IANA name.

    Raises
    ------
    InputError
        If one is no day, or the last lies before the first.
    """
    start = _midnight(_day(first), zone)
    end = _midnight(_day(last) + timedelta(days=1), zone) if last else None
    if end is not None and end <= start:
        raise InputError("Got a last day away that lies before the first; expected the first day first.")
    return Absence(start, end)


def _words(absence: Absence, one: Presence) -> str:
    """Say when, by whole days where it is made of them."""
    clock = find_zone(one.zone)
    start = None if absence.starts_at is None else absence.starts_at.astimezone(clock)
    end = None if absence.ends_at is None else absence.ends_at.astimezone(clock)
    has_days = all(moment is None or moment.time() == time() for moment in (start, end))
    if end is None:
        return f"from {_written(start, has_days)} until further notice" if start else "until further notice"
    last = end - timedelta(days=1) if has_days else end
    if start is None:
        return f"until {_written(last, has_days)}"
    if has_days and last.date() == start.date():
        return _written(start, has_days)
    return f"{_written(start, has_days)} – {_written(last, has_days)}"


def _written(moment: datetime, has_days: bool) -> str:
    day = f"{moment:%a} {moment.day} {moment:%b}"
    return day if has_days else f"{day} {moment.strftime(MINUTE)}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("Got something other than a day; expected one such as 2026-03-09.") from None


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=find_zone(zone))
