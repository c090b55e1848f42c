"""API keys as people see them: never with a secret, but for the moment of making."""

from datetime import datetime

from pydantic import Field

from serving.schemas.base import Output
from triage.store.keys import ApiKey

__all__ = ["KeyListOut", "KeyOut", "NewKeyOut"]


class KeyOut(Output):
    """One key."""

    key_id: str
    workspace: str
    name: str
    role: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")

    @classmethod
    def of(cls, key: ApiKey) -> "KeyOut":
        """Translate."""
        return cls(**{name: getattr(key, name) for name in cls.model_fields})


class KeyListOut(Output):
    """Keys, oldest first."""

    keys: list[KeyOut]


class NewKeyOut(Output):
    """A key that was just made."""

    token: str = Field(description="Goes into the Authorization header; it is shown this once.")
    key: KeyOut
