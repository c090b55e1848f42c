"""How a workspace is staffed: channels, teams, handle times, as a planner writes them down."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from serving.schemas.base import Input, Output, SafeText
from triage.store.staffing import StoredSetup

__all__ = ["EXAMPLE_SETUP", "PercentileName", "StaffingSetupIn", "StaffingSetupOut"]

PercentileName = Literal["P50", "P80", "P95"]
Name = Annotated[SafeText, Field(min_length=1, max_length=200)]
Share = Annotated[float, Field(ge=0, le=1)]

EXAMPLE_SETUP: dict[str, Any] = {
    "by": "category",
    "percentile": "P80",
    "zone": "Europe/Berlin",
    "channels": [
        {
            "name": "phone",
            "kind": "live",
            "share": 0.3,
            "service_level": 0.8,
            "within_s": 20,
            "patience_s": 120,
        },
        {"name": "tickets", "kind": "deferred", "share": 0.7, "deadline": "8h", "shrinkage": 0.3},
    ],
    "handle_time": {
        "default": {"mean_s": 600, "sd_s": 480},
        "labels": {"vpn": {"mean_s": 1200, "sd_s": 900}},
    },
    "teams": [
        {
            "name": "Network",
            "skills": ["vpn", "dns"],
            "hours": "Mon-Fri 08:00-18:00",
            "country": "DE",
            "cost_per_hour": 38.5,
            "agents": 12,
        }
    ],
}


class HandleTimeIn(Input):
    """Work that one ticket takes."""

    mean_s: float = Field(gt=0, le=2_592_000, description="Mean, in seconds of work.")
    sd_s: float | None = Field(
        None, ge=0, le=259_200_000, description="Standard deviation, in seconds; by default the mean."
    )


HandleTimeOrMean = Annotated[
    HandleTimeIn | Annotated[float, Field(gt=0, le=2_592_000)],
    Field(description="Or the mean alone, in seconds."),
]


class HandleTimesIn(Input):
    """Handle times by label."""

    default: HandleTimeOrMean | None = Field(None, description="Of labels not named; by default 10 minutes.")
    labels: Annotated[dict[Name, HandleTimeOrMean], Field(max_length=2_000)] | None = None


class OpenWorkIn(Input):
    """Tickets that are open when a plan begins."""

    tickets: float = Field(ge=0, le=1e9)
    label: Name | None = None
    age: SafeText | None = Field(None, max_length=20, description="Business hours, such as `4h`.")


class StaffingChannelIn(Input):
    """One way in: live (contacts wait in a line) or deferred (work that can wait for a while)."""

    name: Name
    kind: Literal["live", "deferred"] = "deferred"
    share: Share | None = Field(None, description="Of the tickets of each label, those that come this way.")
    shares: Annotated[dict[Name, Share], Field(max_length=2_000)] | None = None
    series: Name | None = Field(
        None,
        description="Series of the forecast that comes this way, such as `channel=phone`; no shares then.",
    )
    shrinkage: float | None = Field(None, ge=0, le=0.95, description="Paid time spent elsewhere.")
    occupancy: float | None = Field(None, ge=0.05, le=1, description="Most of the time people are busy.")
    handle_time: HandleTimeOrMean | None = None
    service_level: float | None = Field(None, gt=0, lt=1, description="Live: share answered in time.")
    within_s: float | None = Field(None, ge=0, le=86_400, description="Live: the time promised.")
    patience_s: float | None = Field(
        None, ge=1, le=86_400, description="Live: mean time until one gives up; none: nobody does."
    )
    concurrency: int | None = Field(None, ge=1, le=50, description="Live: contacts that one handles at once.")
    deadline: SafeText | None = Field(
        None, max_length=20, description="Deferred: `same day`, `next day`, or business hours: `8h`."
    )
    backlog: (
        Annotated[float, Field(ge=0, le=1e9)] | Annotated[list[OpenWorkIn], Field(max_length=500)] | None
    ) = Field(
        None,
        description="Deferred: what is open, a number of tickets or told apart; by default, plans take the "
        "workspace's open tickets.",
    )


class StaffedTeamIn(Input):
    """A team: what it may do, when it works, what an hour costs."""

    name: Name
    skills: Annotated[list[Name], Field(max_length=2_000)] | None = Field(
        None, description="Labels that it may do; `*`, the default, means all."
    )
    channels: Annotated[list[Name], Field(max_length=100)] | None = None
    hours: SafeText | None = Field(None, max_length=500, description="`Mon-Fri 08:00-18:00`; `24/7`.")
    zone: SafeText | None = Field(None, max_length=64)
    country: SafeText | None = Field(None, max_length=8, description="Whose public holidays: `DE-BY`.")
    holidays: Annotated[list[SafeText], Field(max_length=400)] | None = None
    cost_per_hour: float | None = Field(None, ge=0, le=1e9)
    agents: int | None = Field(None, ge=1, le=1_000_000, description="Most people there can be at once.")


class ShiftRulesIn(Input):
    """What shifts may be proposed."""

    starts: Annotated[list[SafeText], Field(min_length=1, max_length=48)] | None = None
    hours: Annotated[list[float], Field(min_length=1, max_length=10)] | None = None
    days: int | None = Field(None, ge=1, le=7, description="Days a person works in a week.")


class StaffingSetupIn(Input):
    """Everything that plans rest on besides the forecast."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_SETUP]})

    teams: Annotated[list[StaffedTeamIn], Field(min_length=1, max_length=200)]
    channels: Annotated[list[StaffingChannelIn], Field(min_length=1, max_length=50)] | None = None
    by: Name | None = Field(None, description="Field whose series carry the work: `category`, `team`.")
    handle_time: HandleTimesIn | None = None
    percentile: PercentileName | None = None
    zone: SafeText | None = Field(None, max_length=64)
    country: SafeText | None = Field(None, max_length=8)
    holidays: Annotated[list[SafeText], Field(max_length=400)] | None = None
    correlation: Share | None = None
    paths: int | None = Field(None, ge=50, le=10_000, description="Futures played through; by default 400.")
    seed: int | None = Field(None, ge=0, description="Of the futures.")
    shifts: ShiftRulesIn | None = None
    version: int | None = Field(
        None,
        ge=0,
        description="The version that the change was made from; then another's is not overwritten.",
    )

    def document(self) -> dict[str, Any]:
        """Return the setup as :func:`triage.staffing.document.read_setup` reads it."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"version"})


class StaffingSetupOut(Output):
    """The setup as it stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": 3,
                    "updated_at": "2026-03-02T09:30:00Z",
                    "updated_by": "planner",
                    "setup": EXAMPLE_SETUP,
                }
            ]
        }
    )

    version: int
    updated_at: datetime
    updated_by: str
    setup: dict[str, Any] = Field(description="As it was written.")

    @classmethod
    def of(cls, stored: StoredSetup) -> "StaffingSetupOut":
        """Translate."""
        return cls(
            version=stored.version,
            updated_at=stored.updated_at,
            updated_by=stored.updated_by,
            setup=dict(stored.document),
        )
