"""What people said about a decision."""

from datetime import datetime
from typing import Annotated, Any, Literal, cast

from pydantic import ConfigDict, Field

from serving.schemas.base import FieldName, Input, Output, SafeText
from triage.feedback import Feedback, Verdict

__all__ = ["EXAMPLE_FEEDBACK", "FeedbackIn", "FeedbackOut", "VerdictName"]

VerdictName = Literal["accepted", "replaced", "skipped"]

EXAMPLE_FEEDBACK: dict[str, Any] = {
    "feedback_id": "0d7c0e4bb6f24c39a0b7b3a0f4f1a8a2",
    "field": "category",
    "verdict": "replaced",
    "value": "hardware",
    "actor": "dana",
    "created_at": "2026-03-02T09:41:00Z",
}


class FeedbackOut(Output):
    """One person's word on one field."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_FEEDBACK]})

    feedback_id: str
    field: FieldName
    verdict: VerdictName
    value: str | None = Field(description="The right value; null when skipped.")
    actor: str
    created_at: datetime

    @classmethod
    def of(cls, one: Feedback) -> "FeedbackOut":
        """Translate."""
        return cls(
            feedback_id=one.feedback_id,
            field=cast(FieldName, one.field),
            verdict=one.verdict.value,
            value=one.value,
            actor=one.actor,
            created_at=one.created_at,
        )


class FieldFeedbackIn(Input):
    """What was done with one field's value."""

    verdict: VerdictName = Field(description="What was done with the decided value.")
    value: Annotated[SafeText, Field(min_length=1, max_length=400)] | None = Field(
        None, description="With `replaced`: the right value."
    )

    @property
    def kind(self) -> Verdict:
        """The verdict as the heart knows it."""
        return Verdict(self.verdict)


class FeedbackIn(Input):
    """What somebody did with a decision, by field; fields not named are not judged."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"actor": "dana", "fields": {"category": {"verdict": "replaced", "value": "hardware"}}}
            ]
        }
    )

    actor: Annotated[SafeText, Field(min_length=1, max_length=320)] | None = Field(
        None, description="Who judged, when the key speaks for somebody; by default the key's name."
    )
    fields: Annotated[dict[FieldName, FieldFeedbackIn], Field(min_length=1)] = Field(description="By field.")
