"""What was decided, with everything that explains it."""

from datetime import datetime
from typing import Any, Literal, cast

from pydantic import ConfigDict, Field

from serving.schemas.assignments import EXAMPLE_ASSIGNMENT, AssignmentOut
from serving.schemas.base import FieldName, Output
from serving.schemas.duplicates import EXAMPLE_DUPLICATE, DuplicateOut
from serving.schemas.explanations import ExplanationOut
from serving.schemas.feedback import EXAMPLE_FEEDBACK, FeedbackOut
from serving.schemas.helping import (
    EXAMPLE_AUTO,
    EXAMPLE_REPLY,
    EXAMPLE_SIMILAR,
    AutoAnswerOut,
    ReplySuggestionOut,
    SimilarTicketOut,
)
from serving.schemas.knowledge import EXAMPLE_SUGGESTION, SuggestionOut
from serving.schemas.sla import EXAMPLE_SLA, SlaOut
from serving.schemas.unknown_values import EXAMPLE_UNKNOWN, UnknownValueOut
from serving.triage_answer import Answer
from triage.decision import Decision, FieldDecision
from triage.feedback import Feedback
from triage.prediction import Explanation
from triage.store.decisions import StoredDecision

__all__ = ["BatchOut", "DecisionOut", "DecisionRecordOut"]

LACKS_FORM = (
    "Whether its form (product, channel and the like) holds no value that was learnt, though nearly all of "
    "the history's did: what reads no form decided, by thresholds of its own."
)
EXAMPLE_FIELD: dict[str, Any] = {
    "value": "network",
    "confidence": 0.93,
    "threshold": 0.81,
    "action": "apply",
    "reason": None,
    "top": [{"label": "network", "confidence": 0.93}, {"label": "hardware", "confidence": 0.04}],
    "basis": None,
    "lifted": None,
}
EXAMPLE_RECORD: dict[str, Any] = {
    "decision_id": "5f0c7f7a3f0e4d0f8d1f7b0a4d9c2e11",
    "ticket_id": "T-1042",
    "model_version": "20260301-1",
    "created_at": "2026-03-02T09:30:01Z",
    "familiarity": 0.62,
    "language": "en",
    "lacks_form": False,
    "fields": {"category": EXAMPLE_FIELD},
}
EXAMPLE_DECISION: dict[str, Any] = EXAMPLE_RECORD | {
    "explanation": {
        "category": {
            "label": "network",
            "contributions": [{"kind": "word", "name": "vpn", "weight": 2.31}],
            "basis": None,
            "because": "network rather than hardware: the word “vpn” and 2 of the 3 most similar past "
            "tickets speak for it. Sure enough: 93 %, needs 81 %.",
            "against": "hardware",
            "log_odds": 3.15,
            "parts": [
                {"kind": "word", "name": "vpn", "weight": 2.05},
                {"kind": "neighbours", "name": "similar past tickets", "weight": 1.24},
                {"kind": "bias", "name": "the model's starting point", "weight": -0.14},
            ],
            "votes": [
                {
                    "label": "network",
                    "share": 0.91,
                    "voters": [
                        {"ticket_id": "T-0871", "similarity": 0.83, "share": 0.68},
                        {"ticket_id": "T-0552", "similarity": 0.77, "share": 0.23},
                    ],
                },
                {"label": "hardware", "share": 0.0, "voters": []},
            ],
            "voters": 3,
            "deletions": [
                {"kind": "word", "text": "vpn", "label": "hardware", "confidence": 0.31, "change": 3.4}
            ],
        }
    },
    "similar": [EXAMPLE_SIMILAR],
    "articles": [EXAMPLE_SUGGESTION],
    "duplicates": [EXAMPLE_DUPLICATE],
    "unknown_values": [EXAMPLE_UNKNOWN],
    "sla": EXAMPLE_SLA,
    "assignment": EXAMPLE_ASSIGNMENT,
    "replies": [EXAMPLE_REPLY],
    "auto_resolution": EXAMPLE_AUTO,
}


class LabelOut(Output):
    """A label with its calibrated probability."""

    label: str
    confidence: float


class LiftedOut(Output):
    """A priority that a rule of the policy raised."""

    rule: str
    before: str
    after: str


class FieldDecisionOut(Output):
    """The decision for one field."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_FIELD]})

    value: str | None = Field(
        description="The likeliest label, or one that must be caught though `top` has a likelier; null when "
        "there is no model."
    )
    confidence: float | None = Field(description="Its calibrated probability.")
    threshold: float | None = Field(
        description="What this label must reach to be applied; null: no threshold keeps the promise."
    )
    action: Literal["apply", "suggest", "abstain"] = Field(description="What the helpdesk should do.")
    reason: str | None = Field(description="Why it was not applied: a fixed code, or `guardrail:<name>`.")
    top: list[LabelOut] = Field(description="The likeliest labels, best first, before any rule raised one.")
    basis: str | None = Field(
        description="Of a priority: where it came from, in words; null for other fields."
    )
    lifted: LiftedOut | None = Field(
        description="The rule that raised the priority; confidence and threshold are of the value before."
    )

    @classmethod
    def of(cls, one: FieldDecision) -> "FieldDecisionOut":
        """Translate."""
        return cls(
            value=one.value,
            confidence=one.confidence,
            threshold=one.threshold,
            action=one.action.value,
            reason=one.reason,
            top=[LabelOut(label=label, confidence=confidence) for label, confidence in one.top],
            basis=one.basis,
            lifted=None
            if one.lifted is None
            else LiftedOut(rule=one.lifted.rule, before=one.lifted.before, after=one.lifted.after),
        )


class DecisionOut(Output):
    """A decision and what explains it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_DECISION]})

    decision_id: str
    ticket_id: str | None = Field(description="As given; null when the ticket had none.")
    model_version: str | None = Field(description="The model that answered; null when none is promoted.")
    created_at: datetime
    familiarity: float | None = Field(
        description="Share of known tickets that looked at least as strange as this one."
    )
    language: str | None = Field(
        description="Code of the language given or detected; null when nobody knows, as of a very short text."
    )
    lacks_form: bool = Field(description=LACKS_FORM)
    fields: dict[FieldName, FieldDecisionOut] = Field(
        description="By field; those that are `off` are absent."
    )
    explanation: dict[FieldName, ExplanationOut] = Field(description="By field, for the likeliest label.")
    similar: list[SimilarTicketOut] = Field(
        description="Solved tickets with what solved them, nearest first; then others that the model knows."
    )
    articles: list[SuggestionOut] = Field(description="Best first.")
    duplicates: list[DuplicateOut] = Field(
        description="Earlier tickets that it likely repeats, likeliest first; none below a chance of 0.1."
    )
    unknown_values: list[UnknownValueOut] = Field(
        description="Of the request's `values`, those that neither model nor priority matrix knows."
    )
    sla: SlaOut | None = Field(
        description="When it is due and what is expected of its time; null without a policy and a model that "
        "learnt times."
    )
    assignment: AssignmentOut | None = Field(
        description="Who should have it, and why; `fields.assignee` says the same. Null in a workspace "
        "without agents, and where assigning is `off`."
    )

    replies: list[ReplySuggestionOut] = Field(description="To start from, best first.")
    auto_resolution: AutoAnswerOut | None = Field(
        description="Whether an article is to be sent as the answer; null where the policy has that off."
    )

    @classmethod
    def of(cls, answer: Answer) -> "DecisionOut":
        """Translate."""
        decision, assessment = answer.decision, answer.decision.assessment
        return cls(
            decision_id=decision.decision_id,
            ticket_id=decision.ticket_id or None,
            model_version=decision.model_version,
            created_at=decision.created_at,
            familiarity=None if assessment is None else assessment.familiarity,
            language=None if assessment is None else assessment.language,
            lacks_form=assessment is not None and assessment.lacks_form,
            fields=_fields(decision),
            explanation=_explanations(decision),
            similar=_similar(answer),
            articles=[SuggestionOut.of(one) for one in answer.articles],
            duplicates=[DuplicateOut.of(one) for one in answer.duplicates],
            unknown_values=[UnknownValueOut.of(one) for one in decision.unknown_values],
            sla=None if answer.sla is None else SlaOut.of(answer.sla),
            assignment=None if answer.assignment is None else AssignmentOut.of(answer.assignment),
            replies=[ReplySuggestionOut.of(one) for one in answer.helping.replies],
            auto_resolution=None if answer.helping.auto is None else AutoAnswerOut.of(answer.helping.auto),
        )


class BatchOut(Output):
    """Decisions in the order of the tickets."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decisions": [EXAMPLE_DECISION]}]})

    decisions: list[DecisionOut]


class DecisionRecordOut(Output):
    """A decision as it was stored. Words and similar tickets are not kept: they would be ticket text."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [EXAMPLE_RECORD | {"feedback": [EXAMPLE_FEEDBACK]}]}
    )

    decision_id: str
    ticket_id: str | None
    model_version: str | None
    created_at: datetime
    familiarity: float | None
    language: str | None
    lacks_form: bool = Field(description=LACKS_FORM)
    fields: dict[FieldName, FieldDecisionOut]
    feedback: list[FeedbackOut] = Field(description="Oldest first.")

    @classmethod
    def of(cls, stored: StoredDecision, feedback: list[Feedback]) -> "DecisionRecordOut":
        """Translate."""
        decision = stored.decision
        return cls(
            decision_id=decision.decision_id,
            ticket_id=decision.ticket_id or None,
            model_version=decision.model_version,
            created_at=decision.created_at,
            familiarity=stored.familiarity,
            language=stored.language,
            lacks_form=stored.lacks_form,
            fields=_fields(decision),
            feedback=[FeedbackOut.of(one) for one in feedback],
        )


def _fields(decision: Decision) -> dict[FieldName, FieldDecisionOut]:
    return {cast(FieldName, name): FieldDecisionOut.of(one) for name, one in decision.fields.items()}


def _similar(answer: Answer) -> list[SimilarTicketOut]:
    """Return solved tickets first; the model's own past tickets fill what is left of those asked for."""
    solved = answer.helping.solved
    known = {one.ticket_id for one in solved}
    assessment = answer.decision.assessment
    learnt = [] if assessment is None else [one for one in assessment.similar if one.ticket_id not in known]
    room = 0 if assessment is None else max(0, len(assessment.similar) - len(solved))
    return [
        *(SimilarTicketOut.solved(one) for one in solved),
        *(SimilarTicketOut.learnt(one) for one in learnt[:room]),
    ]


def _explanations(decision: Decision) -> dict[FieldName, ExplanationOut]:
    """Explain every decided field; a priority through a matrix is not what the direct model weighed."""
    told = {} if decision.assessment is None else decision.assessment.explanations
    nothing = {
        name: Explanation(name, one.top[0][0], ())
        for name, one in decision.fields.items()
        if told and one.basis and one.top
    }
    return {
        cast(FieldName, name): ExplanationOut.of(one, decision.fields[name])
        for name, one in (dict(told) | nothing).items()
        if name in decision.fields
    }
