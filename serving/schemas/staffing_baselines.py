"""Plans that were kept: to compare others with, and to hold against what came."""

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from serving.schemas.base import Output
from serving.schemas.staffing_plans import EXAMPLE_PLAN, PlanOut
from triage.store.staffing import StoredBaseline

__all__ = ["BaselineEntryOut", "BaselineListOut", "BaselineOut", "FollowedOut", "FollowedReportOut"]

EXAMPLE_BASELINE: dict[str, Any] = {
    "name": "March as planned",
    "snapshot_id": "7d1f0d9fb05e4c3f9a0e7c5a1b2d3c4e",
    "saved_at": "2026-03-02T09:30:00Z",
    "saved_by": "planner",
}


class BaselineOut(Output):
    """A plan that was kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_BASELINE | {"plan": EXAMPLE_PLAN}]})

    name: str
    snapshot_id: str
    saved_at: datetime
    saved_by: str
    plan: PlanOut

    @classmethod
    def of(cls, stored: StoredBaseline) -> "BaselineOut":
        """Translate; plans that were kept before days were held against schedules say nothing of that."""
        rows = [{"shortage_probability": None, **row} for row in stored.plan["rows"]]
        return cls(
            name=stored.name,
            snapshot_id=stored.snapshot_id,
            saved_at=stored.saved_at,
            saved_by=stored.saved_by,
            plan=PlanOut.model_validate({"days": [], **stored.plan, "rows": rows}),
        )


class BaselineEntryOut(Output):
    """A plan that was kept, without its figures."""

    name: str
    snapshot_id: str
    saved_at: datetime
    saved_by: str


class BaselineListOut(Output):
    """The plans that were kept, the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"baselines": [EXAMPLE_BASELINE]}]})

    baselines: list[BaselineEntryOut]


class FollowedOut(Output):
    """One team's plan against the tickets that came."""

    team: str
    tickets: float
    work_hours: float
    paid_hours: float
    hours_over: float
    hours_under: float
    on_time: float | None = Field(description="Deferred work that would have been done by its deadline.")
    service_level: float | None
    backlog: float


class FollowedReportOut(Output):
    """Had the plan been followed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "baseline": "March as planned",
                    "since": "2026-03-02T00:00:00Z",
                    "until": "2026-03-16T00:00:00Z",
                    "teams": [
                        {
                            "team": "Network",
                            "tickets": 1_204.0,
                            "work_hours": 402.5,
                            "paid_hours": 574.5,
                            "hours_over": 61.0,
                            "hours_under": 22.5,
                            "on_time": 0.974,
                            "service_level": None,
                            "backlog": 11.0,
                        }
                    ],
                }
            ]
        }
    )

    baseline: str
    since: datetime
    until: datetime
    teams: list[FollowedOut]
