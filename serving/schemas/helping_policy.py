"""The admin's word on what is shown to help, as JSON."""

from typing import Annotated, Any, Literal, cast

from pydantic import ConfigDict, Field

from serving.schemas.base import FieldName, Input, Output, Probability, SafeText

__all__ = ["EXAMPLE_HELPING", "HelpingPolicyIn", "HelpingPolicyOut"]

Label = Annotated[SafeText, Field(min_length=1, max_length=400)]
Hours = Annotated[float, Field(ge=0, le=8_760, examples=[24.0])]
AutoModeName = Literal["off", "shadow", "apply"]

EXAMPLE_HELPING: dict[str, Any] = {
    "confidential": {"team": ["HR"]},
    "least_chance": 0.3,
    "match_hours": 24.0,
    "auto_resolve": {"mode": "off", "least_chance": 0.9, "categories": [], "confirm_hours": 72.0},
}


class AutoResolveIn(Input):
    """Whether an article may be sent as the answer."""

    mode: AutoModeName = Field(default="off", description="`shadow` notes what `apply` would have sent.")
    least_chance: Probability = Field(
        default=0.9, description="The chance that the article helps must reach this."
    )
    categories: list[Label] = Field(default_factory=list, description="Only these categories; empty: none.")
    confirm_hours: Hours = Field(
        default=72.0, description="Then people take over; silence is never agreement."
    )


class HelpingPolicyIn(Input):
    """What is shown to help, and to whom."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_HELPING]})

    confidential: dict[FieldName, list[Label]] = Field(
        default_factory=dict,
        description="By field, labels of tickets that only admins see among similar ones.",
    )
    least_chance: Probability = Field(
        default=0.3,
        description="Below this chance that an article helps, requesters are told that nothing fits.",
    )
    match_hours: Hours = Field(
        default=24.0,
        description="A requester's ticket within so many hours of a suggestion was filed all the same.",
    )
    auto_resolve: AutoResolveIn = Field(default_factory=AutoResolveIn)


class AutoResolveOut(Output):
    """Whether an article may be sent as the answer."""

    mode: AutoModeName
    least_chance: float
    categories: list[str]
    confirm_hours: float


class HelpingPolicyOut(Output):
    """What is shown to help, and to whom."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_HELPING]})

    confidential: dict[FieldName, list[str]]
    least_chance: float
    match_hours: float
    auto_resolve: AutoResolveOut

    @classmethod
    def of(cls, document: dict[str, Any]) -> "HelpingPolicyOut":
        """Translate the heart's JSON form."""
        return cls(
            confidential={cast(FieldName, name): one for name, one in document["confidential"].items()},
            least_chance=document["least_chance"],
            match_hours=document["match_hours"],
            auto_resolve=AutoResolveOut(**document["auto_resolve"]),
        )
