"""Who is asking: a key or a person, their workspace, their role, and how far they reach."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from serving.roles import PERMISSIONS, Role
from triage.errors import ForbiddenError

__all__ = ["CALLER", "Caller", "demand", "may"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking.

    Parameters
    ----------
    kind : str
        ``key``, ``user`` (signed in with a password) or ``oidc`` (a token of the identity provider).
    identity : str
        The key's id; the person's id; the name in the token.
    name : str
        For people.
    workspace : str
        The one workspace that they reach.
    role : Role
        As what they act.
    scopes : tuple of str or None, default=None
        The calls they are held to, ``*`` for any part of a name; None: all that the role may.
    teams : frozenset of str or None, default=None
        The teams whose tickets they reach; None: all.
    agent : str or None, default=None
        Who they are among the agents.
    session : int, default=0
        A person's count of sessions ended.
    expires_at : datetime or None, default=None
        When their key ends by itself; None: never, or it is no key.
    per_minute : int or None, default=None
        How many requests their key may make a minute; None: as many as are answered, or it is no key.
    """

    kind: str
    identity: str
    name: str
    workspace: str
    role: Role
    scopes: tuple[str, ...] | None = None
    teams: frozenset[str] | None = None
    agent: str | None = None
    session: int = 0
    expires_at: datetime | None = None
    per_minute: int | None = None

    @property
    def actor(self) -> str:
        """Who this is in the audit log."""
        return f"{self.kind}:{self.name if self.kind == 'user' else self.identity}"


CALLER: ContextVar[Caller | None] = ContextVar("triage_caller", default=None)
"""The caller of the request that is being answered, for those who share out threads."""


def may(caller: Caller, operation: str) -> bool:
    """Tell whether role and scopes let a caller do this; denied where the operation stands nowhere."""
    if caller.role not in PERMISSIONS.get(operation, frozenset()):
        return False
    return caller.scopes is None or any(fnmatchcase(operation, one) for one in caller.scopes)


def demand(caller: Caller, operation: str) -> None:
    """See to it that a caller may do this.

    Raises
    ------
    ForbiddenError
        If not.
    """
    if caller.role not in PERMISSIONS[operation]:
        raise ForbiddenError(
            f"Got a caller with the role {caller.role.value!r} for {operation!r}; expected one of "
            f"{', '.join(sorted(PERMISSIONS[operation]))}."
        )
    if not may(caller, operation):
        raise ForbiddenError(
            f"Got a key whose scopes leave out {operation!r}; expected one with it, or without scopes. "
            "`triage keys list` shows them."
        )
