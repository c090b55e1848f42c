"""Open tickets, their ages, and what becomes of them under the plan at hand."""

from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict, Field

from serving.schemas.base import Output

__all__ = ["BacklogReportOut"]

EXAMPLE: dict[str, Any] = {
    "at": "2026-03-02T09:30:00Z",
    "open": 214,
    "oldest_hours": 391.5,
    "ages": [{"from_hours": 0.0, "to_hours": 24.0, "tickets": 63}],
    "teams": [{"team": "Network", "tickets": 52, "median_age_hours": 30.2, "oldest_hours": 391.5}],
    "projection": [
        {
            "team": "Network",
            "day": "2026-03-03",
            "backlog": 41.0,
            "oldest_age_hours": 12.0,
            "breach_probability": 0.22,
        }
    ],
    "notes": [],
}


class AgeOut(Output):
    """Open tickets of an age; the last class has no upper end."""

    from_hours: float
    to_hours: float | None
    tickets: int


class TeamBacklogOut(Output):
    """Open tickets of one team; null: of none."""

    team: str | None
    tickets: int
    median_age_hours: float
    oldest_hours: float


class ProjectedDayOut(Output):
    """The end of one day under the plan at hand."""

    team: str
    day: date = Field(description="In the zone of the staffing setup.")
    backlog: float = Field(description="Tickets expected to be open.")
    oldest_age_hours: float = Field(description="Business hours, at the plan's percentile.")
    breach_probability: float = Field(description="That something due on the day is not done in time.")


class BacklogReportOut(Output):
    """What is open, how old it is, and how it goes on."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    at: datetime
    open: int
    oldest_hours: float
    ages: list[AgeOut]
    teams: list[TeamBacklogOut]
    projection: list[ProjectedDayOut] = Field(description="Empty without a staffing setup or a forecast.")
    notes: list[str]
