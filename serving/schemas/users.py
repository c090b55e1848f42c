"""People who may sign in, as `triage users` shows them; a password only when it is made up."""

from datetime import datetime

from pydantic import Field

from serving.schemas.base import Output
from triage.store.users import User

__all__ = ["ChangedUserOut", "UserListOut", "UserOut"]


class UserOut(Output):
    """One person in one workspace."""

    user_id: str
    workspace: str
    name: str
    role: str
    teams: list[str] | None = Field(description="Teams whose tickets they reach; null: all.")
    agent: str | None = Field(description="Who they are among the agents.")
    has_password: bool = Field(description="False: they sign in at the identity provider.")
    created_at: datetime
    disabled_at: datetime | None
    locked_until: datetime | None
    last_seen_at: datetime | None

    @classmethod
    def of(cls, user: User) -> "UserOut":
        """Translate."""
        told = {name: getattr(user, name) for name in cls.model_fields if name != "has_password"}
        return cls(**told, has_password=user.password_hash is not None)


class UserListOut(Output):
    """People, by workspace and name."""

    users: list[UserOut]


class ChangedUserOut(Output):
    """A person as they are now."""

    user: UserOut
    password: str | None = Field(description="A password that was made up, shown this once.")
