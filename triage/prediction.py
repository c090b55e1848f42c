"""What a model says about a ticket, before anyone decides anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from triage.priority_rule import PriorityRule

__all__ = ["Assessment", "Contribution", "Explanation", "Prediction", "SimilarTicket"]


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Calibrated probabilities of one field's labels for one ticket.

    Parameters
    ----------
    field : str
        See :data:`triage.ticket.FIELDS`.
    labels : tuple of str
        All labels that the model knows, in a fixed order.
    probabilities : ndarray of shape (n_labels,)
        Sum to 1, in the order of ``labels``.
    """

    field: str
    labels: tuple[str, ...]
    probabilities: npt.NDArray[np.float64]

    def top(self, count: int = 3) -> tuple[tuple[str, float], ...]:
        """Return the likeliest labels with their confidence, best first; ties keep the labels' order."""
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return tuple((self.labels[i], float(self.probabilities[i])) for i in order)


@dataclass(frozen=True, slots=True)
class Contribution:
    """How much one word or field spoke for a label, against the average label.

    ``kind`` is ``word`` or ``field`` (exact, from the linear part) or ``meaning`` (the share of the
    sentence embedding as a whole). ``weight`` is in logits after the model's own weighting: positive
    speaks for the label.
    """

    kind: str
    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a label was predicted: contributions, strongest first."""

    field: str
    label: str
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class SimilarTicket:
    """A past ticket that reads alike, with what became of it; ``similarity`` is a cosine."""

    ticket_id: str
    similarity: float
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that a model says about one ticket.

    Parameters
    ----------
    predictions : Mapping of str to Prediction
        By field.
    familiarity : float
        Share of held-out known tickets that looked at least as strange as this one, between 0 and 1, to the
        field with the most labels.
    explanations : Mapping of str to Explanation
        By field, for the likeliest label; empty unless asked for.
    similar : tuple of SimilarTicket
        Nearest first; empty unless asked for.
    language : str or None
        Code of the language that it is written in; None when nobody knows.
    unsupported : frozenset of str
        Fields that may not be decided in this language.
    familiar_to : Mapping of str to float
        The same as ``familiarity`` by field, for fields that have their own; below a hundredth the ticket is
        unlike anything that the field learnt from.
    priority_rule : PriorityRule or None
        How the helpdesk comes to its priorities; None where they are learnt directly.
    withheld : frozenset of str
        Fields of which nothing can be said of this ticket: no label of theirs is known to lie under its
        label in the field above. Their predictions are not to be used.
    """

    predictions: Mapping[str, Prediction]
    familiarity: float
    explanations: Mapping[str, Explanation] = field(default_factory=dict)
    similar: tuple[SimilarTicket, ...] = ()
    language: str | None = None
    unsupported: frozenset[str] = frozenset()
    familiar_to: Mapping[str, float] = field(default_factory=dict)
    priority_rule: PriorityRule | None = None
    withheld: frozenset[str] = frozenset()
