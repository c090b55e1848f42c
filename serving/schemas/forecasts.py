"""A published forecast."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from pydantic import ConfigDict, Field

from serving.schemas.base import Output
from triage.store.snapshots import Snapshot, SnapshotRow

__all__ = ["ForecastOut", "IntervalName"]

IntervalName = Literal["day", "hour", "30min"]
EXAMPLE_POINT: dict[str, Any] = {
    "start": "2026-03-03T00:00:00Z",
    "mean": 41.2,
    "q05": 28.0,
    "q10": 31.0,
    "q20": 34.0,
    "q50": 41.0,
    "q80": 48.0,
    "q90": 52.0,
    "q95": 55.0,
    "spike_threshold": 63.0,
    "spike_probability": 0.01,
    "override": None,
}


class PointOut(Output):
    """The forecast for the interval that begins at `start`: mean and quantiles of the count."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_POINT]})

    start: datetime
    mean: float
    q05: float
    q10: float
    q20: float
    q50: float
    q80: float
    q90: float
    q95: float
    spike_threshold: float = Field(description="From this count on it is a demand spike.")
    spike_probability: float
    override: float | None = Field(
        description="A planner's own figure for it, which changes none of the others; who and why: "
        "`GET /v1/forecasts/overrides`."
    )


class SeriesOut(Output):
    """One series, such as `all` or `team=Network`."""

    series: str
    points: list[PointOut] = Field(description="In the order of time.")


class ForecastOut(Output):
    """The newest snapshot at an interval, as it was published."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "snapshot_id": "7d1f0d9fb05e4c3f9a0e7c5a1b2d3c4e",
                    "interval": "day",
                    "horizon": 14,
                    "origin": "2026-03-03T00:00:00Z",
                    "created_at": "2026-03-03T00:05:12Z",
                    "basis": {"days": 180},
                    "series": [{"series": "all", "points": [EXAMPLE_POINT]}],
                }
            ]
        }
    )

    snapshot_id: str
    interval: IntervalName
    horizon: int = Field(description="Intervals forecast after the origin.")
    origin: datetime = Field(description="End of the history that it was made from.")
    created_at: datetime
    basis: dict[str, Any] = Field(description="What it rests on.")
    series: list[SeriesOut]

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        interval: IntervalName,
        only: str | None,
        own: Mapping[tuple[str, datetime], float],
    ) -> "ForecastOut":
        """Translate, all series or only one, with planners' own figures by series and start."""
        return cls(
            snapshot_id=snapshot.snapshot_id,
            interval=interval,
            horizon=snapshot.horizon,
            origin=snapshot.origin,
            created_at=snapshot.created_at,
            basis=dict(snapshot.basis),
            series=[
                SeriesOut(series=name, points=[_point(row, own) for row in rows])
                for name, rows in groupby(snapshot.rows, key=lambda row: row.series)
                if only is None or name == only
            ],
        )


def _point(row: SnapshotRow, own: Mapping[tuple[str, datetime], float]) -> PointOut:
    model = {name: getattr(row, name) for name in PointOut.model_fields if name != "override"}
    return PointOut(**model, override=own.get((row.series, row.start)))
