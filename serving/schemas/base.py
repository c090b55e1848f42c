"""What all schemas share: strict inputs, complete outputs, and text that every store can keep."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from triage.dot_ids import dots_problem

__all__ = ["AddressId", "FieldName", "Input", "Moment", "Output", "Probability", "SafeText"]

FieldName = Literal["category", "subcategory", "impact", "urgency", "priority", "team", "assignee"]
"""The fields that triage predicts; the same as :data:`triage.ticket.FIELDS`, which a test holds."""

EARLIEST, LATEST = 1970, 2200


class Input(BaseModel):
    """A request: unknown fields, numbers as text, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Output(BaseModel):
    """An answer: every field is always there."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


def _safe(text: str) -> str:
    if "\x00" in text:
        raise ValueError("Got the character U+0000 (NUL), which databases cannot keep; expected it removed.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("Got half of a surrogate pair, which is no character; expected valid Unicode.")
    return text


def _addressable(name: str) -> str:
    problem = dots_problem(name)
    if problem is not None:
        raise ValueError(problem)
    return name


def _written(value: Any) -> Any:
    if not isinstance(value, str | datetime):
        raise ValueError("Got a time that is not text; expected ISO 8601 with a zone: 2026-03-02T09:30:00Z.")
    return value


def _near(moment: datetime) -> datetime:
    if not EARLIEST <= moment.year <= LATEST:
        raise ValueError(f"Got a time outside the years {EARLIEST} to {LATEST}; expected one within.")
    return moment


SafeText = Annotated[str, AfterValidator(_safe)]
"""Text without NUL and without lone surrogates: PostgreSQL and UTF-8 can hold it."""

AddressId = Annotated[SafeText, AfterValidator(_addressable)]
"""An id that can be part of an address."""

Moment = Annotated[
    AwareDatetime,
    Field(strict=False, examples=["2026-03-02T09:30:00Z"]),
    BeforeValidator(_written, json_schema_input_type=AwareDatetime),
    AfterValidator(_near),
]
"""A time with a zone."""

Probability = Annotated[float, Field(ge=0, le=1, examples=[0.93])]
