"""API keys: making one, replacing one while both work, recognising one.

A key is ``tk_<id>_<secret>``. Its secret has 256 random bits, so a plain SHA-256 of it can be stored: a
slow hash would protect nothing more and cost 0.4 seconds a request.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from serving.caller import Caller
from serving.key_limits import MOST_PER_MINUTE
from serving.roles import PERMISSIONS, Role
from triage.errors import ConflictError, InputError, NotFoundError, UnauthenticatedError
from triage.store import Store
from triage.store.keys import ApiKey, expire_key, find_key, put_key, successor_of

__all__ = [
    "OVERLAP",
    "authenticate",
    "caller_of",
    "check_workspace",
    "create_key",
    "key_named",
    "key_of",
    "rotate_key",
]

PREFIX = "tk"
NO_SECRET = "0" * 64
OVERLAP = timedelta(days=7)
MOST_SCOPES = 50


def create_key(
    store: Store,
    workspace: str,
    name: str,
    role: Role,
    expires_at: datetime | None = None,
    *,
    scopes: Sequence[str] | None = None,
    teams: Sequence[str] | None = None,
    per_minute: int | None = None,
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
    scopes : sequence of str, optional
        Operation ids that it is held to, ``*`` for any part of one (``triage_*``); by default all of
        its role.
    teams : sequence of str, optional
        Teams whose tickets it reaches; by default all.
    per_minute : int, optional
        How many requests it may make a minute, a batch counting as many as it has tickets; by default as many
        as are answered.

    Returns
    -------
    token : str
        To be shown once; it cannot be had again.
    key : ApiKey
        As stored.

    Raises
    ------
    InputError
        If a name, a scope, a team or a limit is none.
    """
    check_workspace(workspace)
    if not 1 <= len(name) <= 200:
        raise InputError(f"Got a key's name of {len(name)} characters; expected 1 to 200.")
    allowed = [operation for operation, roles in PERMISSIONS.items() if role in roles]
    for scope in scopes or ():
        if not any(fnmatchcase(operation, scope) for operation in allowed):
            raise InputError(
                f"Got scope {scope!r}, which names nothing that role {role.value!r} may do; expected "
                f"operation ids such as {allowed[0]}, with * for any part. docs/openapi.json has them."
            )
    if len(scopes or ()) > MOST_SCOPES or len(teams or ()) > MOST_SCOPES:
        raise InputError(f"Got more than {MOST_SCOPES} scopes or teams; expected fewer. Use * in scopes.")
    if per_minute is not None and not 1 <= per_minute <= MOST_PER_MINUTE:
        raise InputError(
            f"Got a key that may ask {per_minute} times a minute; expected 1 to {MOST_PER_MINUTE}, or no "
            "limit."
        )
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    key = ApiKey(
        key_id,
        workspace,
        name,
        role.value,
        _digest(secret),
        datetime.now(UTC),
        expires_at,
        scopes=tuple(scopes) if scopes else None,
        teams=tuple(teams) if teams else None,
        per_minute=per_minute,
    )
    put_key(store, key)
    return f"{PREFIX}_{key_id}_{secret}", key


def rotate_key(
    store: Store,
    workspace: str,
    key_id: str,
    overlap: timedelta = OVERLAP,
    *,
    latest: datetime | None = None,
) -> tuple[str, ApiKey]:
    """Make a key that takes another's place; for a while both work, so that nothing has to stop.

    Parameters
    ----------
    store : Store
        Where.
    workspace, key_id : str
        Which key is to be replaced.
    overlap : timedelta, default=7 days
        How long the old one goes on; never longer than it would have.
    latest : datetime, optional
        The new one ends then, however long it would go on; by default nothing shortens it.

    Returns
    -------
    token : str
        Of the new key, to be shown once.
    key : ApiKey
        The new one: same name, role, scopes, teams, limit and, up to ``latest``, life span.

    Raises
    ------
    NotFoundError
        If the workspace has no such key.
    ConflictError
        If it is over, or has a successor that works already: two live keys are enough.
    """
    if overlap < timedelta(0):
        raise InputError(f"Got an overlap of {overlap}; expected 0 or more.")
    now = datetime.now(UTC)
    with store.writing(workspace):
        old = find_key(store, key_id, workspace)
        if old is None:
            raise NotFoundError(f"Got key id {key_id!r}; expected one that `triage keys list` shows.")
        if not old.is_live(now):
            raise ConflictError(f"Got key {key_id}, which is over; expected one that works. Make a new one.")
        later = successor_of(store, old)
        if later is not None and later.is_live(now):
            raise ConflictError(
                f"Got key {key_id}, which key {later.key_id} replaces already; expected at most two that "
                f"work at once. Rotate {later.key_id}, or revoke one of them."
            )
        span = None if old.expires_at is None else old.expires_at - old.created_at
        ends = [one for one in (latest, None if span is None else now + span) if one is not None]
        new_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        new = replace(
            old,
            key_id=new_id,
            secret_hash=_digest(secret),
            created_at=now,
            expires_at=min(ends, default=None),
            last_used_at=None,
            succeeds=key_id,
        )
        put_key(store, new)
        end = now + overlap
        expire_key(store, workspace, key_id, end if old.expires_at is None else min(end, old.expires_at))
    return f"{PREFIX}_{new_id}_{secret}", new


def check_workspace(workspace: str) -> None:
    """See to it that a workspace's name is a plain one, since folders are named after it.

    Raises
    ------
    InputError
        If not.
    """
    plain = workspace.replace("-", "").replace("_", "").replace(".", "")
    if not (plain.isascii() and plain.isalnum() and len(workspace) <= 64 and not workspace.startswith(".")):
        raise InputError(
            f"Got workspace {workspace!r}; expected 1 to 64 letters, digits, dots, dashes or underscores."
        )


def key_named(store: Store, token: str) -> ApiKey | None:
    """Return the key whose id stands in a token, whatever its secret; None when no key has that id."""
    prefix, _, rest = token.partition("_")
    key_id = rest.partition("_")[0]
    is_plain = prefix == PREFIX and key_id.isascii() and key_id.isalnum() and len(key_id) <= 40
    return find_key(store, key_id if is_plain else "none")


def key_of(store: Store, token: str | None) -> ApiKey:
    """Return the live key of a token.

    Raises
    ------
    UnauthenticatedError
        If it is not a key, or one that was revoked or has expired; the message is the same for all.
    """
    key = key_named(store, token or "")
    secret = "".join((token or "").split("_", 2)[2:])
    # An unknown id costs the same look and the same comparison as a wrong secret.
    is_right = hmac.compare_digest(_digest(secret), NO_SECRET if key is None else key.secret_hash)
    if key is None or not is_right or not key.is_live(datetime.now(UTC)):
        raise UnauthenticatedError(
            "Got no valid key; expected the header 'Authorization: Bearer tk_...' with a key that is neither "
            "revoked nor expired. An admin makes one with `triage keys create`."
        )
    return key


def authenticate(store: Store, token: str | None) -> Caller:
    """Say who holds a key.

    Raises
    ------
    UnauthenticatedError
        See :func:`key_of`.
    """
    return caller_of(key_of(store, token))


def caller_of(key: ApiKey) -> Caller:
    """Say whom a live key speaks for."""
    teams = None if key.teams is None else frozenset(key.teams)
    return Caller(
        "key",
        key.key_id,
        key.name,
        key.workspace,
        Role(key.role),
        key.scopes,
        teams,
        expires_at=key.expires_at,
        per_minute=key.per_minute,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
