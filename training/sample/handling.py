"""What becomes of a ticket after it was filed: who takes it, and when it is answered, solved, closed.

All work happens while somebody is at work. Nothing is known here of what a ticket says.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from training.sample.arrivals import Span
from training.sample.draws import Draws, Stream, Weighted
from training.sample.people import Requester
from training.sample.preset import Agent, Category, Preset, Subcategory
from training.sample.shift import Roster
from triage.routing.shift import parse_shift

_MINUTE = 60
_TRIAGE_MIN = {"urgent": 5, "high": 15, "normal": 40, "low": 80}
_ANSWER_MIN = {"urgent": 10, "high": 35, "normal": 90, "low": 170}
_EFFORT_SHARE = {"urgent": 0.5, "high": 0.7, "normal": 1.0, "low": 1.5}
_SENIORITY = {"junior": 0.6, "regular": 1.0, "senior": 1.2, "lead": 0.7}
_SENIORITY_URGENT = {"junior": 0.2, "regular": 1.0, "senior": 2.5, "lead": 1.5}
_CLOSE_AFTER = 5 * 24 * 3600
_REASSIGNED, _REASSIGNED_TWICE, _REOPENED = 0.13, 0.03, 0.04


@dataclass(frozen=True)
class Absence:
    """A time away: from the midnight that begins ``first`` to the one that begins ``back``, local time."""

    first: date
    back: date


@dataclass(frozen=True)
class Handling:
    """A ticket's life after filing; times are UTC epoch seconds, ``None`` for what has not happened yet."""

    status: str
    agent: Agent | None
    assigned_at: int | None
    first_response_at: int | None
    resolved_at: int | None
    closed_at: int | None
    is_reopened: bool
    reassignments: int


class Desk:
    """The agents of a helpdesk at work over a span.

    Parameters
    ----------
    preset : Preset
    span : Span
    days_off : frozenset of date
        Public holidays: agents who never work at weekends have them off.
    seed : int
    """

    def __init__(self, preset: Preset, span: Span, days_off: frozenset[date], seed: int) -> None:
        self._span = span
        self._agents = {team.id: [a for a in preset.agents if a.team == team.id] for team in preset.teams}
        self.absences = {agent.id: _absence(agent, span, seed) for agent in preset.agents}
        self._rosters = {
            agent.id: _roster(agent, self.absences[agent.id], ZoneInfo(preset.zone), span, days_off)
            for agent in preset.agents
        }
        self._effort_s = {
            (category.id, part.id): Draws(
                seed, Stream.EFFORT, crc32(f"{category.id}/{part.id}".encode())
            ).lognormal(120 * _MINUTE, 0.9)
            for category in preset.categories
            for part in category.subcategories
        }

    def handle(
        self,
        at: int,
        category: Category,
        part: Subcategory,
        product: str,
        priority: str,
        requester: Requester,
        draws: Draws,
    ) -> Handling:
        """Follow one ticket from its filing to the end of the span.

        Parameters
        ----------
        at : int
            When it was filed, UTC epoch seconds.
        category, part : Category, Subcategory
            What it is about.
        product : str
            The product it is about; an agent may have it as a skill.
        priority : str
            Urgent tickets are taken sooner and by more senior agents.
        requester : Requester
            Some requesters keep coming back to the same agent.
        draws : Draws
            The ticket's own stream.

        Returns
        -------
        Handling
        """
        fate = draws.uniform()
        reassignments = 2 if fate < _REASSIGNED_TWICE else int(fate < _REASSIGNED + _REASSIGNED_TWICE)
        triage_s = draws.lognormal(_TRIAGE_MIN[priority] * _MINUTE, 0.8) * (1 + 2 * reassignments)
        agent = self._choose(at, triage_s, category, part, product, priority, requester, draws)
        roster = self._rosters[agent.id]
        assigned_at = self._within(roster.advance(at, triage_s))
        answer_s = draws.lognormal(_ANSWER_MIN[priority] * _MINUTE, 0.7)
        is_reopened = draws.chance(_REOPENED)
        effort_s = draws.lognormal(self._effort_s[category.id, part.id] * _EFFORT_SHARE[priority], 0.8)
        effort_s *= 2.5 if is_reopened else 1.0
        answered_at = self._within(roster.advance(assigned_at, answer_s)) if assigned_at else None
        resolved_at = self._within(roster.advance(answered_at, effort_s)) if answered_at else None
        closed_at = self._within(resolved_at + _CLOSE_AFTER) if resolved_at else None
        waits_for_requester = draws.chance(0.3)
        if assigned_at is None:
            return Handling("new", None, None, None, None, None, False, 0)
        if resolved_at is None:
            status = "pending" if answered_at and waits_for_requester else "open"
            return Handling(status, agent, assigned_at, answered_at, None, None, False, reassignments)
        status = "closed" if closed_at else "resolved"
        return Handling(
            status, agent, assigned_at, answered_at, resolved_at, closed_at, is_reopened, reassignments
        )

    def _within(self, at: int | None) -> int | None:
        return at if at is not None and at < self._span.until else None

    def _choose(
        self,
        at: int,
        triage_s: float,
        category: Category,
        part: Subcategory,
        product: str,
        priority: str,
        requester: Requester,
        draws: Draws,
    ) -> Agent:
        agents = self._agents[category.team]
        subjects = {category.id, part.id, product.lower()}
        moment = at + int(triage_s)
        weights = []
        for number, agent in enumerate(agents):
            weight = (
                agent.capacity * (_SENIORITY_URGENT if priority == "urgent" else _SENIORITY)[agent.seniority]
            )
            weight *= 5.0 if any(skill.lower() in subjects for skill in agent.skills) else 1.0
            weight *= 3.0 if requester.agent_affinity % len(agents) == number else 1.0
            ready = self._rosters[agent.id].advance(moment, 0)
            # A ticket goes to who is there now, else to whoever starts next, hardly ever to who is on leave.
            wait_h = 400.0 if ready is None else (ready - moment) / 3600
            weight /= (1 + wait_h) ** 1.5
            weights.append(weight)
        return draws.weighted(Weighted(agents, weights))


def _absence(agent: Agent, span: Span, seed: int) -> Absence:
    # Every third absence is around the end of the span, so that somebody is away now.
    draws = Draws(seed, Stream.ABSENCES, crc32(agent.id.encode()))
    weeks = draws.pick((1, 1, 2, 2, 3))
    last = datetime.fromtimestamp(span.until, UTC).date()
    if draws.chance(1 / 3):
        first = last - timedelta(days=draws.index(7 * weeks + 10) - 10)
    else:
        first = datetime.fromtimestamp(span.at(0.05 + 0.85 * draws.uniform()), UTC).date()
    return Absence(first, first + timedelta(weeks=weeks))


def _roster(agent: Agent, absence: Absence, zone: ZoneInfo, span: Span, days_off: frozenset[date]) -> Roster:
    shift = parse_shift(agent.shift)
    off = set() if shift.weekdays & {5, 6} else set(days_off)
    off |= {absence.first + timedelta(days=day) for day in range((absence.back - absence.first).days)}
    first, last = span.days
    return Roster(shift, zone, first - timedelta(days=2), last + timedelta(days=60), off)
