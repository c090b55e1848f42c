"""How priorities come about, as JSON: the matrix and the rules that raise them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from serving.schemas.base import Input, Output, SafeText
from triage.errors import ConfigurationError
from triage.policy import Policy
from triage.priority import PRIORITIES, PriorityMatrix

__all__ = ["EXAMPLE_PRIORITY", "PriorityPolicyIn", "PriorityPolicyOut"]

EXAMPLE_MATRIX: dict[str, Any] = PriorityMatrix.default(
    ("low", "medium", "high"), ("low", "medium", "high")
).to_document()
EXAMPLE_LIFTS: list[Any] = [
    {
        "name": "gold customers",
        "kind": "customer_tier",
        "by": "field.tier",
        "values": ["gold"],
        "at_least": "high",
    },
    {
        "name": "short response promised",
        "kind": "sla_exposure",
        "by": "organization",
        "targets_hours": {"Acme": 4},
        "shorter_than_hours": 8,
        "steps": 1,
    },
]
EXAMPLE_PRIORITY: dict[str, Any] = {"matrix": EXAMPLE_MATRIX, "lifts": EXAMPLE_LIFTS}

Name = Annotated[SafeText, Field(min_length=1, max_length=400)]
Hours = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
Kind = Literal["customer_tier", "sla_exposure"]


class PriorityMatrixIn(Input):
    """A priority for every pair of impact and urgency."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_MATRIX]})

    impacts: Annotated[list[Name], Field(min_length=1, max_length=20)] = Field(description="Least first.")
    urgencies: Annotated[list[Name], Field(min_length=1, max_length=20)] = Field(description="Least first.")
    cells: dict[Name, dict[Name, Name]] = Field(description="Priority by impact, then by urgency.")
    priorities: Annotated[list[Name], Field(min_length=1, max_length=20)] = Field(
        default_factory=lambda: list(PRIORITIES), description="Their scale, least first."
    )
    filled: list[Annotated[list[Name], Field(min_length=2, max_length=2)]] = Field(
        default_factory=list, description="Pairs that no past ticket showed: a note, it changes nothing."
    )


class LiftIn(Input):
    """A rule that raises a priority, never lowers it; `at_least` or `steps`, one of them."""

    model_config = ConfigDict(json_schema_extra={"examples": EXAMPLE_LIFTS})

    name: Name = Field(description="What a decision calls it.")
    kind: Kind = Field(
        description="`customer_tier`: `values` are lifted; `sla_exposure`: targets below "
        "`shorter_than_hours` are."
    )
    by: Name = Field(
        description="`organization`, `requester`, `channel`, `product`, `language` or `field.<name>`."
    )
    values: Annotated[list[Name], Field(max_length=10_000)] = Field(default_factory=list)
    targets_hours: dict[Name, Hours] = Field(
        default_factory=dict,
        description="Hours to the first response by value; empty: the value itself is the number.",
    )
    shorter_than_hours: Hours | None = None
    at_least: Name | None = Field(
        None,
        description="One of the matrix's `priorities`; without a matrix `low`, `normal`, `high` or `urgent`, "
        "each of which stands for its place on the helpdesk's own scale.",
    )
    steps: Annotated[int, Field(ge=0, le=3)] = 0


class PriorityPolicyIn(Input):
    """How priorities come about."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_PRIORITY]})

    matrix: PriorityMatrixIn | None = Field(None, description="null: the one found in the history, if any.")
    lifts: Annotated[list[LiftIn], Field(max_length=100)] = Field(
        default_factory=list, description="Of several that hold the one that raises most counts."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Refuse with 422 what the heart refuses, before anything is written."""
        try:
            Policy.from_document({"priority": self.model_dump()})
        except ConfigurationError as error:
            # What was given is not repeated in an answer (docs/api.md, errors).
            expected = str(error).rpartition("expected ")[2]
            raise ValueError(f"Got a matrix or a lift that cannot be used; expected {expected}") from None
        return self


class PriorityMatrixOut(Output):
    """A priority for every pair of impact and urgency."""

    impacts: list[str]
    urgencies: list[str]
    priorities: list[str]
    cells: dict[str, dict[str, str]]
    filled: list[list[str]]


class LiftOut(Output):
    """A rule that raises a priority."""

    name: str
    kind: Kind
    by: str
    values: list[str]
    targets_hours: dict[str, float]
    shorter_than_hours: float | None
    at_least: str | None
    steps: int


class PriorityPolicyOut(Output):
    """How priorities come about."""

    matrix: PriorityMatrixOut | None
    lifts: list[LiftOut]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "PriorityPolicyOut":
        """Translate what :meth:`triage.policy.Policy.to_document` says under ``priority``."""
        empty: dict[str, Any] = {
            "values": [],
            "targets_hours": {},
            "shorter_than_hours": None,
            "at_least": None,
            "steps": 0,
        }
        matrix = document["matrix"]
        return cls(
            matrix=None if matrix is None else PriorityMatrixOut(**matrix),
            lifts=[LiftOut(**(empty | one)) for one in document["lifts"]],
        )
