"""What the heart asks of the rooms around it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from triage.knowledge import Suggestion
from triage.policy import Promise
from triage.prediction import Assessment
from triage.ticket import Ticket

__all__ = ["BundledSuggester", "Model", "Suggester"]


class Model(Protocol):
    """A trained model as the engine sees it; ``features.model.TicketModel`` is the real one."""

    @property
    def promises(self) -> Mapping[str, Promise]:
        """By field, what was learnt about when to trust it."""
        ...

    @property
    def fast(self) -> "Model | None":
        """The same model as it answers sooner, at a little less accuracy; None where it cannot."""
        ...

    @property
    def encoder(self) -> Any:
        """What turns texts into vectors, once opened; the bundle's suggester shares it."""
        ...

    def open(self, folder: Path, *, threads: int = 1) -> None:
        """Make ready to assess: find in a verified bundle folder what was not unpickled."""
        ...

    def assess(
        self, tickets: Sequence[Ticket], *, explain: bool = False, similar: int = 0, detail: bool = False
    ) -> list[Assessment]:
        """Say what is known about each ticket, in order; a ticket's answer does not depend on the others.

        ``explain`` asks for reasons, ``detail`` with it for what each deletion would change, ``similar`` for
        so many similar past tickets.
        """
        ...


class Suggester(Protocol):
    """Finds articles of one workspace that help with a ticket."""

    def suggest(self, ticket: Ticket, limit: int) -> list[Suggestion]:
        """Return at most ``limit`` articles, best first; one stored a moment ago can be among them."""
        ...


class BundledSuggester(Suggester, Protocol):
    """A suggester as a bundle holds it, with the articles of training time.

    ``features.knowledge.KnowledgeIndex`` is the real one.
    """

    @property
    def basis(self) -> str:
        """What it leans on: ``text``, ``links`` or ``learnt``."""
        ...

    def open(self, encoder: Any) -> None:
        """Make ready to suggest with the model's encoder."""
        ...
