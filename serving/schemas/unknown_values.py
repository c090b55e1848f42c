"""Values of a request that nothing goes by, with the labels that are known."""

from typing import Any, cast

from pydantic import ConfigDict, Field

from serving.schemas.base import FieldName, Output
from triage.known_values import UnknownValue

__all__ = ["EXAMPLE_UNKNOWN", "UnknownValueOut"]

KNOWN_SHOWN = 50

EXAMPLE_UNKNOWN: dict[str, Any] = {
    "field": "impact",
    "value": "enormous",
    "known": ["low", "medium", "high"],
    "known_labels": 3,
}


class UnknownValueOut(Output):
    """A value of the request that nothing was decided by, since it is no label that is known."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_UNKNOWN]})

    field: FieldName
    value: str = Field(description="As given; it is never overwritten, and nothing follows from it.")
    known: list[str] = Field(description=f"Labels that are known, at most {KNOWN_SHOWN}.")
    known_labels: int = Field(description="How many there are.")

    @classmethod
    def of(cls, one: UnknownValue) -> "UnknownValueOut":
        """Translate."""
        return cls(
            field=cast(FieldName, one.field),
            value=one.value,
            known=list(one.known[:KNOWN_SHOWN]),
            known_labels=len(one.known),
        )
