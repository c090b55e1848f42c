"""Where a ticket from outside meets model and policy: decide, then keep what was decided.

Deciding itself is :mod:`triage.engine`; this file fetches what it needs for one workspace.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from serving.assignment_desk import AssignmentDesk, Ranked, agreeing
from serving.confidential import (
    LOOKED_AT,
    articles_shown,
    decision_shown,
    duplicates_shown,
    tickets_named,
    without_erased,
)
from serving.duplicate_host import DuplicateHost
from serving.erased_tickets import ErasedTickets
from serving.floor import Floor
from serving.help_desk import HelpDesk
from serving.knowledge_host import KnowledgeHost
from serving.metrics import Metrics
from serving.model_host import ModelHost
from serving.redactor import stored_form
from serving.told_values import ASSIGNEE, as_filed, as_told, keep_assignees
from serving.triage_answer import Answer, Extras
from triage.assignment import Assignment
from triage.bundle import FAST, FULL
from triage.decision import Action, Decision
from triage.duplicate import Duplicate
from triage.engine import abstain_without_model, triage_tickets
from triage.knowledge import Suggestion
from triage.policy import Policy
from triage.sla.outlook import look_ahead, values_to_go_by
from triage.stopwatch import stage
from triage.store import Store
from triage.store.decisions import put_decisions
from triage.store.policies import read_policy
from triage.store.revisions import Kind, take_revision
from triage.store.sla_books import BookShelf
from triage.store.sla_outlooks import StoredOutlook, put_outlooks
from triage.store.tickets import get_tickets, put_tickets
from triage.ticket import Ticket

__all__ = ["TriageDesk"]


class TriageDesk:
    """Decides tickets of any workspace.

    Parameters
    ----------
    store : Store
        Holds the policies, read for every call so that a kill switch holds at once, and the decisions.
    models : ModelHost
        Holds the champions.
    knowledge : KnowledgeHost
        Suggests articles.
    assigning : AssignmentDesk
        Chooses agents.
    books : BookShelf
        Has what is promised.
    helping : HelpDesk
        Gathers what helps besides articles.
    metrics : Metrics
        Counts the decisions.
    duplicates : DuplicateHost, optional
        Finds earlier tickets that a new one repeats; without it none are.
    tier : str, default="full"
        Which views decide (:data:`triage.bundle.TIERS`); a champion without a fast tier decides with all.
    erased : ErasedTickets, optional
        Knows erased tickets, when a model names them and when they are sent once more.
    """

    def __init__(
        self,
        store: Store,
        models: ModelHost,
        knowledge: KnowledgeHost,
        assigning: AssignmentDesk,
        books: BookShelf,
        helping: HelpDesk,
        metrics: Metrics,
        duplicates: DuplicateHost | None = None,
        tier: str = FULL,
        erased: ErasedTickets | None = None,
    ) -> None:
        self._store = store
        self._models = models
        self._knowledge = knowledge
        self._assigning = assigning
        self._books = books
        self._helping = helping
        self._metrics = metrics
        self._duplicates = duplicates
        self._tier = tier
        self._erased = erased

    def decide(self, workspace: str, tickets: Sequence[Ticket], extras: Extras) -> list[Answer]:
        """Decide tickets with the workspace's model and policy of this moment; stores nothing."""
        with self._store.looking(workspace):
            return self._look(workspace, tickets, extras)

    def _look(self, workspace: str, tickets: Sequence[Ticket], extras: Extras) -> list[Answer]:
        policy = read_policy(self._store, workspace).policy
        extras = replace(extras, sight=extras.sight.under(policy.helping))
        if (form := stored_form(self._store, workspace, policy)) is not None:
            tickets = [form.ticket(one) for one in tickets]
        sent, tickets = tickets, self._assigning.as_told(workspace, tickets)
        with stage("predict"):
            decisions = self._decide(workspace, tickets, policy, extras)
        with stage("articles"):
            articles = self._articles(workspace, tickets, extras)
        book = self._books.read(workspace).book
        with stage("duplicates"):
            repeated = self._repeated(workspace, tickets, extras)
        with stage("help"):
            answers = [
                Answer(
                    as_sent,
                    decision,
                    found,
                    look_ahead(ticket, decision, book),
                    duplicates=earlier,
                    helping=self._helping.gather(
                        workspace,
                        ticket,
                        decision,
                        policy,
                        solved=extras.similar,
                        replies=extras.replies,
                        sight=extras.sight,
                    ),
                )
                for as_sent, ticket, decision, found, earlier in zip(
                    sent, tickets, decisions, articles, repeated, strict=True
                )
            ]
        with stage("assign"):
            floor = self._assigning.look(workspace, policy, datetime.now(UTC))
            if floor is None:
                return answers
            ranked = self._assigning.rank(workspace, tickets, decisions, floor)
            return _assigned(answers, ranked, self._assigning.assign(ranked, floor), floor)

    def expect_shown(self, workspace: str, suggestion_ids: Iterable[str]) -> None:
        """See that suggestions named with tickets are known; raises InputError if one is not."""
        self._helping.expect_shown(workspace, suggestion_ids)

    def decide_fields(self, workspace: str, tickets: Sequence[Ticket]) -> list[Decision]:
        """Decide the fields of tickets and nothing else; stores nothing."""
        policy = read_policy(self._store, workspace).policy
        return self._decide(workspace, tickets, policy, Extras(explain=False, similar=0, articles=0))

    def keep(
        self,
        workspace: str,
        answers: Sequence[Answer],
        shown_before: Mapping[str, str] | None = None,
    ) -> list[Answer]:
        """Store decisions, offers, assignments, and tickets with an id; joins this thread's transaction.

        ``shown_before`` names, by ticket id, what its requester was shown before filing. What became of a
        ticket that is stored already stays. Where somebody else took a slot since these tickets were decided,
        their agents are chosen once more, so that nobody gets more than fits: what is returned was stored.

        Raises
        ------
        ConflictError
            If one of the tickets was erased before.
        """
        tickets = [answer.ticket for answer in answers]
        filed = {ticket.ticket_id: ticket for ticket in tickets if ticket.ticket_id}
        with self._store.writing(workspace) as connection:
            if self._erased is not None:
                self._erased.refuse(workspace, tickets)
            takes_slots = any(_takes_a_slot(answer) for answer in answers)
            work = None
            if takes_slots or any(one.values.get(ASSIGNEE) for one in filed.values()):
                # From here on nobody else changes who has what until this is stored.
                work = take_revision(connection, workspace, Kind.WORK)
                if takes_slots and any(answer.work != work - 1 for answer in answers):
                    answers = self._choose_again(workspace, answers)
            decided = [answer.decision for answer in answers]
            now = datetime.now(UTC)
            stands = get_tickets(self._store, workspace, list(filed))
            past = [as_filed(one, stands.get(name)) for name, one in filed.items()]
            put_tickets(self._store, workspace, past, source="api", work=work)
            decisions = put_decisions(self._store, workspace, tickets, decided, again=stands)
            keep_assignees(self._store, workspace, past, now)
            labels = {one.ticket.ticket_id: one.labels for one in past}
            told = [as_told(one, labels.get(one.ticket_id)) for one in tickets]
            put_outlooks(self._store, workspace, _outlooks(told, decisions), now=now)
            chosen = [answer.assignment for answer in answers if answer.assignment is not None]
            self._assigning.keep(workspace, chosen, now, is_counted=work is not None)
            articles, helps = [one.articles for one in answers], [one.helping for one in answers]
            self._helping.keep(workspace, tickets, decisions, articles, helps, shown_before or {})
        for decision in decisions:
            self._metrics.note_decision(decision)
        return [replace(one, decision=made) for one, made in zip(answers, decisions, strict=True)]

    def _articles(
        self, workspace: str, tickets: Sequence[Ticket], extras: Extras
    ) -> list[tuple[Suggestion, ...]]:
        named = tickets_named(extras.sight)
        found = self._knowledge.suggest(workspace, tickets, extras.articles, named=named)
        return articles_shown(self._store, workspace, found, extras.sight)

    def _repeated(
        self, workspace: str, tickets: Sequence[Ticket], extras: Extras
    ) -> Sequence[tuple[Duplicate, ...]]:
        limit = extras.duplicates
        if self._duplicates is None or limit == 0:
            return [() for _ in tickets]
        if extras.sight.sees_all:
            return self._duplicates.find(workspace, tickets, limit)
        return [
            duplicates_shown(self._store, workspace, found, extras.sight, limit)
            for found in self._duplicates.find(workspace, tickets, limit + LOOKED_AT)
        ]

    def _decide(
        self, workspace: str, tickets: Sequence[Ticket], policy: Policy, extras: Extras
    ) -> list[Decision]:
        bundle = self._models.bundle(workspace)
        if bundle is None:
            return abstain_without_model(tickets, policy)
        names_others = bool(extras.explain or extras.similar)
        more = 0 if extras.sight.sees_all or not names_others else LOOKED_AT
        fast = bundle.model.fast if self._tier == FAST else None
        decisions = triage_tickets(
            tickets,
            fast or bundle.model,
            bundle.version,
            policy,
            explain=extras.explain,
            similar=extras.similar + more,
            detail=extras.detail,
        )
        erased = self._erased
        if erased is not None and names_others:
            decisions = [without_erased(one, lambda ids: erased.among(workspace, ids)) for one in decisions]
        if not more:
            return decisions
        return [
            decision_shown(self._store, workspace, one, extras.sight, extras.similar) for one in decisions
        ]

    def _choose_again(self, workspace: str, answers: Sequence[Answer]) -> list[Answer]:
        policy = read_policy(self._store, workspace).policy
        floor = self._assigning.look(workspace, policy, datetime.now(UTC), fresh=True)
        ranked = [answer.ranked for answer in answers if answer.ranked is not None]
        ranked = self._assigning.stand(workspace, ranked)
        if floor is None or len(ranked) < len(answers):
            return [replace(one, decision=agreeing(one.decision, None), assignment=None) for one in answers]
        return _assigned(answers, ranked, self._assigning.assign(ranked, floor), floor)


def _outlooks(tickets: Sequence[Ticket], decisions: Sequence[Decision]) -> dict[str, StoredOutlook]:
    """Return by id what due times go by, and what is expected, of tickets that have an id."""
    return {
        ticket.ticket_id: StoredOutlook(
            values_to_go_by(ticket, decision),
            None if decision.assessment is None else decision.assessment.foresight,
        )
        for ticket, decision in zip(tickets, decisions, strict=True)
        if ticket.ticket_id
    }


def _takes_a_slot(answer: Answer) -> bool:
    one = answer.assignment
    return one is not None and one.action is Action.APPLY and bool(one.ticket_id)


def _assigned(
    answers: Sequence[Answer],
    ranked: Sequence[Ranked],
    assignments: Sequence[Assignment | None],
    floor: Floor,
) -> list[Answer]:
    return [
        replace(
            answer,
            decision=agreeing(answer.decision, chosen),
            assignment=chosen,
            ranked=one,
            work=floor.work,
        )
        for answer, one, chosen in zip(answers, ranked, assignments, strict=True)
    ]
