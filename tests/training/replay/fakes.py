"""A desk that knows what it was told, and a trainer of such desks: replays without any model."""

from collections.abc import Sequence
from datetime import UTC, datetime

from training.knowledge.publish import SuggestionRow
from training.replay.desk import Desk
from training.replay.timeline import Event, LabelsKnown, LinkKnown
from training.replay.trainer import Progress, Trainer
from triage.decision import Action, Decision, FieldDecision
from triage.errors import TrainingError
from triage.ticket import Ticket

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class FakeDesk(Desk):
    """Decides by all labels that it knows; its top list shows them."""

    def __init__(self, moment: float, known: Sequence[Event], suggests: bool) -> None:
        self._moment = moment
        self._suggests = suggests
        self.labels: list[str] = []
        self.links: list[str] = []
        for event in known:
            self.learn(event)

    @property
    def trained_at(self) -> float:
        return self._moment

    def read(self, tickets: Sequence[Ticket]) -> None:
        assert tickets

    def learn(self, event: Event) -> None:
        if isinstance(event, LabelsKnown):
            self.labels.append(f"{event.past.ticket.ticket_id}={event.past.labels['category']}")
        elif isinstance(event, LinkKnown):
            self.links.append(f"{event.link.ticket_id}={event.link.article_id}")

    def decide(self, tickets: Sequence[Ticket]) -> list[Decision]:
        top = tuple((label, 0.5) for label in sorted(self.labels))
        said = FieldDecision("category", "x", 0.5, None, Action.SUGGEST, None, top)
        version = f"at-{self._moment:.0f}"
        return [Decision("", one.ticket_id, version, NOW, {"category": said}) for one in tickets]

    def suggest(self, tickets: Sequence[Ticket]) -> list[SuggestionRow] | None:
        if not self._suggests:
            return None
        return [SuggestionRow(one.ticket_id, tuple(sorted(self.links)), ()) for one in tickets]


class FakeTrainer(Trainer):
    """Notes when it was asked; teaches nothing at the times named."""

    def __init__(self, *, suggests: bool = False, untaught: Sequence[float] = ()) -> None:
        self.asked: list[float] = []
        self.untaught = untaught
        self.suggests = suggests

    def train(self, moment: float, known: list[Event], progress: Progress) -> FakeDesk:
        self.asked.append(moment)
        progress("learning")
        if moment in self.untaught:
            raise TrainingError(f"nothing at {moment:.0f}")
        return FakeDesk(moment, known, self.suggests)
