"""Where a ticket from outside meets model and policy: decide, then keep what was decided.

Deciding itself is :mod:`triage.engine`; this file fetches what it needs for one workspace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from serving.knowledge_host import KnowledgeHost
from serving.metrics import Metrics
from serving.model_host import ModelHost
from triage.decision import Decision
from triage.engine import abstain_without_model, triage_tickets
from triage.knowledge import Suggestion
from triage.sla.outlook import SlaOutlook, look_ahead
from triage.store import Store
from triage.store.decisions import put_decisions
from triage.store.policies import read_policy
from triage.store.sla_books import read_book
from triage.store.tickets import get_tickets, put_tickets
from triage.ticket import PastTicket, Ticket

__all__ = ["Answer", "Extras", "TriageDesk"]


@dataclass(frozen=True, slots=True)
class Extras:
    """What to tell besides the decision: reasons, and how many similar tickets and articles.

    ``detail`` adds to the reasons what deleting each word or sentence would change.
    """

    explain: bool
    similar: int
    articles: int
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision, the articles that may help, and what is to be said of the ticket's time."""

    decision: Decision
    articles: tuple[Suggestion, ...]
    sla: SlaOutlook | None = None


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
    metrics : Metrics
        Counts the decisions.
    """

    def __init__(self, store: Store, models: ModelHost, knowledge: KnowledgeHost, metrics: Metrics) -> None:
        self._store = store
        self._models = models
        self._knowledge = knowledge
        self._metrics = metrics

    def decide(self, workspace: str, tickets: Sequence[Ticket], extras: Extras) -> list[Answer]:
        """Decide tickets with the workspace's model and policy of this moment; stores nothing."""
        policy = read_policy(self._store, workspace).policy
        bundle = self._models.bundle(workspace)
        if bundle is None:
            decisions = abstain_without_model(tickets, policy)
        else:
            decisions = triage_tickets(
                tickets,
                bundle.model,
                bundle.version,
                policy,
                explain=extras.explain,
                similar=extras.similar,
                detail=extras.detail,
            )
        articles = self._knowledge.suggest(workspace, tickets, extras.articles)
        book = read_book(self._store, workspace).book
        return [
            Answer(decision, found, look_ahead(ticket, decision, book))
            for ticket, decision, found in zip(tickets, decisions, articles, strict=True)
        ]

    def keep(self, workspace: str, tickets: Sequence[Ticket], answers: Sequence[Answer]) -> None:
        """Store the decisions, and the tickets that have an id; joins this thread's open transaction.

        What became of a ticket that is stored already stays.
        """
        decisions = [answer.decision for answer in answers]
        filed = {ticket.ticket_id: ticket for ticket in tickets if ticket.ticket_id}
        with self._store.writing():
            stands = get_tickets(self._store, workspace, list(filed))
            past = [replace(stands.get(name, PastTicket(one)), ticket=one) for name, one in filed.items()]
            put_tickets(self._store, workspace, past, source="api")
            put_decisions(self._store, workspace, tickets, decisions)
        for decision in decisions:
            self._metrics.note_decision(decision)
