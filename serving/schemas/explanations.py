"""Explanations over HTTP: what spoke for a label, against which other, and which past tickets voted."""

from typing import Literal, cast

from pydantic import Field

from serving.plain_words import because
from serving.schemas.base import Output
from triage.decision import FieldDecision
from triage.prediction import Contribution, Deletion, Explanation, Vote

__all__ = ["ExplanationOut"]


class ContributionOut(Output):
    """How much one part spoke for the label, in logits; positive speaks for it."""

    kind: str = Field(
        description="`word`, `field`, `meaning`, `neighbours`, `other_words`, `other_fields`, `other`, "
        "`bias`, `calibration` or `rest`."
    )
    name: str
    weight: float

    @classmethod
    def of(cls, one: Contribution) -> "ContributionOut":
        """Translate."""
        return cls(kind=one.kind, name=one.name, weight=one.weight)


class VoterOut(Output):
    """A similar past ticket that voted."""

    ticket_id: str
    similarity: float = Field(description="Cosine.")
    share: float = Field(description="Of the whole vote.")


class VoteOut(Output):
    """The similar past tickets that voted for one label."""

    label: str
    share: float = Field(description="Of the whole vote, all its voters together.")
    voters: list[VoterOut] = Field(description="Nearest first.")

    @classmethod
    def of(cls, one: Vote) -> "VoteOut":
        """Translate."""
        voters = [
            VoterOut(ticket_id=voter.ticket_id, similarity=voter.similarity, share=voter.share)
            for voter in one.voters
        ]
        return cls(label=one.label, share=one.share, voters=voters)


class DeletionOut(Output):
    """What the model would say without one word or sentence."""

    kind: Literal["word", "sentence"]
    text: str
    label: str = Field(description="The likeliest label without it.")
    confidence: float = Field(description="Without it, that of the label explained.")
    change: float = Field(description="By how much `log_odds` is higher with it.")

    @classmethod
    def of(cls, one: Deletion) -> "DeletionOut":
        """Translate."""
        return cls(
            kind=cast(Literal["word", "sentence"], one.kind),
            text=one.text,
            label=one.label,
            confidence=one.confidence,
            change=one.change,
        )


class ExplanationOut(Output):
    """Why a label was predicted."""

    label: str
    contributions: list[ContributionOut] = Field(
        description="Against the average label: the strongest words and fields, strongest first, and the "
        "meaning. Empty where the label came through the matrix alone."
    )
    basis: str | None = Field(description="Of a priority: where it came from, in words.")
    because: str = Field(description="Why this label and why this action, in plain words.")
    against: str | None = Field(description="The runner-up; null when there is no other label.")
    log_odds: float | None = Field(description="Of the label to the runner-up, in nats.")
    parts: list[ContributionOut] = Field(
        description="Against the runner-up: the strongest words and fields, strongest first, then all else. "
        "They add up to `log_odds`."
    )
    votes: list[VoteOut] = Field(description="Of the label and of the runner-up, where past tickets vote.")
    voters: int = Field(description="How many similar past tickets voted in all.")
    deletions: list[DeletionOut] = Field(description="With `detail`: largest change first.")

    @classmethod
    def of(cls, one: Explanation, decision: FieldDecision) -> "ExplanationOut":
        """Translate; words that spoke for another label than the matrix led to explain nothing."""
        label = decision.top[0][0] if decision.top else one.label
        if one.label != label:
            one = Explanation(one.field, label, ())
        return cls(
            label=label,
            contributions=[ContributionOut.of(part) for part in one.contributions],
            basis=decision.basis,
            because=because(decision, one),
            against=one.against,
            log_odds=one.log_odds,
            parts=[ContributionOut.of(part) for part in one.parts],
            votes=[VoteOut.of(vote) for vote in one.votes],
            voters=one.voters,
            deletions=[DeletionOut.of(deletion) for deletion in one.deletions],
        )
