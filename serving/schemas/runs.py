"""A run: asking for a training or a forecast, and how far it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from pydantic import ConfigDict, Field

from serving.schemas.base import FieldName, Input, Output
from triage.store.runs import Run

__all__ = ["ForecastRunIn", "KindName", "RunListOut", "RunOut", "TrainingRunIn"]

KindName = Literal["train", "forecast", "gaps"]
SeriesField = FieldName | Literal["channel"]
StateName = Literal["queued", "running", "succeeded", "failed", "cancelled"]
FIRST_FORECAST: dict[str, Any] = {
    "days": 28,
    "hours": 72,
    "half_hours": 0,
    "by": ["category", "team", "priority", "channel"],
}
EXAMPLE_RUN: dict[str, Any] = {
    "run_id": "9b7c2f6d1e0a4c5bb1d3f0a2c4e6d8f0",
    "kind": "train",
    "state": "running",
    "stage": "learning category from words",
    "progress": 0.35,
    "parameters": {"targets": ["category", "team"]},
    "result": None,
    "problem": None,
    "requested_by": "admin",
    "created_at": "2026-03-03T09:00:00Z",
    "started_at": "2026-03-03T09:00:01Z",
    "finished_at": None,
    "updated_at": "2026-03-03T09:00:41Z",
}


class TrainingRunIn(Input):
    """What to learn."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"targets": ["category", "team"]}]})

    targets: Annotated[list[FieldName], Field(min_length=1, max_length=7)] | None = Field(
        None, description="Fields to learn; by default all that the workspace's tickets have."
    )

    def parameters(self) -> dict[str, Any]:
        """Return what the worker is told."""
        return self.model_dump(mode="json")


class ForecastRunIn(Input):
    """How far ahead to look; what is left out is as in the workspace's last forecast."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"days": 28, "hours": 72}, {"half_hours": 96, "by": ["channel"]}]}
    )

    days: int | None = Field(
        None, ge=1, le=366, description="Days ahead, by day; by default as last time, at first 28."
    )
    hours: int | None = Field(
        None, ge=1, le=1_000, description="Hours ahead, by hour; by default as last time, at first 72."
    )
    half_hours: int | None = Field(
        None,
        ge=0,
        le=1_000,
        description="Half hours ahead; 0 makes no forecast by them. By default as last time, at first 0.",
    )
    by: Annotated[list[SeriesField], Field(max_length=8)] | None = Field(
        None,
        description="Fields whose labels get a series each, beside the total; empty ones are left out. By "
        "default as last time, at first category, team, priority and channel.",
    )

    def parameters(self, last: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return what the worker is told; ``last`` is what it was told last, None where it never was."""
        kept = {name: value for name, value in (last or {}).items() if name in FIRST_FORECAST}
        return FIRST_FORECAST | kept | self.model_dump(mode="json", exclude_none=True)


class RunProblemOut(Output):
    """Why a run could not be done."""

    title: str
    detail: str = Field(description="What was given, what was expected, what to do.")


class RunOut(Output):
    """One training or forecast."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_RUN]})

    run_id: str
    kind: KindName
    state: StateName
    stage: str = Field(description="What it is doing, in words.")
    progress: float = Field(description="Share done, 0 to 1.")
    parameters: dict[str, Any] = Field(description="What was asked for.")
    result: dict[str, Any] | None = Field(
        description="What came of it: a training's `version`, whether it was `promoted` and why; a "
        "forecast's `snapshots`."
    )
    problem: RunProblemOut | None = Field(description="Why it failed.")
    requested_by: str = Field(description="Name of the key that asked.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    updated_at: datetime = Field(description="When something last happened.")

    @classmethod
    def of(cls, run: Run) -> "RunOut":
        """Translate."""
        return cls(
            run_id=run.run_id,
            kind=cast(KindName, run.kind),
            state=cast(StateName, run.state),
            stage=run.stage,
            progress=run.progress,
            parameters=dict(run.parameters),
            result=None if run.result is None else dict(run.result),
            problem=None if run.problem is None else _problem(run.problem),
            requested_by=run.requested_by,
            created_at=run.created_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
            updated_at=run.updated_at,
        )


class RunListOut(Output):
    """Runs, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"runs": [EXAMPLE_RUN]}]})

    runs: list[RunOut]


def _problem(kept: Mapping[str, Any]) -> RunProblemOut:
    return RunProblemOut(title=kept["title"], detail=kept["detail"])
