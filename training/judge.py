"""Has a bundle decide labelled tickets and keeps, field by field, what was said and what people decided.

Decides by the engine, as in service, with nothing held back by a policy. Measures nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.cleaning import clean_text
from features.model import TicketModel
from triage.bundle import Bundle
from triage.decision import Action
from triage.engine import triage_tickets
from triage.policy import Policy, Promise
from triage.prediction import Assessment, Prediction
from triage.priority_route import route_priority
from triage.ticket import PastTicket, Ticket

__all__ = ["JudgedField", "JudgedTickets", "Progress", "judge_tickets"]

BATCH = 256
VECTORS = 1_000
"""Tickets whose vectors are kept for drift, evenly spread."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class JudgedField:
    """One field's tickets that have a label.

    Parameters
    ----------
    rows : list of int
        Their places among all tickets.
    truth : list of str
        Today's label of each.
    labels : tuple of str
        That the model knows, in column order; of a priority also those that only its matrix has.
    classes : ndarray of shape (n,)
        The truth as columns; -1 for a label that the model does not know.
    probabilities : ndarray of shape (n, n_labels), float32
    actions, reasons : list
        What was decided, and why not more.
    lacks_form : ndarray of shape (n,), bool
        Which tickets lack the form that the history had.
    own : Promise or None
        What they were held to; None where none lacks it.
    """

    rows: list[int]
    truth: list[str]
    labels: tuple[str, ...]
    classes: np.ndarray
    probabilities: np.ndarray
    actions: list[str]
    reasons: list[str | None]
    lacks_form: np.ndarray
    own: Promise | None = None

    @property
    def predicted(self) -> np.ndarray:
        """Column of each ticket's likeliest label."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @property
    def right(self) -> np.ndarray:
        """Whether the likeliest label is the true one."""
        return np.asarray(self.predicted == self.classes)

    @property
    def applied(self) -> np.ndarray:
        """Whether the value was applied."""
        return np.array([action == Action.APPLY.value for action in self.actions])


@dataclass(frozen=True, slots=True, eq=False)
class JudgedTickets:
    """All fields, and of all tickets their familiarity, whether they lack a form, and the vectors of some."""

    fields: dict[str, JudgedField]
    familiarity: np.ndarray
    vectors: np.ndarray
    lacks_form: np.ndarray


def judge_tickets(
    bundle: Bundle, tickets: Sequence[PastTicket], *, progress: Progress = lambda share: None
) -> JudgedTickets:
    """Decide all tickets batch by batch, keeping what was said about fields whose value is known.

    Parameters
    ----------
    bundle : Bundle
        Loaded.
    tickets : sequence of PastTicket
        In any order.
    progress : callable, optional
        Told the share done.
    """
    parts: dict[str, list[tuple[int, str, np.ndarray, str, str | None, bool]]] = {}
    own: Mapping[str, Promise] = {}
    labels: dict[str, tuple[str, ...]] = {}
    familiarity = np.empty(len(tickets))
    lacks_form = np.zeros(len(tickets), bool)
    vectors: list[np.ndarray] = []
    for row, past, decision in _decided(bundle, tickets, progress, vectors):
        assessment = decision.assessment
        familiarity[row] = assessment.familiarity
        lacks_form[row] = assessment.lacks_form
        own = assessment.promises or own
        for name, label in past.labels.items():
            if name not in decision.fields or name not in assessment.predictions:
                continue
            prediction = _decided_by(name, past.ticket, assessment)
            labels[name] = prediction.labels
            said = decision.fields[name]
            truth = bundle.manifest.taxonomy.current(name, label)
            # Half the memory; what was applied is already decided on the full numbers.
            chances = prediction.probabilities.astype(np.float32)
            told = said.action.value, said.reason, assessment.lacks_form
            parts.setdefault(name, []).append((row, truth, chances, *told))
    fields = {}
    for name in (one for one in bundle.model.promises if one in parts):
        rows, truths, stated, actions, reasons, bare = zip(*parts.pop(name), strict=True)
        place = {label: column for column, label in enumerate(labels[name])}
        classes = np.array([place.get(label, -1) for label in truths])
        fields[name] = JudgedField(
            list(rows),
            list(truths),
            labels[name],
            classes,
            np.stack(stated),
            list(actions),
            list(reasons),
            np.array(bare, bool),
            own.get(name) if any(bare) else None,
        )
    return JudgedTickets(fields, familiarity, np.array(vectors), lacks_form)


def _decided_by(name: str, ticket: Ticket, assessment: Assessment) -> Prediction:
    """Return what a field was decided by: of a priority that is what the matrix made of it, where it did."""
    own = assessment.predictions[name]
    rule = assessment.priority_rule
    if name != "priority" or rule is None:
        return own
    routed = route_priority(ticket, assessment, Policy())
    if routed is not None:
        return routed.prediction
    # As many columns as the others have, which the matrix leads to.
    more = tuple(one for one in rule.matrix.priorities if one not in own.labels)
    return Prediction(name, own.labels + more, np.append(own.probabilities, np.zeros(len(more))))


def _decided(
    bundle: Bundle, tickets: Sequence[PastTicket], progress: Progress, vectors: list[np.ndarray]
) -> Iterator[Any]:
    every = max(1, -(-len(tickets) // VECTORS))
    for at in range(0, len(tickets), BATCH):
        batch = tickets[at : at + BATCH]
        decisions = triage_tickets([past.ticket for past in batch], bundle.model, bundle.version, Policy())
        if isinstance(bundle.model, TicketModel) and bundle.model.encoder is not None:
            # The batch's texts were encoded a moment ago: the model still remembers their vectors.
            texts = [clean_text(past.ticket) for past in batch[-at % every :: every]]
            vectors += list(bundle.model.encoder.encode([text for text in texts if text]))
        yield from zip(range(at, at + len(batch)), batch, decisions, strict=True)
        progress((at + len(batch)) / len(tickets))
