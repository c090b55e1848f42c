"""API keys: who may call, in which workspace, as what. Holds digests of secrets, never secrets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from triage.store.database import Store
from triage.store.schema import api_keys
from triage.store.scope import Across

__all__ = [
    "ApiKey",
    "count_keys",
    "expire_key",
    "find_key",
    "list_keys",
    "note_key_uses",
    "put_key",
    "revoke_key",
    "successor_of",
]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key as it is stored.

    Parameters
    ----------
    key_id, workspace, name, role : str
        Identity, what it opens, what it is for, as what it acts.
    secret_hash : str
        SHA-256 of its secret in hex.
    created_at : datetime
        When it was made.
    expires_at, revoked_at, last_used_at : datetime or None, default=None
        When it ends by itself, was ended, was last used (to the minute).
    scopes : tuple of str or None, default=None
        The calls that it may make of those that its role may, ``*`` for any part of a name; None: all.
    teams : tuple of str or None, default=None
        The teams whose tickets it reaches; None: all.
    succeeds : str or None, default=None
        Id of the key that it was made to replace.
    per_minute : int or None, default=None
        How many requests it may make a minute; None: as many as are answered.
    """

    key_id: str
    workspace: str
    name: str
    role: str
    secret_hash: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    scopes: tuple[str, ...] | None = None
    teams: tuple[str, ...] | None = None
    succeeds: str | None = None
    per_minute: int | None = None

    def is_live(self, moment: datetime) -> bool:
        """Whether it opens anything at a moment."""
        return self.revoked_at is None and (self.expires_at is None or moment <= self.expires_at)


COLUMNS = [api_keys.c[name] for name in ApiKey.__slots__]


def put_key(store: Store, key: ApiKey) -> None:
    """Store a new key."""
    row = {name: getattr(key, name) for name in ApiKey.__slots__}
    for name in ("scopes", "teams"):
        row[name] = None if row[name] is None else list(row[name])
    with store.writing(key.workspace) as connection:
        connection.execute(insert(api_keys).values(row))


# With every request: made once, since making a statement costs as much as running it.
_FIND = select(*COLUMNS).where(api_keys.c.key_id == bindparam("wanted"))
_FIND_IN = _FIND.where(api_keys.c.workspace == bindparam("named"))


def find_key(store: Store, key_id: str, workspace: str | None = None) -> ApiKey | None:
    """Return a key by its id, of one workspace or of whichever; None when there is none."""
    query, given = (_FIND, {}) if workspace is None else (_FIND_IN, {"named": workspace})
    with store.reading(workspace or Across.SIGN_IN) as connection:
        row = connection.execute(query, {"wanted": key_id, **given}).first()
    return None if row is None else _key(row)


def successor_of(store: Store, key: ApiKey) -> ApiKey | None:
    """Return the newest key that was made to replace this one."""
    mine = api_keys.c.workspace == key.workspace, api_keys.c.succeeds == key.key_id
    query = select(*COLUMNS).where(*mine).order_by(api_keys.c.created_at.desc())
    with store.reading(key.workspace) as connection:
        row = connection.execute(query).first()
    return None if row is None else _key(row)


def list_keys(store: Store, workspace: str | None = None) -> list[ApiKey]:
    """Return the keys of a workspace, or of all, oldest first; revoked ones too."""
    query = select(*COLUMNS).order_by(api_keys.c.created_at, api_keys.c.key_id)
    if workspace is not None:
        query = query.where(api_keys.c.workspace == workspace)
    with store.reading(workspace or Across.OPERATOR) as connection:
        return [_key(row) for row in connection.execute(query)]


def count_keys(store: Store) -> int:
    """Return how many keys were ever made, in all workspaces."""
    with store.reading(Across.SIGN_IN) as connection:
        return int(connection.execute(select(func.count()).select_from(api_keys)).scalar_one())


def revoke_key(store: Store, workspace: str, key_id: str, moment: datetime) -> bool:
    """Make a key invalid from a moment on; tell whether it was valid before."""
    mine = api_keys.c.workspace == workspace, api_keys.c.key_id == key_id
    with store.writing(workspace) as connection:
        done = connection.execute(
            update(api_keys).where(*mine, api_keys.c.revoked_at.is_(None)).values(revoked_at=moment)
        )
        return bool(done.rowcount)


def expire_key(store: Store, workspace: str, key_id: str, moment: datetime) -> None:
    """Let a key end at a moment."""
    mine = api_keys.c.workspace == workspace, api_keys.c.key_id == key_id
    with store.writing(workspace) as connection:
        connection.execute(update(api_keys).where(*mine).values(expires_at=moment))


def note_key_uses(store: Store, uses: dict[str, datetime]) -> None:
    """Keep when keys were last used, by key id."""
    with store.writing(Across.SIGN_IN) as connection:
        for key_id, moment in sorted(uses.items()):
            connection.execute(
                update(api_keys).where(api_keys.c.key_id == key_id).values(last_used_at=moment)
            )


def _key(row: Row[Any]) -> ApiKey:
    values = {name: getattr(row, name) for name in ApiKey.__slots__}
    for name in ("scopes", "teams"):
        values[name] = None if values[name] is None else tuple(values[name])
    return ApiKey(**values)
