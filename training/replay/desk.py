"""The desk of a replay: a model trained at one moment, deciding and taking in what becomes known since."""

from collections.abc import Sequence
from typing import Protocol

from features.cleaning import clean_text
from features.knowledge import KnowledgeIndex
from training.knowledge.publish import SuggestionRow
from training.replay.floor import ReplayFloor
from training.replay.growing import Growing
from training.replay.timeline import ArticleKnown, Event, LabelsKnown, LinkKnown
from triage.decision import Decision
from triage.engine import triage_tickets
from triage.policy import Policy
from triage.ticket import Ticket

__all__ = ["Desk", "TrainedDesk"]


class Desk(Protocol):
    """Decides tickets as of a moment in the past."""

    @property
    def trained_at(self) -> float:
        """POSIX time: all events known then are learnt already."""
        ...

    def read(self, tickets: Sequence[Ticket]) -> None:
        """Get ready for the tickets that will be decided next."""
        ...

    def learn(self, event: Event) -> None:
        """Take in what became known; events come in order."""
        ...

    def decide(self, tickets: Sequence[Ticket]) -> list[Decision]:
        """Decide tickets between which nothing became known, in order."""
        ...

    def suggest(self, tickets: Sequence[Ticket]) -> list[SuggestionRow] | None:
        """Suggest articles for the same tickets; None where no suggestions are asked for."""
        ...


class TrainedDesk:
    """A real desk.

    Parameters
    ----------
    model : Growing
        Trained.
    version : str
        Its version.
    trained_at : float
        See :class:`Desk`.
    policy : Policy
        By which to decide.
    knowledge : KnowledgeIndex, optional
        Opened with the model's encoder; None where no suggestions are asked for.
    limit : int, default=10
        At most so many articles a ticket.
    floor : ReplayFloor, optional
        Knows who could have a ticket; it has learnt what was known at ``trained_at``. None: anybody.
    """

    def __init__(
        self,
        model: Growing,
        version: str,
        trained_at: float,
        policy: Policy,
        knowledge: KnowledgeIndex | None = None,
        limit: int = 10,
        floor: ReplayFloor | None = None,
    ) -> None:
        self.trained_at = trained_at
        self._model = model
        self._version = version
        self._policy = policy
        self._knowledge = knowledge
        self._limit = limit
        self._floor = floor

    def read(self, tickets: Sequence[Ticket]) -> None:
        """Encode their texts together, all threads at work; the encoder remembers them."""
        self._model.encoder.encode([clean_text(ticket) for ticket in tickets])

    def learn(self, event: Event) -> None:
        """See :class:`Desk`."""
        if isinstance(event, LabelsKnown):
            self._model.learn(event.past, event.at)
        elif self._floor is not None:
            self._floor.learn(event)
        if self._knowledge is None:
            return
        if isinstance(event, ArticleKnown):
            self._knowledge.put(event.article)
        elif isinstance(event, LinkKnown):
            self._knowledge.remember(event.ticket, event.link.article_id, event.known_at)

    def decide(self, tickets: Sequence[Ticket]) -> list[Decision]:
        """See :class:`Desk`."""
        decided = triage_tickets(tickets, self._model, self._version, self._policy)
        if self._floor is not None:
            promises = self._model.promises
            settle = self._floor.settle
            decided = [settle(*pair, promises) for pair in zip(tickets, decided, strict=True)]
        return [
            Decision(one.decision_id, one.ticket_id, one.model_version, one.created_at, one.fields)
            for one in decided
        ]

    def suggest(self, tickets: Sequence[Ticket]) -> list[SuggestionRow] | None:
        """See :class:`Desk`."""
        if self._knowledge is None:
            return None
        return [
            SuggestionRow.of(ticket.ticket_id, self._knowledge.suggest(ticket, self._limit))
            for ticket in tickets
        ]
