"""API keys as people see them: never with a secret, but for the moment of making."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from serving.key_limits import MOST_PER_MINUTE
from serving.roles import Role
from serving.schemas.base import Input, Moment, Output, SafeText
from triage.store.keys import ApiKey

__all__ = ["KeyIn", "KeyListOut", "KeyOut", "NewKeyOut", "RotationIn"]

EXAMPLE: JsonDict = {
    "key_id": "8f3a61c09b2d4e75",
    "workspace": "acme",
    "name": "helpdesk",
    "role": "service",
    "created_at": "2026-03-02T09:30:00Z",
    "expires_at": None,
    "revoked_at": None,
    "last_used_at": None,
    "scopes": ["triage_*", "give_feedback"],
    "teams": None,
    "succeeds": None,
    "per_minute": 600,
}
NEW: JsonDict = {"token": "tk_8f3a61c09b2d4e75_" + "x" * 43, "key": EXAMPLE}

RoleName = Annotated[Role, Field(strict=False, examples=["service"])]
Names = Annotated[list[Annotated[SafeText, Field(min_length=1, max_length=200)]], Field(max_length=50)]


class KeyIn(Input):
    """A key to be made; it opens the workspace of whoever makes it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "helpdesk", "role": "service", "scopes": ["triage_*"]}]}
    )

    name: SafeText = Field(min_length=1, max_length=200, description="What it is for.", examples=["helpdesk"])
    role: RoleName = Field(description="As what it acts.")
    expires_at: Moment | None = Field(
        default=None,
        description="When it ends; null: never. No later than the key that asks, where that ends.",
    )
    scopes: Names | None = Field(
        default=None,
        description="Operation ids it is held to, `*` for any part of one; null: all of its role.",
        examples=[["triage_*", "give_feedback"]],
    )
    teams: Names | None = Field(
        default=None, description="Teams whose tickets it reaches; null: all.", examples=[["Network"]]
    )
    per_minute: int | None = Field(
        default=None,
        ge=1,
        le=MOST_PER_MINUTE,
        description="Requests it may make a minute, a batch counting as many as it has tickets; null: "
        "as many as are answered.",
        examples=[600],
    )


class RotationIn(Input):
    """How to replace a key."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 168}]})

    overlap_hours: int = Field(
        default=168, ge=0, le=8760, description="Hours that the old key still works; never more than it had."
    )


class KeyOut(Output):
    """One key."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    key_id: str
    workspace: str
    name: str
    role: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")
    scopes: list[str] | None = Field(description="Operation ids it is held to; null: all of its role.")
    teams: list[str] | None = Field(description="Teams whose tickets it reaches; null: all.")
    succeeds: str | None = Field(description="The key that it was made to replace.")
    per_minute: int | None = Field(
        description="Requests it may make a minute, each ticket of a batch counting as one; null: no limit."
    )

    @classmethod
    def of(cls, key: ApiKey) -> "KeyOut":
        """Translate."""
        return cls(**{name: getattr(key, name) for name in cls.model_fields})


class KeyListOut(Output):
    """Keys, oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keys": [EXAMPLE]}]})

    keys: list[KeyOut]


class NewKeyOut(Output):
    """A key that was just made."""

    model_config = ConfigDict(json_schema_extra={"examples": [NEW]})

    token: str = Field(description="Goes into the Authorization header; it is shown this once.")
    key: KeyOut
