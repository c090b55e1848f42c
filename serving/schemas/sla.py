"""What an answer says of a ticket's time: when it is due, how long it may take, what may go wrong."""

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from serving.schemas.base import Output
from triage.sla.outlook import SlaOutlook

__all__ = ["EXAMPLE_SLA", "SlaOut"]

EXAMPLE_SLA: dict[str, Any] = {
    "policy": "gold customers",
    "response_due": "2026-03-02T10:30:00Z",
    "resolution_due": "2026-03-02T17:30:00Z",
    "resolution_hours": [
        {"level": 0.1, "hours": 0.4},
        {"level": 0.5, "hours": 3.2},
        {"level": 0.9, "hours": 41.0},
    ],
    "breach_probability": 0.31,
    "breach_basis": "past tickets that missed their promise",
    "reassignment_probability": 0.22,
}


class QuantileOut(Output):
    """So many hours from filing are enough with this probability."""

    level: float
    hours: float


class SlaOut(Output):
    """The promise of one ticket and what is expected of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_SLA]})

    policy: str | None = Field(description="Name of the policy that holds; null when none does.")
    response_due: datetime | None = Field(
        description="When the first answer is due; null without such a target."
    )
    resolution_due: datetime | None = Field(
        description="When the solution is due, pauses to come not counted; null without such a target."
    )
    resolution_hours: list[QuantileOut] = Field(
        description="Time from filing to the solution, by level; empty where the history did not tell."
    )
    breach_probability: float | None = Field(description="That the promise is missed; calibrated.")
    breach_basis: str | None = Field(description="Where that probability comes from, in words.")
    reassignment_probability: float | None = Field(description="That the ticket is handed on; calibrated.")

    @classmethod
    def of(cls, one: SlaOutlook) -> "SlaOut":
        """Translate."""
        hours = {} if one.foresight is None else one.foresight.resolution_hours
        return cls(
            policy=one.policy,
            response_due=one.response_due,
            resolution_due=one.resolution_due,
            resolution_hours=[QuantileOut(level=level, hours=at) for level, at in hours.items()],
            breach_probability=one.breach_probability,
            breach_basis=one.breach_basis,
            reassignment_probability=None if one.foresight is None else one.foresight.reassignment,
        )
