"""Who may be given which tickets, as JSON: the section ``routing`` of a policy."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from serving.routing_check import check_teams
from serving.schemas.base import Input, Output, Probability, SafeText
from triage.errors import ConfigurationError
from triage.policy import Policy
from triage.routing.policy import FairShare, RoutingPolicy
from triage.routing.queue_policy import QueuePolicy

__all__ = ["EXAMPLE_ROUTING", "RoutingPolicyIn", "RoutingPolicyOut"]

EXAMPLE_ROUTING: dict[str, Any] = RoutingPolicy().to_document() | {
    "skills": {"VPN": {"vpn": 2}},
    "effort": {"urgent": 2.0},
    "seniorities": ["junior", "regular", "senior"],
    "least_seniority": {"urgent": "senior"},
    "teams": {
        "Network": {
            "mode": "suggest",
            "escalates_to": ["Infrastructure"],
            "country": "DE-BY",
            "works_holidays": False,
        }
    },
}
DEFAULT, SHARE, QUEUE = RoutingPolicy(), FairShare(), QueuePolicy()

Name = Annotated[SafeText, Field(min_length=1, max_length=400)]
Names = Annotated[list[Name], Field(max_length=100)]
Slots = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Level = Annotated[int, Field(ge=1, le=99)]
ModeName = Literal["off", "shadow", "suggest", "apply"]


class FairShareIn(Input):
    """How much more than an equal share of a team's tickets one agent may be given."""

    factor: Annotated[float, Field(ge=1, le=1000)] = Field(
        default=SHARE.factor, description="Times an equal share, by capacity."
    )
    days: Annotated[int, Field(ge=1, le=366)] = Field(
        default=SHARE.days, description="The window in which assignments are counted, whoever made them."
    )
    minimum: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=SHARE.minimum, description="So many may always be given."
    )


class TeamRoutingIn(Input):
    """What differs in one team."""

    mode: ModeName | None = Field(default=None, description="null: as far as the field `assignee` may go.")
    escalates_to: Names = Field(
        default_factory=list, description="Teams asked in this order when an escalated ticket finds nobody."
    )
    country: Name | None = Field(default=None, description="Whose public holidays hold, as ISO 3166 code.")
    works_holidays: bool = False


class QueuePolicyIn(Input):
    """In which order an agent's tickets are worked on."""

    priorities: dict[Name, Slots] = Field(
        default_factory=lambda: dict(QUEUE.priorities), description="Weight by priority."
    )
    exposure: Weight = Field(
        default=QUEUE.exposure, description="How many times its weight a ticket gains until due."
    )
    per_day: Weight = Field(default=QUEUE.per_day, description="What each day of waiting adds.")


class RoutingPolicyIn(Input):
    """Who may be given which tickets, and how many."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ROUTING]})

    skills: dict[Name, dict[Name, Level]] = Field(
        default_factory=dict, description="By category: skills its tickets need, each with the least level."
    )
    effort: dict[Name, Slots] = Field(
        default_factory=dict, description="By priority: slots that a ticket takes; else one."
    )
    default_capacity: Weight | None = Field(
        default=None, description="Of agents whose capacity is unknown; null: no limit."
    )
    seniorities: Names = Field(default_factory=list, description="Least first.")
    least_seniority: dict[Name, Name] = Field(default_factory=dict, description="By priority.")
    escalated: Names = Field(
        default_factory=lambda: list(DEFAULT.escalated),
        description="Priorities that go the escalation path when the team has nobody.",
    )
    match_language: bool = Field(
        default=DEFAULT.match_language,
        description="Hold back who is known not to speak the ticket's language.",
    )
    least_affinity: Probability | None = Field(
        default=DEFAULT.least_affinity,
        description="Agents below are suggested, never assigned. null: from where the promise is kept, as "
        "learnt; 0: anybody eligible is better than nobody.",
    )
    headroom_weight: Annotated[float, Field(ge=0, le=100)] = Field(
        default=DEFAULT.headroom_weight,
        description="Score = affinity × (free share of capacity) to this power.",
    )
    fair_share: FairShareIn | None = Field(default_factory=FairShareIn, description="null: no cap.")
    teams: dict[Name, TeamRoutingIn] = Field(default_factory=dict)
    queue: QueuePolicyIn = Field(default_factory=QueuePolicyIn)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Refuse with 422 what the heart refuses, before anything is written."""
        try:
            check_teams(Policy.from_document({"routing": self.model_dump()}).routing)
        except ConfigurationError as error:
            # What was given is not repeated in an answer (docs/api.md, errors).
            expected = str(error).rpartition("expected ")[2]
            raise ValueError(f"Got a routing policy that cannot be used; expected {expected}") from None
        return self


class FairShareOut(Output):
    """How much more than an equal share one agent may be given."""

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
    """In which order an agent's tickets are worked on."""

    priorities: dict[str, float]
    exposure: float
    per_day: float


class RoutingPolicyOut(Output):
    """Who may be given which tickets, and how many."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ROUTING]})

    skills: dict[str, dict[str, int]]
    effort: dict[str, float]
    default_capacity: float | None
    seniorities: list[str]
    least_seniority: dict[str, str]
    escalated: list[str]
    match_language: bool
    least_affinity: float | None
    headroom_weight: float
    fair_share: FairShareOut | None
    teams: dict[str, TeamRoutingOut]
    queue: QueuePolicyOut
