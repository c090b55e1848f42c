"""The routing section of a policy, as JSON."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from serving.schemas.base import Input, Output, Probability, SafeText
from triage.errors import ConfigurationError
from triage.routing.policy import RoutingPolicy
from triage.routing.policy_document import read_routing

__all__ = ["EXAMPLE_ROUTING", "RoutingIn", "RoutingOut"]

ModeName = Literal["off", "shadow", "suggest", "apply"]
Name = Annotated[SafeText, Field(min_length=1, max_length=400)]
Level = Annotated[int, Field(ge=1, le=99)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]

EXAMPLE_ROUTING: dict[str, Any] = RoutingPolicy().to_document() | {
    "skills": {"network": {"vpn": 2}},
    "effort": {"urgent": 2.0},
    "default_capacity": 8.0,
    "seniorities": ["junior", "senior"],
    "least_seniority": {"urgent": "senior"},
    "teams": {
        "Network": {"mode": "suggest", "escalates_to": ["Platform"], "country": None, "works_holidays": False}
    },
}


class FairShareIn(Input):
    """How much more than an equal share of a team's tickets one agent may be given."""

    factor: Annotated[float, Field(ge=1)] = Field(2.0, description="Times an equal share, by capacity.")
    days: Annotated[int, Field(ge=1, le=366)] = Field(7, description="The window that is counted.")
    minimum: Annotated[int, Field(ge=1)] = Field(5, description="So many may always be given.")


class TeamRoutingIn(Input):
    """What differs in one team."""

    mode: ModeName | None = Field(None, description="Null: as far as the field `assignee` may.")
    escalates_to: list[Name] = Field(
        default_factory=list, description="Teams asked in this order for a grave ticket that finds nobody."
    )
    country: Annotated[SafeText, Field(min_length=2, max_length=8)] | None = Field(
        None, description="Whose public holidays hold (`DE-BY`); null: the workspace's."
    )
    works_holidays: bool = Field(False, description="True: shifts begin on public holidays, too.")


class QueueIn(Input):
    """How much priority, a nearing due time and waiting count."""

    priorities: dict[Name, Positive] = Field(
        default_factory=lambda: {"low": 1.0, "normal": 2.0, "high": 4.0, "urgent": 8.0},
        description="Weight by priority.",
    )
    exposure: NotNegative = Field(1.0, description="Times its weight that a ticket gains until it is due.")
    per_day: NotNegative = Field(1.0, description="What each day of waiting adds.")


class RoutingIn(Input):
    """Who may be given which tickets, and how many; what is left out follows the default."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ROUTING]})

    skills: dict[Name, dict[Name, Level]] = Field(
        default_factory=dict, description="By category: skills that its tickets need, with the least level."
    )
    effort: dict[Name, Positive] = Field(
        default_factory=dict, description="By priority: slots a ticket takes."
    )
    default_capacity: NotNegative | None = Field(None, description="Of agents without one; null: no limit.")
    seniorities: list[Name] = Field(default_factory=list, description="Least first.")
    least_seniority: dict[Name, Name] = Field(default_factory=dict, description="By priority.")
    escalated: list[Name] = Field(
        default_factory=lambda: ["urgent"], description="Priorities that go the escalation path."
    )
    match_language: bool = Field(True, description="Hold back who does not speak the ticket's language.")
    least_affinity: Probability = Field(0.0, description="Agents below are suggested, never assigned.")
    headroom_weight: NotNegative = Field(0.5, description="How much free room counts beside affinity.")
    fair_share: FairShareIn | None = Field(default_factory=FairShareIn, description="Null: no cap.")
    teams: dict[Name, TeamRoutingIn] = Field(default_factory=dict, description="By team.")
    queue: QueueIn = Field(default_factory=QueueIn, description="The order of an agent's tickets.")

    @model_validator(mode="after")
    def _fits_together(self) -> "RoutingIn":
        try:
            read_routing(self.model_dump())
        except ConfigurationError:
            raise ValueError(
                "Got a least_seniority that is not one of seniorities; expected one of them for each priority."
            ) from None
        return self


class FairShareOut(Output):
    """How much more than an equal share of a team's tickets one agent may be given."""

    factor: float
    days: int
    minimum: int


class TeamRoutingOut(Output):
    """What differs in one team."""

    mode: ModeName | None
    escalates_to: list[str]
    country: str | None
    works_holidays: bool


class QueuePolicyOut(Output):
    """How much priority, a nearing due time and waiting count."""

    priorities: dict[str, float]
    exposure: float
    per_day: float


class RoutingOut(Output):
    """Who may be given which tickets, and how many."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ROUTING]})

    skills: dict[str, dict[str, int]]
    effort: dict[str, float]
    default_capacity: float | None
    seniorities: list[str]
    least_seniority: dict[str, str]
    escalated: list[str]
    match_language: bool
    least_affinity: float
    headroom_weight: float
    fair_share: FairShareOut | None
    teams: dict[str, TeamRoutingOut]
    queue: QueuePolicyOut
