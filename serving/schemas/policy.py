"""The admin's word on a workspace, as JSON."""

from datetime import datetime
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, ConfigDict, Field

from serving.schemas.base import FieldName, Input, Output, Probability, SafeText
from serving.schemas.helping_policy import EXAMPLE_HELPING, HelpingPolicyIn, HelpingPolicyOut
from serving.schemas.priority import EXAMPLE_PRIORITY, PriorityPolicyIn, PriorityPolicyOut
from serving.schemas.privacy_policy import EXAMPLE_PRIVACY, PrivacyPolicyIn, PrivacyPolicyOut
from serving.schemas.routing import EXAMPLE_ROUTING, RoutingPolicyIn, RoutingPolicyOut
from triage.guardrails import BLOCKING, SUGGEST_ONLY
from triage.policy import Policy
from triage.store.policies import StoredPolicy

__all__ = ["PolicyChangedOut", "PolicyIn", "PolicyOut"]

ModeName = Literal["off", "shadow", "suggest", "apply"]
GUARDRAILS = sorted({*BLOCKING, *SUGGEST_ONLY})

EXAMPLE: dict[str, Any] = {
    "kill_switch": False,
    "stopped_teams": ["Field service"],
    "disabled_guardrails": [],
    "fields": {
        "team": {"mode": "suggest", "thresholds": {"Network": 0.97}, "never_automate": ["Legal"]},
    },
    "priority": EXAMPLE_PRIORITY,
    "routing": EXAMPLE_ROUTING,
    "helping": EXAMPLE_HELPING,
    "privacy": EXAMPLE_PRIVACY,
}


def _known(name: str) -> str:
    if name not in GUARDRAILS:
        raise ValueError(f"Got a guardrail that does not exist; expected one of {', '.join(GUARDRAILS)}.")
    return name


class FieldPolicyIn(Input):
    """How far one field may go."""

    mode: ModeName = Field(
        description="`off` says nothing, `shadow` decides silently, `suggest` never applies, `apply` does."
    )
    thresholds: dict[Annotated[SafeText, Field(max_length=400)], Probability] = Field(
        default_factory=dict, description="By label, in place of the learnt ones."
    )
    never_automate: list[Annotated[SafeText, Field(max_length=400)]] = Field(
        default_factory=list, description="Labels that are never applied; survives retraining."
    )


class PolicyIn(Input):
    """The whole policy: a field left out follows the default, mode `apply`, of `assignee` `suggest`."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE | {"version": 3}]})

    kill_switch: bool = Field(description="True: nothing is applied or suggested, from the next request on.")
    stopped_teams: list[Annotated[SafeText, Field(max_length=200)]] | None = Field(
        None,
        description="Teams for whose tickets nothing is applied or suggested; left out or null: those that "
        "are stopped stay so.",
    )
    disabled_guardrails: list[Annotated[SafeText, AfterValidator(_known)]] = Field(
        description=f"Guardrails that do not hold here, of: {', '.join(GUARDRAILS)}."
    )
    fields: dict[FieldName, FieldPolicyIn] = Field(description="By field.")
    priority: PriorityPolicyIn = Field(
        default_factory=lambda: PriorityPolicyIn(matrix=None),
        description="The matrix and the rules that raise priorities.",
    )
    routing: RoutingPolicyIn = Field(
        default_factory=RoutingPolicyIn, description="Who may be given which tickets, and how many."
    )
    helping: HelpingPolicyIn = Field(
        default_factory=HelpingPolicyIn,
        description="What is confidential, when an article is offered, and whether one may be the answer.",
    )
    privacy: PrivacyPolicyIn = Field(
        default_factory=PrivacyPolicyIn,
        description="How long what is kept, and how soon models follow an erasure.",
    )
    version: Annotated[int, Field(ge=0)] | None = Field(
        None, description="The version this change was made from: refused when another stands; null: any."
    )

    def to_policy(self) -> Policy:
        """Return the policy as the heart knows it; teams that it leaves out are to be added."""
        left_out = {"version"} if self.stopped_teams is not None else {"version", "stopped_teams"}
        return Policy.from_document(self.model_dump(exclude=left_out))


class FieldPolicyOut(Output):
    """How far one field may go."""

    mode: ModeName
    thresholds: dict[str, float]
    never_automate: list[str]


EXAMPLE_STORED = EXAMPLE | {
    "priority": PriorityPolicyOut.of(EXAMPLE_PRIORITY).model_dump(),
    "version": 4,
    "updated_at": "2026-03-02T10:00:00Z",
    "updated_by": "ops",
}


class PolicyOut(Output):
    """The policy as it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_STORED]})

    kill_switch: bool
    stopped_teams: list[str]
    disabled_guardrails: list[str]
    fields: dict[FieldName, FieldPolicyOut]
    priority: PriorityPolicyOut
    routing: RoutingPolicyOut
    helping: HelpingPolicyOut
    privacy: PrivacyPolicyOut
    version: int = Field(description="Counts the changes; 0 when nobody ever set one.")
    updated_at: datetime | None
    updated_by: str | None

    @classmethod
    def of(cls, stored: StoredPolicy) -> "PolicyOut":
        """Translate."""
        document = stored.policy.to_document()
        return cls(
            kill_switch=document["kill_switch"],
            stopped_teams=document["stopped_teams"],
            disabled_guardrails=document["disabled_guardrails"],
            fields={cast(FieldName, name): FieldPolicyOut(**one) for name, one in document["fields"].items()},
            priority=PriorityPolicyOut.of(document["priority"]),
            routing=RoutingPolicyOut(**document["routing"]),
            helping=HelpingPolicyOut.of(document["helping"]),
            privacy=PrivacyPolicyOut(**document["privacy"]),
            version=stored.version,
            updated_at=stored.updated_at,
            updated_by=stored.updated_by,
        )


class PolicyChangedOut(PolicyOut):
    """The policy as it was set."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                EXAMPLE_STORED
                | {
                    "warnings": [
                        "fields.team.never_automate names 'Legl', which neither the model nor a stored "
                        "ticket has as team: nothing follows from it until one has. Did you mean 'Legal'?"
                    ]
                }
            ]
        }
    )

    warnings: list[str] = Field(
        description="Labels that it names in `helping`, `fields` and `routing` and that neither the model "
        "nor a stored ticket has, and skills and teams that no agent has: new, or mistyped."
    )

    @classmethod
    def warned(cls, stored: StoredPolicy, warnings: list[str]) -> "PolicyChangedOut":
        """Translate, with what is to be told."""
        return cls(**PolicyOut.of(stored).model_dump(), warnings=warnings)
