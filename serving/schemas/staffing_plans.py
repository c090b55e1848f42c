"""A staffing plan asked for, what if, and what is answered."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from serving.schemas.base import Input, Moment, Output, SafeText
from serving.schemas.forecasts import IntervalName
from serving.schemas.staffing import PercentileName

__all__ = ["EXAMPLE_PLAN", "PlanOut", "PlanRequestIn", "ScheduleName"]

ScheduleName = Literal["none", "agents", "proposed"]
Name = Annotated[SafeText, Field(min_length=1, max_length=200)]
Percent = Annotated[float, Field(ge=-99, le=1_000)]

EXAMPLE_SPREAD = {"p50": 11.2, "p80": 13.0, "p95": 15.4}
EXAMPLE_ROW: dict[str, Any] = {
    "team": "Network",
    "start": "2026-03-03T09:00:00Z",
    "end": "2026-03-03T10:00:00Z",
    "open_hours": 1.0,
    "volume": {"p50": 31.0, "p80": 37.0, "p95": 44.0},
    "handle_s": 742.0,
    "workload_hours": {"p50": 6.4, "p80": 7.6, "p95": 9.2},
    "required": {"p50": 7.9, "p80": 9.1, "p95": 10.8},
    "required_paid": EXAMPLE_SPREAD,
    "scheduled": 12.0,
    "net": -1.0,
    "shortage_probability": 0.34,
    "service_level": 0.84,
    "backlog": 18.2,
    "oldest_age_hours": 3.0,
    "breach_probability": 0.07,
    "cost": 462.0,
}
EXAMPLE_DAY: dict[str, Any] = {
    "team": "Network",
    "start": "2026-03-03T08:00:00Z",
    "end": "2026-03-03T18:00:00Z",
    "probability": 0.41,
    "needed": {"p50": 108.0, "p80": 121.5, "p95": 139.0},
    "scheduled_hours": 110.0,
    "due_hours": 6.5,
    "people_short": 1.2,
    "worst": "2026-03-03T09:00:00Z",
}
EXAMPLE_TOTALS: dict[str, Any] = {
    "team": "Network",
    "paid_hours": {"p50": 512.0, "p80": 574.5, "p95": 641.0},
    "peak": 13.0,
    "scheduled_hours": 560.0,
    "hours_over": 41.0,
    "hours_under": 55.5,
    "cost": 21_560.0,
    "on_time": 0.981,
    "service_level": 0.84,
}


class ChannelChangeIn(Input):
    """A new promise of one channel; what is left out stays as it is."""

    service_level: float | None = Field(None, gt=0, lt=1)
    within_s: float | None = Field(None, ge=0, le=86_400)
    patience_s: float | None = Field(None, ge=1, le=86_400)
    occupancy: float | None = Field(None, ge=0.05, le=1)
    shrinkage: float | None = Field(None, ge=0, le=0.95)
    deadline: SafeText | None = Field(None, max_length=20)


class EventIn(Input):
    """Something known to come: so much more or less volume in a span of time."""

    start: Moment
    end: Moment
    percent: Percent
    labels: Annotated[list[Name], Field(max_length=2_000)] | None = None


class ChangeIn(Input):
    """What if."""

    volume_percent: Percent | None = Field(None, description="-10: one in ten deflected or automated.")
    label_percents: Annotated[dict[Name, Percent], Field(max_length=2_000)] | None = None
    handle_time_percent: Percent | None = None
    absence_percent: float | None = Field(None, ge=0, le=95, description="Of those who would be there.")
    percentile: PercentileName | None = None
    channels: Annotated[dict[Name, ChannelChangeIn], Field(max_length=50)] | None = None
    events: Annotated[list[EventIn], Field(max_length=200)] | None = None


class PlanRequestIn(Input):
    """A plan from the newest forecast."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"interval": "hour", "schedule": "agents"},
                {
                    "interval": "day",
                    "change": {"volume_percent": 15, "channels": {"tickets": {"deadline": "next day"}}},
                    "baseline": "March as planned",
                },
            ]
        }
    )

    interval: IntervalName = "hour"
    schedule: ScheduleName = Field(
        "none",
        description="What the requirement is held against: nothing, the agents' shifts and absences, or "
        "shifts that are proposed.",
    )
    schedule_file: SafeText | None = Field(
        None, max_length=2_000_000, description="Or a schedule as CSV (`team,start,end,agents`) or iCalendar."
    )
    change: ChangeIn | None = None
    baseline: Name | None = Field(None, description="Name of a plan that was kept, to compare with.")
    use_overrides: bool = Field(
        False, description="Whether planners' own figures (`/v1/forecasts/overrides`) go before the model's."
    )

    def change_document(self) -> dict[str, Any]:
        """Return the change as :func:`triage.staffing.change_document.read_change` reads it."""
        return {} if self.change is None else self.change.model_dump(mode="json", exclude_none=True)


EXAMPLE_PLAN: dict[str, Any] = {
    "origin": "2026-03-02T00:00:00Z",
    "snapshot_id": "7d1f0d9fb05e4c3f9a0e7c5a1b2d3c4e",
    "interval": "hour",
    "percentile": "P80",
    "cost": 21_560.0,
    "totals": [EXAMPLE_TOTALS],
    "rows": [EXAMPLE_ROW],
    "days": [EXAMPLE_DAY],
    "shifts": None,
    "compared": None,
    "notes": [],
}


class SpreadOut(Output):
    """A figure in the middle future, and in those that one in five and one in twenty exceed."""

    p50: float
    p80: float
    p95: float


class PlanRowOut(Output):
    """One team in one interval; people are heads, hours are hours of the clock."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ROW]})

    team: str
    start: datetime
    end: datetime
    open_hours: float
    volume: SpreadOut = Field(description="Tickets that arrive.")
    handle_s: float
    workload_hours: SpreadOut
    required: SpreadOut = Field(description="People on the floor.")
    required_paid: SpreadOut = Field(description="People to be paid, shrinkage included.")
    scheduled: float | None
    net: float | None = Field(description="Scheduled less required at the plan's percentile.")
    shortage_probability: float | None = Field(
        description="That the work takes more people than are scheduled, by more than 5 %."
    )
    service_level: float | None
    backlog: float = Field(description="Deferred tickets expected to be open at the end.")
    oldest_age_hours: float = Field(description="Business hours, at the plan's percentile.")
    breach_probability: float
    cost: float


class CapacityDayOut(Output):
    """A local day of one team held against the schedule."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_DAY]})

    team: str
    start: datetime
    end: datetime
    probability: float = Field(description="That the work takes more hours than are scheduled.")
    needed: SpreadOut = Field(description="Paid hours that it takes.")
    scheduled_hours: float
    due_hours: float = Field(description="Of those needed, for tickets open at the start and due then.")
    people_short: float = Field(description="People who lack at the worst time of the day.")
    worst: datetime = Field(description="When that time begins.")


class TeamTotalsOut(Output):
    """One team over the whole plan."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_TOTALS]})

    team: str
    paid_hours: SpreadOut
    peak: float
    scheduled_hours: float | None
    hours_over: float | None
    hours_under: float | None
    cost: float
    on_time: float | None
    service_level: float | None


class ShiftOut(Output):
    """People of one team who work at the same time."""

    team: str
    start: datetime
    end: datetime
    agents: int
    agent: str | None


class SideOut(Output):
    """One of two plans."""

    paid_hours: float
    peak: float | None
    cost: float
    on_time: float | None
    service_level: float | None


class ComparedOut(Output):
    """A team in both plans, all teams together where `team` is null."""

    team: str | None
    before: SideOut | None
    after: SideOut | None
    hours: float = Field(description="More hours required; below 0: fewer.")
    cost: float


class PlanOut(Output):
    """People required, and what becomes of the work."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_PLAN]})

    origin: datetime
    snapshot_id: str = Field(description="The forecast that it rests on.")
    interval: IntervalName
    percentile: PercentileName
    cost: float
    totals: list[TeamTotalsOut]
    rows: list[PlanRowOut]
    days: list[CapacityDayOut] = Field(description="Empty where nothing is held against the requirement.")
    shifts: list[ShiftOut] | None
    compared: list[ComparedOut] | None
    notes: list[str]
