"""Numbered places that workers hold while they live.

The operating system or PostgreSQL takes a place back the moment its holder dies, however it dies, so
that nobody has to guess from clocks whether a worker lives. On SQLite a place is a locked file beside
the database, on PostgreSQL an advisory lock. Knows nothing of what workers do.
"""

import fcntl
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from triage.errors import ConfigurationError, UnavailableError
from triage.store.database import Store

__all__ = ["MOST_WORKERS", "WorkerSlot", "count_workers", "schema_name", "take_slot", "try_slot"]

MOST_WORKERS = 64


@dataclass(frozen=True, slots=True)
class WorkerSlot:
    """A place that is held until :meth:`release` or the end of the process."""

    number: int
    release: Callable[[], None]


def take_slot(store: Store) -> WorkerSlot:
    """Hold the first free place.

    Raises
    ------
    UnavailableError
        If all places are taken.
    """
    for number in range(1, MOST_WORKERS + 1):
        slot = try_slot(store, number)
        if slot is not None:
            return slot
    raise UnavailableError(
        f"Got one more worker; expected at most {MOST_WORKERS} on one store. Stop one first."
    )


def try_slot(store: Store, number: int) -> WorkerSlot | None:
    """Hold one place, or return None when another worker holds it."""
    if store.engine.dialect.name == "postgresql":
        return _try_lock(store, number)
    return _try_file(store, number)


def count_workers(store: Store) -> int:
    """Return how many workers of this store live now."""
    if store.engine.dialect.name == "postgresql":
        held = text(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = :room AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        with store.engine.connect() as connection:
            return int(connection.execute(held, {"room": _room(store)}).scalar_one())
    database = Path(store.engine.url.database or "")
    numbers = [int(path.suffixes[-2][8:]) for path in database.parent.glob(f"{database.name}.worker-*.lock")]
    return sum(_is_held(store, number) for number in numbers)


def schema_name(store: Store) -> str:
    """Return the PostgreSQL schema that the tables stand in; empty for SQLite, which has none."""
    if store.engine.dialect.name != "postgresql":
        return ""
    with store.engine.connect() as connection:
        return str(connection.execute(text("SELECT current_schema()")).scalar_one())


def _try_file(store: Store, number: int) -> WorkerSlot | None:
    database = store.engine.url.database
    if not database or database == ":memory:":
        raise ConfigurationError(
            "Got a store in memory; expected one in a file or on PostgreSQL, "
            "since workers are other processes."
        )
    path = Path(f"{database}.worker-{number}.lock")
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return WorkerSlot(number, file.close)


def _is_held(store: Store, number: int) -> bool:
    slot = _try_file(store, number)
    if slot is None:
        return True
    slot.release()
    return False


def _room(store: Store) -> int:
    """Name our advisory locks among those of others in the same database: 31 bits of a checksum."""
    return zlib.crc32(f"triage worker {schema_name(store)}".encode()) & 0x7FFF_FFFF


def _try_lock(store: Store, number: int) -> WorkerSlot | None:
    connection = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    room = _room(store)
    held = connection.execute(
        text("SELECT pg_try_advisory_lock(:room, :number)"), {"room": room, "number": number}
    ).scalar_one()
    if not held:
        connection.close()
        return None

    def release() -> None:
        # Unlocked first: a session's locks end with it, but a moment after its client has gone.
        with suppress(DBAPIError):
            connection.execute(
                text("SELECT pg_advisory_unlock(:room, :number)"), {"room": room, "number": number}
            )
        connection.invalidate()
        connection.close()

    return WorkerSlot(number, release)
