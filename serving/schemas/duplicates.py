"""Earlier tickets that a new one likely repeats, as JSON."""

from typing import Any

from pydantic import ConfigDict, Field

from serving.schemas.base import Output
from triage.duplicate import Duplicate

__all__ = ["EXAMPLE_DUPLICATE", "DuplicateOut"]

EXAMPLE_DUPLICATE: dict[str, Any] = {"ticket_id": "T-1039", "chance": 0.64, "shared": ["vpn", "renewal"]}


class DuplicateOut(Output):
    """An earlier ticket that people would likely call the same."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_DUPLICATE]})

    ticket_id: str
    chance: float = Field(
        description="How often people linked such pairs; a training holds it to this workspace's habit."
    )
    shared: list[str] = Field(description="Words that both have and few others do, the most telling first.")

    @classmethod
    def of(cls, one: Duplicate) -> "DuplicateOut":
        """Translate."""
        return cls(ticket_id=one.ticket_id, chance=round(one.chance, 4), shared=list(one.shared))
