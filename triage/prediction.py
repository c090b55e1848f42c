"""What a model says about a ticket, before anyone decides anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from triage.policy import Promise
from triage.priority_rule import PriorityRule
from triage.sla.foresight import Foresight

__all__ = [
    "Assessment",
    "Contribution",
    "Deletion",
    "Explanation",
    "Prediction",
    "SimilarTicket",
    "Vote",
    "Voter",
]


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
    """How much one part of a ticket, or of the model, spoke for a label against another or the average.

    Parameters
    ----------
    kind : str
        ``word`` or ``field`` (one of the ticket's own), ``meaning`` (the sentence embedding as a whole),
        ``neighbours`` (the vote of similar past tickets), ``other_words`` and ``other_fields`` (those not
        listed one by one, together), ``other`` (a further view of the ticket, as a whole), ``bias`` (what
        the model starts from before it reads anything), ``calibration`` (what held-out tickets taught of how
        sure to be), ``rest`` (what changed the probabilities besides: its parent or child field, or the
        pool's floor, :data:`triage.pooling.FLOOR`).
    name : str
        The word, ``name=value`` of a field, or a few words that say what it is.
    weight : float
        In logits after the model's own weighting; positive speaks for the label.
    """

    kind: str
    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Voter:
    """A similar past ticket that voted; ``similarity`` is a cosine, ``share`` that of the whole vote."""

    ticket_id: str
    similarity: float
    share: float


@dataclass(frozen=True, slots=True)
class Vote:
    """The similar past tickets that voted for one label, nearest first."""

    label: str
    voters: tuple[Voter, ...]

    @property
    def share(self) -> float:
        """Their share of the whole vote, between 0 and 1."""
        return sum(one.share for one in self.voters)


@dataclass(frozen=True, slots=True)
class Deletion:
    """What the model says of the ticket without one word or sentence.

    Parameters
    ----------
    kind : str
        ``word`` (every occurrence deleted) or ``sentence`` (one, or some that follow each other).
    text : str
        What was deleted.
    label : str
        The likeliest label without it.
    confidence : float
        Without it, the calibrated probability of the label explained.
    change : float
        By how much the log-odds of the label explained to its runner-up were higher with it. Changes of
        several deletions do not add up.
    """

    kind: str
    text: str
    label: str
    confidence: float
    change: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a label was predicted.

    Parameters
    ----------
    field : str
        See :data:`triage.ticket.FIELDS`.
    label : str
        The likeliest one.
    contributions : tuple of Contribution
        Against the average label: the strongest words and fields, strongest first, then the meaning.
    against : str, optional
        The runner-up; None where there is no other label.
    log_odds : float, optional
        Of the label to the runner-up: ``log p(label) - log p(against)``.
    parts : tuple of Contribution
        Against the runner-up: the strongest words and fields, strongest first, then all else. They add up
        to ``log_odds``.
    votes : tuple of Vote
        Of the label and of its runner-up, where similar past tickets vote and there is text to compare.
    voters : int
        How many similar past tickets voted in all.
    deletions : tuple of Deletion
        Largest change first; empty unless asked for.
    """

    field: str
    label: str
    contributions: tuple[Contribution, ...]
    against: str | None = None
    log_odds: float | None = None
    parts: tuple[Contribution, ...] = ()
    votes: tuple[Vote, ...] = ()
    voters: int = 0
    deletions: tuple[Deletion, ...] = ()


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
    foresight : Foresight or None
        What is expected of the ticket's time; None where the history did not tell.
    promises : Mapping of str to Promise or None
        By field, when to trust these predictions, of a ticket that lacks the form which the history had; None
        for all others, of which the model's promises hold.
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
    foresight: Foresight | None = None
    promises: Mapping[str, Promise] | None = None

    @property
    def lacks_form(self) -> bool:
        """Whether the ticket lacks the form that the history had, and was answered without."""
        return self.promises is not None
