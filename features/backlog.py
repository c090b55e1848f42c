"""A whole backlog given to agents at once: the best total affinity within everybody's room and fair share.

One ticket after another would give the first in line the best agent even where the next needs just that one.
Who may have what is :mod:`triage.routing`'s word; this file only finds the best of what is allowed, and says
what was gained over one after another. See ADR 0027.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from features.slot_blocks import match_blocks
from features.slots import NOBODY, match_efforts, match_slots, total
from triage.assignment import Assignment, Candidate
from triage.decision import FieldDecision
from triage.mode import Mode
from triage.routing.assign import assign, stays_with, team_mode, why_stopped
from triage.routing.choose import ask
from triage.routing.eligibility import capacity_of
from triage.routing.fairness import fair_limits, gini
from triage.routing.need import Need, need_of
from triage.routing.situation import Situation
from triage.ticket import Ticket

__all__ = ["BacklogPlan", "Pending", "plan_backlog"]

OTHERS_HAVE_IT = "The room and the fair shares that there are went to other tickets"
_SLACK = 1e-9
_EXACT_PAIRS = 2_000
"""So many pairs of ticket and agent HiGHS solves in well under a second."""
_ROUNDING = 1e-4
"""Totals of thousands of tickets differ by so much through rounding and ties."""

Matrix = NDArray[np.float64]
Choice = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pending:
    """A ticket that waits for an agent.

    Parameters
    ----------
    ticket : Ticket
        As filed.
    candidates : sequence of Candidate
        What the history knows of who is the right one.
    decided : Mapping of str to FieldDecision
        What was decided of category, priority and team.
    language : str or None, default=None
        As detected, where the form says none.
    worth : float, default=0.0
        What giving it to anybody is worth, in units of affinity; 1 or more: no affinity weighs up a ticket
        that stays behind.
    """

    ticket: Ticket
    candidates: Sequence[Candidate]
    decided: Mapping[str, FieldDecision] = field(default_factory=dict)
    language: str | None = None
    worth: float = 0.0


@dataclass(frozen=True, slots=True)
class BacklogPlan:
    """Who gets what, and what was gained.

    Parameters
    ----------
    assignments : tuple of Assignment
        In the order of the tickets; those of teams whose mode is ``off`` are left out.
    affinity, one_by_one_affinity : float
        Sum over the tickets given to somebody: of this plan, and of one ticket after another in the order
        handed in, within the same room and shares.
    placed, one_by_one_placed : int
        Tickets given to somebody.
    gini, one_by_one_gini : float
        How uneven the tickets given are spread over those who could be given any.
    """

    assignments: tuple[Assignment, ...]
    affinity: float
    one_by_one_affinity: float
    placed: int
    one_by_one_placed: int
    gini: float
    one_by_one_gini: float


@dataclass(frozen=True, slots=True)
class _Problem:
    """The backlog in numbers: agents in columns by name, tickets in rows."""

    agents: list[str]
    affinity: Matrix
    worth: Matrix
    eligible: NDArray[np.bool_]
    efforts: Matrix
    room: Matrix
    caps: list[tuple[NDArray[np.bool_], Matrix]]


def plan_backlog(
    pending: Sequence[Pending], situation: Situation, *, time_limit_s: float = 2.0
) -> BacklogPlan:
    """Give a backlog to agents.

    Parameters
    ----------
    pending : sequence of Pending
        Each ticket once, in the order in which one after another would be given; the plan itself does not
        depend on it.
    situation : Situation
        How things stand before.
    time_limit_s : float, default=2.0
        For small backlogs whose tickets take different room, see :func:`features.slots.match_efforts`.

    Returns
    -------
    BacklogPlan
        Tickets that a person assigned already, and those that a rule holds back, stay as they are.

    Raises
    ------
    InputError
        If the shift or zone of an agent cannot be read.
    """
    routing = situation.policy.routing
    needs = [need_of(one.ticket, one.decided, routing, one.language) for one in pending]
    rows = [at for at in range(len(pending)) if _is_open(pending[at], needs[at], situation)]
    # By id, so that ties fall the same way in whatever order tickets were handed in.
    rows.sort(key=lambda at: pending[at].ticket.ticket_id)
    problem = _problem([pending[at] for at in rows], [needs[at] for at in rows], situation)
    one_by_one = _one_by_one(problem, np.argsort(np.array(rows, dtype=np.intp)))
    choice = _solve(problem, time_limit_s)
    if _worth(problem, choice) < _worth(problem, one_by_one) - _ROUNDING:
        choice = one_by_one
    row_of = {at: row for row, at in enumerate(rows)}
    assignments = []
    for at, one in enumerate(pending):
        row = row_of.get(at)
        placed = None if row is None or choice[row] == NOBODY else problem.agents[choice[row]]
        # Where nobody may have it at all, everybody is asked once more, so that the reason can be told.
        is_hopeless = row is None or not problem.eligible[row].any()
        only = None if is_hopeless else () if placed is None else (placed,)
        done = assign(
            one.ticket,
            one.candidates,
            situation,
            decided=one.decided,
            language=one.language,
            only=only,
        )
        if placed is None and not is_hopeless and done is not None:
            done = replace(done, detail=OTHERS_HAVE_IT)
        if done is not None:
            assignments.append(done)
    return BacklogPlan(
        tuple(assignments),
        total(problem.affinity, choice),
        total(problem.affinity, one_by_one),
        int((choice != NOBODY).sum()),
        int((one_by_one != NOBODY).sum()),
        _spread(problem, choice),
        _spread(problem, one_by_one),
    )


def _is_open(one: Pending, need: Need, situation: Situation) -> bool:
    is_off = team_mode(need.team, situation) is Mode.OFF
    if is_off or stays_with(one.ticket, situation) is not None:
        return False
    return why_stopped(one.ticket, one.decided, situation) is None


def _problem(pending: Sequence[Pending], needs: Sequence[Need], situation: Situation) -> _Problem:
    roster, routing = situation.roster, situation.policy.routing
    agents = list(roster.agents)
    column = {name: at for at, name in enumerate(agents)}
    shape = (len(pending), len(agents))
    affinity, eligible = np.zeros(shape), np.zeros(shape, dtype=bool)
    teams: list[str | None] = []
    asked: dict[object, tuple[str | None, list[int]]] = {}
    for row, (one, need) in enumerate(zip(pending, needs, strict=True)):
        # Tickets that ask for the same are answered once.
        skills = tuple(sorted(need.skills.items()))
        key = (need.team, skills, need.language, need.seniority, need.effort, need.is_escalated)
        if key not in asked:
            found = ask(need, situation)
            asked[key] = found.team, [column[agent.agent] for agent in found.eligible]
        team, able = asked[key]
        teams.append(team)
        eligible[row, able] = True
        for candidate in one.candidates:
            if candidate.agent in column:
                affinity[row, column[candidate.agent]] = candidate.score
    capacities = [capacity_of(agent, routing) for agent in roster.agents.values()]
    room = np.array(
        [
            inf if one is None else one - situation.load(name)
            for one, name in zip(capacities, agents, strict=True)
        ]
    )
    return _Problem(
        agents,
        affinity,
        np.array([one.worth for one in pending]),
        eligible,
        np.array([need.effort for need in needs]),
        np.maximum(room, 0.0),
        _caps(teams, eligible, situation),
    )


def _caps(
    teams: Sequence[str | None], eligible: NDArray[np.bool_], situation: Situation
) -> list[tuple[NDArray[np.bool_], Matrix]]:
    agents = list(situation.roster.agents.values())
    caps = []
    for team in sorted({one for one in teams if one is not None}):
        of = np.array([one == team for one in teams])
        asked_for = eligible[of].sum(axis=0)
        # Shared among those who are there, so that their fair shares together hold the whole backlog.
        there = [agent for agent, count in zip(agents, asked_for, strict=True) if count]
        given = situation.given.get(team, {})
        limits = fair_limits(there, given, int(of.sum()), situation.policy.routing)
        if limits is None:
            continue
        most = np.array([max(0, limits.get(one.agent, 0) - given.get(one.agent, 0)) for one in agents])
        # A cap that nobody can reach is none.
        if (most < asked_for).any():
            caps.append((of, most.astype(float)))
    return caps


def _solve(problem: _Problem, time_limit_s: float) -> Choice:
    values = problem.affinity + problem.worth[:, None]
    eligible = problem.eligible
    # Where whoever is capped is asked by one team only, the cap is one on all of the agent's tickets.
    is_apart = all(not (eligible[of].any(axis=0) & eligible[~of].any(axis=0)).any() for of, _ in problem.caps)
    if not is_apart or len(set(problem.efforts.tolist())) > 1:
        parts = values, eligible, problem.efforts, problem.room, problem.caps
        if eligible.sum() > _EXACT_PAIRS:
            return match_blocks(*parts)
        exact = match_efforts(*parts, time_limit_s=time_limit_s)
        return match_blocks(*parts) if exact is None else exact
    effort = problem.efforts[0] if len(values) else 1.0
    slots = np.minimum(np.floor((problem.room + _SLACK) / effort), len(values))
    for of, most in problem.caps:
        slots = np.where(eligible[of].any(axis=0), np.minimum(slots, most), slots)
    return match_slots(values, eligible, slots.astype(np.intp))


def _one_by_one(problem: _Problem, line: NDArray[np.intp]) -> Choice:
    choice = np.full(len(problem.affinity), NOBODY, dtype=np.intp)
    room = problem.room.copy()
    left = [most.copy() for _, most in problem.caps]
    for row in line:
        able = problem.eligible[row] & (room + _SLACK >= problem.efforts[row])
        for (of, _), most in zip(problem.caps, left, strict=True):
            if of[row]:
                able &= most >= 1
        if not able.any():
            continue
        best = int(np.argmax(np.where(able, problem.affinity[row], -1.0)))
        choice[row] = best
        room[best] -= problem.efforts[row]
        for (of, _), most in zip(problem.caps, left, strict=True):
            most[best] -= of[row]
    return choice


def _worth(problem: _Problem, choice: Choice) -> float:
    return total(problem.affinity + problem.worth[:, None], choice)


def _spread(problem: _Problem, choice: Choice) -> float:
    counts = np.bincount(choice[choice != NOBODY], minlength=len(problem.agents))
    return gini(counts[problem.eligible.any(axis=0)].tolist())
