"""The audit log in the store: written in the transaction of what it tells, read and verified page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from triage.audit import GENESIS, Anchor, AuditEntry, ChainedEntry, audit_key, find_break, seal
from triage.store.access_tables import audit_heads, audit_log
from triage.store.database import Store
from triage.store.scope import Across

__all__ = ["AuditLog", "Verified"]

PAGE = 5_000
LONGEST_OBJECT = 2_000


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying a workspace's log came to; ``problem`` is None when the chain holds to its head."""

    workspace: str
    entries: int
    head: str
    problem: str | None


# With every write: made once, since making a statement costs as much as running it.
_HEAD = select(audit_heads).where(audit_heads.c.workspace == bindparam("named")).with_for_update()
_APPEND = insert(audit_log)
_MOVE = (
    update(audit_heads)
    .where(audit_heads.c.workspace == bindparam("named"))
    .values(seq=bindparam("last"), hash=bindparam("there"))
)


class AuditLog:
    """The log of a store.

    Parameters
    ----------
    store : Store
        Where.
    signing_key : bytes
        Of the installation, see :func:`triage.signing.signing_key`; every writer needs the same one.
    """

    def __init__(self, store: Store, signing_key: bytes) -> None:
        self._store = store
        self._key = audit_key(signing_key)

    def record(self, workspace: str, entries: Sequence[AuditEntry]) -> None:
        """Append entries; joins this thread's transaction, so that they stand or fall with what they tell.

        Call it last in a transaction: on PostgreSQL other writers of the workspace wait from here on.
        """
        if not entries:
            return
        with self._store.writing(workspace) as connection:
            seq, prev_hash = _locked_head(connection, workspace)
            rows = []
            for entry in entries:
                seq += 1
                here = seal(self._key, workspace, seq, prev_hash, entry)
                row = {name: getattr(entry, name) for name in AuditEntry.__slots__}
                row |= {"facts": dict(entry.facts), "workspace": workspace, "seq": seq}
                rows.append(row | {"prev_hash": prev_hash, "hash": here})
                prev_hash = here
            connection.execute(_APPEND, rows)
            connection.execute(_MOVE, {"named": workspace, "last": seq, "there": prev_hash})

    def read(
        self,
        workspace: str,
        *,
        after: int = 0,
        limit: int = 100,
        action: str | None = None,
        object: str | None = None,
    ) -> list[ChainedEntry]:
        """Return entries in their order.

        Parameters
        ----------
        workspace : str
            Whose.
        after : int, default=0
            Only those with a greater ``seq``.
        limit : int, default=100
            At most so many.
        action, object : str, optional
            Only these.
        """
        query = select(audit_log).where(audit_log.c.workspace == workspace, audit_log.c.seq > after)
        if action is not None:
            query = query.where(audit_log.c.action == action)
        if object is not None:
            query = query.where(audit_log.c.object == object)
        with self._store.reading(workspace) as connection:
            rows = connection.execute(query.order_by(audit_log.c.seq).limit(limit))
            return [_chained(row) for row in rows]

    def entries(self, workspace: str) -> Iterator[ChainedEntry]:
        """Yield all entries of a workspace in their order, reading them page by page."""
        after = 0
        while page := self.read(workspace, after=after, limit=PAGE):
            yield from page
            after = page[-1].seq

    def last_digest(self, workspace: str, object: str) -> str | None:
        """Return the digest of an object's document as it was last left, None when it never was."""
        query = (
            select(audit_log.c.after_hash)
            .where(audit_log.c.workspace == workspace, audit_log.c.object == object)
            .order_by(audit_log.c.seq.desc())
            .limit(1)
        )
        with self._store.reading(workspace) as connection:
            return connection.execute(query).scalars().first()

    def head(self, workspace: str) -> Anchor:
        """Return how far the log of a workspace goes now; ``seq`` 0 where nothing was ever written."""
        query = select(audit_heads).where(audit_heads.c.workspace == workspace)
        with self._store.reading(workspace) as connection:
            row = connection.execute(query).first()
        if row is None:
            return Anchor(datetime.now(UTC), workspace, 0, GENESIS)
        return Anchor(datetime.now(UTC), workspace, row.seq, row.hash)

    def workspaces(self) -> list[str]:
        """Return the workspaces with a log, by name."""
        logged = select(audit_log.c.workspace).union(select(audit_heads.c.workspace))
        with self._store.reading(Across.CHORES) as connection:
            return sorted(connection.execute(logged).scalars())

    def verify(self, workspace: str, anchors: Sequence[Anchor] = ()) -> Verified:
        """Look whether every entry is as it was written, and none is missing.

        Parameters
        ----------
        workspace : str
            Whose log.
        anchors : sequence of Anchor, default=()
            Heads that were kept elsewhere; without one, entries cut off at the end can go unnoticed.
        """
        wanted = {one.seq: one.hash for one in anchors if one.workspace == workspace and one.seq > 0}
        seq, prev_hash, problem = 0, GENESIS, None
        last = self.head(workspace)
        after = 0
        while problem is None and (page := self.read(workspace, after=after, limit=PAGE)):
            problem = find_break(self._key, page, prev_hash, seq)
            for one in page:
                if problem is None and wanted.pop(one.seq, one.hash) != one.hash:
                    problem = f"Entry {one.seq} is not the one that was anchored: the log was written anew."
            after = seq = page[-1].seq
            prev_hash = page[-1].hash
        if problem is None and wanted:
            problem = f"The log ends at entry {seq}, but entry {max(wanted)} was anchored: it was cut off."
        # What was written since the head was read goes beyond it, and is no fault.
        if problem is None and (seq < last.seq or (seq == last.seq and prev_hash != last.hash)):
            problem = f"The log ends at entry {seq}, its head says {last.seq}: it was cut off or exchanged."
        # Entries and head are written at once: a head that is read later cannot lie before them.
        if problem is None and self.head(workspace).seq < seq:
            problem = f"The log ends at entry {seq}, but its head was lost or set back: it was tampered with."
        return Verified(workspace, seq, prev_hash, problem)


def _locked_head(connection: Connection, workspace: str) -> tuple[int, str]:
    """Return where the chain stands; another writer of it waits until this transaction ends."""
    row = connection.execute(_HEAD, {"named": workspace}).first()
    if row is None:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        first = {"workspace": workspace, "seq": 0, "hash": GENESIS}
        connection.execute(dialect.insert(audit_heads).values(first).on_conflict_do_nothing())
        row = connection.execute(_HEAD, {"named": workspace}).one()
    return row.seq, row.hash


def _chained(row: Row[Any]) -> ChainedEntry:
    entry = AuditEntry(**{name: getattr(row, name) for name in AuditEntry.__slots__})
    return ChainedEntry(row.workspace, row.seq, entry, row.prev_hash, row.hash)
