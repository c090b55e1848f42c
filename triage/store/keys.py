"""API keys: who may call, in which workspace, as what. Holds digests of secrets, never secrets."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from triage.store.database import Store
from triage.store.schema import api_keys

__all__ = ["ApiKey", "find_key", "list_keys", "note_key_use", "put_key", "revoke_key"]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key as it is stored; ``secret_hash`` is the SHA-256 of its secret in hex."""

    key_id: str
    workspace: str
    name: str
    role: str
    secret_hash: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


COLUMNS = [api_keys.c[name] for name in ApiKey.__slots__]


def put_key(store: Store, key: ApiKey) -> None:
    """Store a new key."""
    with store.writing() as connection:
        connection.execute(insert(api_keys).values({name: getattr(key, name) for name in ApiKey.__slots__}))


def find_key(store: Store, key_id: str) -> ApiKey | None:
    """Return a key by its id, in whichever workspace; None when there is none."""
    with store.reading() as connection:
        row = connection.execute(select(*COLUMNS).where(api_keys.c.key_id == key_id)).first()
    return None if row is None else ApiKey(*row)


def list_keys(store: Store, workspace: str | None = None) -> list[ApiKey]:
    """Return the keys of a workspace, or of all, oldest first; revoked ones too."""
    query = select(*COLUMNS).order_by(api_keys.c.created_at, api_keys.c.key_id)
    if workspace is not None:
        query = query.where(api_keys.c.workspace == workspace)
    with store.reading() as connection:
        return [ApiKey(*row) for row in connection.execute(query)]


def revoke_key(store: Store, key_id: str, moment: datetime) -> bool:
    """Make a key invalid from a moment on; tell whether it was valid before."""
    with store.writing() as connection:
        done = connection.execute(
            update(api_keys)
            .where(api_keys.c.key_id == key_id, api_keys.c.revoked_at.is_(None))
            .values(revoked_at=moment)
        )
        return bool(done.rowcount)


def note_key_use(store: Store, key_id: str, moment: datetime) -> None:
    """Keep when a key was last used."""
    with store.writing() as connection:
        connection.execute(update(api_keys).where(api_keys.c.key_id == key_id).values(last_used_at=moment))
