"""The admin's word on personal data, as JSON."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from serving.schemas.base import Input, Output

__all__ = ["EXAMPLE_PRIVACY", "PrivacyPolicyIn", "PrivacyPolicyOut"]

KeptName = Literal[
    "tickets",
    "decisions",
    "suggestions",
    "messages",
    "notices",
    "incidents",
    "alerts",
    "forecasts",
    "runs",
]

RedactionName = Literal["off", "learning", "stored"]

EXAMPLE_PRIVACY: dict[str, Any] = {
    "retention": {"tickets": 1095, "messages": 30},
    "retrain_days": 30,
    "redaction": "learning",
}


class PrivacyPolicyIn(Input):
    """How long what is kept, how soon models follow an erasure, where texts are redacted."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_PRIVACY]})

    retention: dict[KeptName, Annotated[int, Field(ge=1, le=36_500)]] = Field(
        default_factory=dict, description="Days by kind of record; what is not named is kept."
    )
    retrain_days: Annotated[int, Field(ge=0, le=36_500)] = Field(
        default=30, description="Days after an erasure by which no model that knows the ticket may answer."
    )
    redaction: RedactionName = Field(
        default="off",
        description="Takes addresses, numbers, secrets and known names out of texts: `learning` before a "
        "model learns or decides, `stored` before anything is stored.",
    )


class PrivacyPolicyOut(Output):
    """How long what is kept, how soon models follow an erasure, where texts are redacted."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_PRIVACY]})

    retention: dict[KeptName, int]
    retrain_days: int
    redaction: RedactionName
