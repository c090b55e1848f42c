"""API keys at the door: making one, recognising one, and asking whether its role may do a thing.

A key is ``tk_<id>_<secret>``. Its secret has 256 random bits, so a plain SHA-256 of it can be stored: a
slow hash would protect nothing more and cost 0.4 seconds a request.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from serving.dependencies import StoreDep
from serving.roles import PERMISSIONS, Role
from triage.errors import ForbiddenError, InputError, UnauthenticatedError
from triage.store import Store
from triage.store.keys import ApiKey, find_key, note_key_use, put_key

__all__ = ["Caller", "authenticate", "caller_of", "create_key", "permitted"]

PREFIX = "tk"
USE_NOTED_EVERY = timedelta(minutes=1)
NO_SECRET = "0" * 64

bearer = HTTPBearer(
    auto_error=False, scheme_name="key", description="`Authorization: Bearer tk_<id>_<secret>`"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: a key, its workspace and its role."""

    key_id: str
    name: str
    workspace: str
    role: Role


def create_key(
    store: Store, workspace: str, name: str, role: Role, expires_at: datetime | None = None
) -> tuple[str, ApiKey]:
    """Make a key and store its digest.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        The one workspace that the key opens: 1 to 64 letters, digits, dots, dashes or underscores.
    name : str
        Says what the key is for.
    role : Role
        What it may do, see :data:`serving.roles.PERMISSIONS`.
    expires_at : datetime, optional
        When it stops working; by default never.

    Returns
    -------
    token : str
        To be shown once; it cannot be had again.
    key : ApiKey
        As stored.
    """
    plain = workspace.replace("-", "").replace("_", "").replace(".", "")
    if not (plain.isascii() and plain.isalnum() and len(workspace) <= 64 and not workspace.startswith(".")):
        raise InputError(
            f"Got workspace {workspace!r}; expected 1 to 64 letters, digits, dots, dashes or underscores."
        )
    if not 1 <= len(name) <= 200:
        raise InputError(f"Got a key's name of {len(name)} characters; expected 1 to 200.")
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    key = ApiKey(key_id, workspace, name, role.value, _digest(secret), datetime.now(UTC), expires_at)
    put_key(store, key)
    return f"{PREFIX}_{key_id}_{secret}", key


def authenticate(store: Store, token: str | None) -> Caller:
    """Say who holds a token.

    Raises
    ------
    UnauthenticatedError
        If it is not a key, or one that was revoked or has expired; the message is the same for all.
    """
    prefix, _, rest = (token or "").partition("_")
    key_id, _, secret = rest.partition("_")
    key = find_key(store, key_id) if prefix == PREFIX and key_id.isascii() and key_id.isalnum() else None
    # An unknown id costs the same comparison as a wrong secret.
    is_right = hmac.compare_digest(_digest(secret), NO_SECRET if key is None else key.secret_hash)
    caller = caller_of(key)
    if key is None or caller is None or not is_right:
        raise UnauthenticatedError(
            "Got no valid key; expected the header 'Authorization: Bearer tk_...' with a key that is neither "
            "revoked nor expired. An admin makes one with `triage keys create`."
        )
    now = datetime.now(UTC)
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        note_key_use(store, key.key_id, now)
    return caller


def caller_of(key: ApiKey | None) -> Caller | None:
    """Say whom a stored key speaks for; None when there is none, or it was revoked or has expired."""
    now = datetime.now(UTC)
    if key is None or key.revoked_at is not None or (key.expires_at or now) < now:
        return None
    return Caller(key.key_id, key.name, key.workspace, Role(key.role))


def permitted(operation: str) -> Any:
    """Return the dependency that lets only the operation's roles through and says who is calling.

    Parameters
    ----------
    operation : str
        Its operation id; must stand in :data:`serving.roles.PERMISSIONS`.
    """
    return Depends(_gate(operation, PERMISSIONS[operation]))


def _gate(operation: str, roles: frozenset[Role]) -> Callable[..., Caller]:
    def gate(
        store: StoreDep, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Caller:
        caller = authenticate(store, credentials.credentials if credentials else None)
        if caller.role not in roles:
            raise ForbiddenError(
                f"Got a key with the role {caller.role.value!r} for {operation!r}; expected one of "
                f"{', '.join(sorted(roles))}."
            )
        return caller

    return gate


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
