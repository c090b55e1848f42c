"""Where decided tickets meet the people: who should have each, and what the field ``assignee`` says of it.

Choosing is :mod:`triage.routing`; this file fetches how things stand and who is likely the right one, and
sees to it that tickets decided together do not all take the same slot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from serving.affinity_host import AffinityHost
from serving.affinity_shelf import Asked
from serving.floor import Floor, FloorHost
from serving.told_values import as_told
from triage.assignment import Assignment, Candidate
from triage.decision import Action, Decision, FieldDecision
from triage.policy import Policy
from triage.prediction import Assessment
from triage.routing.assign import assign
from triage.routing.choose import whom_to_ask
from triage.routing.need import Need, need_of
from triage.routing.situation import Held, Situation
from triage.store import Store
from triage.store.assignments import GivenTicket, going_on_among, put_assignment
from triage.store.ticket_facts import get_labels
from triage.ticket import Ticket

__all__ = ["AssignmentDesk", "Ranked", "agreeing", "held_among"]

ASSIGNED_BY = "triage"
FIELD = "assignee"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ticket with what was decided of it and who is likely the right one.

    Parameters
    ----------
    ticket : Ticket
        As filed, with the assignee that the helpdesk told since.
    decision : Decision
        Of the other fields.
    candidates : sequence of Candidate
        The likeliest first.
    held : Held or None, default=None
        Who has it already.
    """

    ticket: Ticket
    decision: Decision
    candidates: Sequence[Candidate]
    held: Held | None = None

    @property
    def language(self) -> str | None:
        """Code of the language that was detected."""
        return self.decision.assessment.language if self.decision.assessment else None


class AssignmentDesk:
    """Assigns tickets of any workspace.

    Parameters
    ----------
    store : Store
        Holds who was given what.
    floor : FloorHost
        Knows who is there.
    affinity : AffinityHost
        Knows who is good at what.
    """

    def __init__(self, store: Store, floor: FloorHost, affinity: AffinityHost) -> None:
        self._store = store
        self._floor = floor
        self._affinity = affinity

    def look(self, workspace: str, policy: Policy, now: datetime, *, fresh: bool = False) -> Floor | None:
        """Return how things stand, and how sure one must be; see :meth:`serving.floor.FloorHost.look`."""
        floor = self._floor.look(workspace, policy, now, fresh=fresh)
        if floor is None:
            return None
        sure_from = self._affinity.sure_from(workspace)
        return replace(floor, situation=replace(floor.situation, sure_from=sure_from))

    def rank(
        self,
        workspace: str,
        tickets: Sequence[Ticket],
        decisions: Sequence[Decision],
        floor: Floor,
    ) -> list[Ranked]:
        """Find out who is likely the right one for each ticket; assigns nothing.

        Who handled what is known as of the moment at which the floor was looked at. Tickets are taken as they
        are given: with what people told of them before (:meth:`as_told`).
        """
        situation = floor.situation
        asked = [
            Asked(
                ticket,
                whom_to_ask(need_of(ticket, decision.fields, situation.policy.routing), situation),
                _categories(decision.assessment),
            )
            for ticket, decision in zip(tickets, decisions, strict=True)
        ]
        found = self._affinity.rank(workspace, asked, situation.now, seen=floor.seen)
        held = self._holders(workspace, tickets)
        sure = map(_as_sure_as_the_team, tickets, decisions, found)
        return [
            Ranked(ticket, decision, candidates, held.get(ticket.ticket_id))
            for ticket, decision, candidates in zip(tickets, decisions, sure, strict=True)
        ]

    def stand(self, workspace: str, ranked: Sequence[Ranked]) -> list[Ranked]:
        """Return ranked tickets with what people told of each, and who has it, by now."""
        tickets = self.as_told(workspace, [one.ticket for one in ranked])
        held = self._holders(workspace, tickets)
        return [
            replace(one, ticket=ticket, held=held.get(ticket.ticket_id))
            for one, ticket in zip(ranked, tickets, strict=True)
        ]

    def as_told(self, workspace: str, tickets: Sequence[Ticket]) -> list[Ticket]:
        """Return tickets with the values that people told of them before, where none is sent."""
        told = get_labels(self._store, workspace, [one.ticket_id for one in tickets if one.ticket_id])
        return [as_told(one, told.get(one.ticket_id)) for one in tickets]

    def _holders(self, workspace: str, tickets: Sequence[Ticket]) -> dict[str, Held]:
        ids = [one.ticket_id for one in tickets if one.ticket_id]
        going_on = going_on_among(self._store, workspace, ids)
        return {name: Held(one.agent, one.team) for name, one in going_on.items()}

    def assign(self, ranked: Sequence[Ranked], floor: Floor) -> list[Assignment | None]:
        """Choose an agent for each ticket, one after another: each takes its slot before the next is asked.

        Returns
        -------
        list of (Assignment or None)
            In the order of the tickets; None where the team's mode is ``off``.
        """
        situation = floor.situation
        loads = dict(situation.loads)
        given = {team: dict(counts) for team, counts in situation.given.items()}
        situation = replace(situation, loads=loads, given=given, held=held_among(ranked))
        assignments = []
        for one in ranked:
            fields = one.decision.fields
            done = assign(one.ticket, one.candidates, situation, decided=fields, language=one.language)
            holder = None if one.held is None else one.held.agent
            # Where the ticket stays with its holder, its slot and its share are counted already.
            if done is not None and done.action is Action.APPLY and done.agent not in (None, holder):
                effort = _need(one, situation).effort
                loads[done.agent] = situation.load(done.agent) + effort
                if holder is not None:
                    loads[holder] = max(0.0, situation.load(holder) - effort)
                if done.team is not None:
                    counts = given.setdefault(done.team, {})
                    counts[done.agent] = counts.get(done.agent, 0) + 1
            assignments.append(done)
        return assignments

    def keep(
        self, workspace: str, assignments: Sequence[Assignment], now: datetime, *, is_counted: bool = False
    ) -> int:
        """Store those that the helpdesk is to apply, and return how many were new.

        Joins this thread's open transaction; ``is_counted`` as of
        :func:`triage.store.assignments.put_assignment`.
        """
        count = 0
        with self._store.writing(workspace):
            for one in assignments:
                if one.ticket_id and one.action is Action.APPLY and one.agent is not None:
                    affinity = next((each.affinity for each in one.choices if each.agent == one.agent), None)
                    given = GivenTicket(
                        one.ticket_id, one.agent, one.team, now, ASSIGNED_BY, one.reason, affinity, one.detail
                    )
                    count += put_assignment(self._store, workspace, given, is_counted=is_counted)
        return count


def held_among(ranked: Sequence[Ranked]) -> dict[str, Held]:
    """Return who has which of some tickets already, by id."""
    return {one.ticket.ticket_id: one.held for one in ranked if one.held is not None}


def agreeing(decision: Decision, assignment: Assignment | None) -> Decision:
    """Return a decision whose field ``assignee`` says what the assignment says.

    Parameters
    ----------
    decision : Decision
        As the model and the policy have it.
    assignment : Assignment or None
        None: nothing is said of the assignee.
    """
    fields = {name: one for name, one in decision.fields.items() if name != FIELD}
    if assignment is not None:
        top = tuple((one.agent, one.affinity) for one in assignment.choices)
        fields[FIELD] = FieldDecision(
            FIELD,
            assignment.agent,
            dict(top).get(assignment.agent or ""),
            assignment.threshold,
            assignment.action,
            assignment.reason,
            top,
        )
    assessment = decision.assessment
    if assessment is not None and FIELD in assessment.explanations:
        # The model's words are about labels; why this agent is told by the assignment.
        told = {name: one for name, one in assessment.explanations.items() if name != FIELD}
        assessment = replace(assessment, explanations=told)
    return replace(decision, fields=fields, assessment=assessment)


def _as_sure_as_the_team(
    ticket: Ticket, decision: Decision, candidates: Sequence[Candidate]
) -> Sequence[Candidate]:
    """Lessen affinities by the chance that the team is the right one, where no person chose it.

    What the index says holds given the team: so scores stay chances of being right.
    """
    team = decision.fields.get("team")
    if ticket.values.get("team") or team is None or team.action is Action.ABSTAIN or team.confidence is None:
        return candidates
    return [Candidate(one.agent, one.score * team.confidence, one.reasons) for one in candidates]


def _categories(assessment: Assessment | None) -> Mapping[str, float] | None:
    prediction = None if assessment is None else assessment.predictions.get("category")
    if prediction is None:
        return None
    return dict(zip(prediction.labels, map(float, prediction.probabilities), strict=True))


def _need(one: Ranked, situation: Situation) -> Need:
    return need_of(one.ticket, one.decision.fields, situation.policy.routing, one.language)
