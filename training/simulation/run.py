"""Past weeks lived again under one way of assigning, ticket by ticket, moment by moment.

A ticket comes when it came. It takes its agent's room for as long as it really took from assignment to
solution: nobody knows how long another would have needed. What is not assigned waits until somebody comes,
or has room again, the graver first. Who had tickets before keeps them until they were solved. Affinity learns
from what really happened, when it became known, so that every way is judged with the same knowledge.
"""

import heapq
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from training.simulation.ranker import Ranker
from training.simulation.way import Picked, Way
from triage.decision import FieldDecision
from triage.errors import TicketError
from triage.policy import Policy
from triage.routing.choose import ask, whom_to_ask
from triage.routing.need import Need, known_value, need_of
from triage.routing.queue import Waiting, order_queue
from triage.routing.roster import Roster
from triage.routing.situation import Situation
from triage.sla.book import SlaBook
from triage.sla.standing import Standing, standings_of
from triage.ticket import PastTicket

__all__ = ["Lived", "Simulation"]

Decided = Mapping[str, Mapping[str, FieldDecision]]


@dataclass(frozen=True, slots=True)
class Lived:
    """What became of one ticket.

    Parameters
    ----------
    past : PastTicket
        What really happened.
    picked : Picked or None
        Who got it; None when nobody did until the end.
    assigned_at, solved_at : datetime or None
        When, in the simulation.
    """

    past: PastTicket
    picked: Picked | None
    assigned_at: datetime | None
    solved_at: datetime | None


class Simulation:
    """A helpdesk's tickets from a moment on, under one way of assigning.

    Parameters
    ----------
    history : sequence of PastTicket
        In order of filing, each with a time of filing; what lies before the moment is learnt from.
    since : datetime
        Where the simulation begins, with a zone.
    roster : Roster
        The agents.
    policy : Policy
        The admin's word.
    ranker : Ranker
        Fresh: it is taught here.
    way : Way
        Fresh, too.
    decided : Mapping of str to (Mapping of str to FieldDecision), optional
        By ticket: what was decided of category, priority and team.
    book : SlaBook, optional
        What is promised: of tickets that wait the most endangered go first, as in an agent's queue.
    """

    def __init__(
        self,
        history: Sequence[PastTicket],
        since: datetime,
        roster: Roster,
        policy: Policy,
        ranker: Ranker,
        way: Way,
        *,
        decided: Decided | None = None,
        book: SlaBook | None = None,
    ) -> None:
        first = bisect_left(history, since, key=filed_at)
        self._coming = history[first:]
        self._roster, self._policy, self._ranker, self._way = roster, policy, ranker, way
        self._decided, self._book = decided or {}, book
        self._needs: dict[str, Need] = {}
        self._spans = _spans(history)
        known = [(one.labels_known_at or since, one) for one in history if one.labels.get("assignee")]
        self._lessons = deque(sorted(known, key=lambda pair: pair[0]))
        self._now = since
        self._loads: dict[str, float] = defaultdict(float)
        self._given: dict[str, Counter[str]] = defaultdict(Counter)
        self._recent: deque[tuple[datetime, str, str]] = deque()
        self._waiting: list[PastTicket] = []
        self._ends: list[tuple[datetime, int, str, float]] = []
        self._lived: dict[str, Lived] = {}
        for past in history[:first]:
            self._take_over(past)

    def run(self, progress: Callable[[float], None] | None = None) -> list[Lived]:
        """Live through the tickets; a week after the last one came, what waits has found nobody.

        Parameters
        ----------
        progress : callable, optional
            Called with the share of the tickets that have come.

        Returns
        -------
        list of Lived
            In order of filing.
        """
        for at, past in enumerate(self._coming, 1):
            self._pass_time(filed_at(past))
            self._learn()
            self._waiting.append(past)
            self._serve()
            if progress is not None:
                progress(at / len(self._coming))
        self._pass_time(self._now + timedelta(days=7))
        return [
            self._lived.get(past.ticket.ticket_id, Lived(past, None, None, None)) for past in self._coming
        ]

    def _take_over(self, past: PastTicket) -> None:
        """A ticket of before that was solved later was somebody's until then."""
        until, agent = past.resolved_at or past.closed_at, past.labels.get("assignee")
        if agent in self._roster.agents and until is not None and until > self._now:
            self._burden(agent, self._need(past).effort, until)

    def _burden(self, agent: str, effort: float, until: datetime) -> None:
        self._loads[agent] += effort
        heapq.heappush(self._ends, (until, len(self._ends), agent, effort))

    def _learn(self) -> None:
        while self._lessons and self._lessons[0][0] < self._now:
            at, past = self._lessons.popleft()
            self._ranker.learn(past, at)

    def _pass_time(self, until: datetime) -> None:
        """Let tickets be solved and agents come until a moment, and serve what waits each time."""
        while True:
            come = self._next_arrival(until) if self._waiting else until
            moment = min(come, self._ends[0][0]) if self._ends else come
            if moment >= until:
                self._now = until
                return
            self._now = moment
            while self._ends and self._ends[0][0] <= moment:
                _, _, agent, effort = heapq.heappop(self._ends)
                self._loads[agent] -= effort
            if self._waiting:
                self._serve()

    def _next_arrival(self, until: datetime) -> datetime:
        now, roster = self._now, self._roster
        away = [
            one for one in roster.agents.values() if one.active and not roster.presence(one, now).is_there
        ]
        starts = [roster.next_start(one, now) for one in away]
        return min([until, *(start for start in starts if start is not None)])

    def _serve(self) -> None:
        """Give what waits to whoever can have it now, the graver first."""
        self._forget()
        situation = Situation(self._now, self._roster, self._policy, self._loads, self._given)
        # What one ticket finds nobody for, another that asks for the same need not ask again.
        kinds = {past.ticket.ticket_id: _kind(self._need(past)) for past in self._waiting}
        asked = {kind: ask(kind.need, situation) for kind in dict.fromkeys(kinds.values())}
        refused = {kind for kind, found in asked.items() if not found.eligible}
        can_go = [one for one in self._waiting if kinds[one.ticket.ticket_id] not in refused]
        for past in self._in_order(can_go):
            kind = kinds[past.ticket.ticket_id]
            if kind in refused:
                continue
            picked = self._pick(past, situation)
            if picked is not None:
                self._give(past, picked, self._need(past).effort)
            elif not ask(kind.need, situation).eligible:  # Else it was this ticket: a guardrail, say.
                refused.add(kind)
        self._waiting = [one for one in self._waiting if one.ticket.ticket_id not in self._lived]

    def _pick(self, past: PastTicket, situation: Situation) -> Picked | None:
        decided = self._decided.get(past.ticket.ticket_id, {})
        category = decided.get("category")
        categories = dict(category.top) if category is not None and category.top else None
        among = whom_to_ask(self._need(past), situation)
        candidates = self._ranker.rank(past.ticket, self._now, among, categories)
        return self._way.pick(past.ticket, candidates, situation, decided)

    def _forget(self) -> None:
        """Let assignments drop out of the fairness window."""
        share = self._policy.routing.fair_share
        before = self._now - timedelta(days=share.days if share else 0)
        while self._recent and self._recent[0][0] < before:
            _, team, agent = self._recent.popleft()
            self._given[team][agent] -= 1

    def _give(self, past: PastTicket, picked: Picked, effort: float) -> None:
        solved = self._now + self._spans(past)
        self._lived[past.ticket.ticket_id] = Lived(past, picked, self._now, solved)
        self._burden(picked.agent, effort, solved)
        if picked.team is not None:
            self._recent.append((self._now, picked.team, picked.agent))
            self._given[picked.team][picked.agent] += 1

    def _need(self, past: PastTicket) -> Need:
        name = past.ticket.ticket_id
        if name not in self._needs:
            self._needs[name] = need_of(past.ticket, self._decided.get(name, {}), self._policy.routing)
        return self._needs[name]

    def _in_order(self, waiting: Sequence[PastTicket]) -> Sequence[PastTicket]:
        if len(waiting) < 2:
            return waiting
        by_id = {one.ticket.ticket_id: one for one in waiting}
        queue = (
            Waiting(name, filed_at(one), self._need(one).priority, promise=self._promise(one))
            for name, one in by_id.items()
        )
        ordered = order_queue(queue, self._now, self._policy.routing.queue)
        return [by_id[one.ticket_id] for one in ordered]

    def _promise(self, past: PastTicket) -> Standing | None:
        """Return the most endangered promise of a ticket that waits, by what was known of it."""
        if self._book is None:
            return None
        decided = self._decided.get(past.ticket.ticket_id, {})
        known = {name: known_value(past.ticket, decided, name) for name in ("category", "priority")}
        open_one = PastTicket(past.ticket, {name: value for name, value in known.items() if value})
        _, standings = standings_of(open_one, self._book, now=self._now)
        return max(standings, key=lambda one: one.exposure, default=None)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What tickets ask for that can be given to the same agents, and one such need."""

    asks: tuple[object, ...]
    need: Need = field(compare=False)


def _kind(need: Need) -> _Kind:
    skills = frozenset(need.skills.items())
    asks = (need.team, skills, need.language, need.seniority, need.effort, need.is_escalated)
    return _Kind(asks, need)


def filed_at(past: PastTicket) -> datetime:
    """Return when a ticket was filed.

    Raises
    ------
    TicketError
        If that is not known.
    """
    filed = past.ticket.created_at
    if filed is None:
        raise TicketError(
            f"Got the ticket {past.ticket.ticket_id!r} without created_at; expected the time of filing."
        )
    return filed


def _spans(history: Sequence[PastTicket]) -> Callable[[PastTicket], timedelta]:
    """Return how long a ticket takes: as long as it took, where that is not known the median."""
    known = [span.total_seconds() for one in history if (span := _span(one)) is not None]
    usual = timedelta(seconds=median(known)) if known else timedelta(hours=1)

    def span_of(past: PastTicket) -> timedelta:
        span = _span(past)
        return usual if span is None else span

    return span_of


def _span(past: PastTicket) -> timedelta | None:
    until = past.resolved_at or past.closed_at
    begun = past.assigned_at or past.first_response_at or past.ticket.created_at
    if until is None or begun is None or until < begun:
        return None
    return until - begun
