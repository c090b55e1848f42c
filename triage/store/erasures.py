"""The ledger of erasures of a workspace: pseudonyms of what was erased, in the order in which it was."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, inspect, select

from triage.erasure import Erased, ErasedKind, ErasureKeys, erased_by
from triage.store.database import Store, open_store
from triage.store.erasure_tables import erasures
from triage.store.revisions import Kind, read_revisions
from triage.store.scope import Across
from triage.store.upsert import upsert
from triage.ticket import Ticket

__all__ = [
    "erased_after",
    "erased_among",
    "erasure_revision",
    "forget_text_keys",
    "ledger_of",
    "ledgers_of",
    "note_erased",
]

_COLUMNS = [erasures.c[name] for name in Erased.__slots__]
_NAMED = (ErasedKind.TICKET.value, ErasedKind.REQUESTER.value)
_FEW = 8
_MANY = 500
"""Keys in one query: SQLite allows a limited number of bound values."""


def note_erased(connection: Connection, workspace: str, entries: Sequence[Erased]) -> None:
    """Keep entries; of what was erased before the newer entry stays. In the transaction that erases."""
    rows = {
        (one.kind, one.key): {
            "workspace": workspace,
            **{name: getattr(one, name) for name in Erased.__slots__},
            "kind": one.kind.value,
        }
        for one in entries
    }
    upsert(connection, erasures, list(rows.values()))


def erasure_revision(store: Store, workspace: str) -> int:
    """Return how often something was erased in a workspace: who follows sees by it that there is news."""
    return read_revisions(store, workspace)[Kind.ERASURES]


def erased_after(store: Store, workspace: str, revision: int = 0) -> list[Erased]:
    """Return the entries after a revision, the first first."""
    query = (
        select(*_COLUMNS)
        .where(erasures.c.workspace == workspace, erasures.c.revision > revision)
        .order_by(erasures.c.revision, erasures.c.kind, erasures.c.key)
    )
    with store.reading(workspace) as connection:
        return [_erased(row) for row in connection.execute(query)]


def ledger_of(url: str, workspace: str) -> list[Erased]:
    """Return the entries of the ledger behind a database URL; none where there is no store, or no ledger yet.

    For who only looks: makes no store and changes none.
    """
    return ledgers_of(url).get(workspace, [])


def ledgers_of(url: str) -> dict[str, list[Erased]]:
    """Return the ledgers behind a database URL by workspace, as :func:`ledger_of` does one."""
    file = url.removeprefix("sqlite:///")
    if file != url and not Path(file).exists():
        return {}
    store = open_store(url, migrate=False)
    try:
        if not inspect(store.engine).has_table(erasures.name):
            return {}
        with store.reading(Across.OPERATOR) as connection:
            names = connection.scalars(select(erasures.c.workspace).distinct()).all()
        return {name: erased_after(store, name) for name in sorted(names)}
    finally:
        store.close()


def erased_among(store: Store, workspace: str, tickets: Sequence[Ticket], keys: ErasureKeys) -> set[str]:
    """Return the ids of those tickets that were erased, or filed by a requester before they were.

    Parameters
    ----------
    store, workspace
        Whose ledger.
    tickets : sequence of Ticket
        As filed; of a requester's, those without a time count as filed before.
    keys : ErasureKeys
        Of the installation.
    """
    # Of one ticket its pseudonyms are looked up at once; of many it pays to ask first whether there is any.
    if not tickets or (len(tickets) > _FEW and erasure_revision(store, workspace) == 0):
        return set()
    named = {keys.ticket(one.ticket_id) for one in tickets if one.ticket_id}
    filed = {keys.requester(one) for one in {one.requester for one in tickets} if one}
    return erased_by(_among(store, workspace, sorted(named | filed)), tickets, keys)


def forget_text_keys(store: Store, workspace: str, before: datetime) -> int:
    """Delete hashes of texts erased before a moment, by when every cache has followed; return how many."""
    old = (
        erasures.c.workspace == workspace,
        erasures.c.kind == ErasedKind.TEXT.value,
        erasures.c.erased_at < before,
    )
    with store.writing(workspace) as connection:
        return int(connection.execute(delete(erasures).where(*old)).rowcount)


# With every ticket that is sent: made once, since making a statement costs as much as running it.
_AMONG = select(*_COLUMNS).where(
    erasures.c.workspace == bindparam("named"),
    erasures.c.kind.in_(_NAMED),
    erasures.c.key.in_(bindparam("keys", expanding=True)),
)


def _among(store: Store, workspace: str, keys: Sequence[str]) -> list[Erased]:
    found: list[Erased] = []
    with store.reading(workspace) as connection:
        for at in range(0, len(keys), _MANY):
            some = {"named": workspace, "keys": keys[at : at + _MANY]}
            found += [_erased(row) for row in connection.execute(_AMONG, some)]
    return found


def _erased(row: Sequence[object]) -> Erased:
    kind, *rest = row
    return Erased(ErasedKind(kind), *rest)  # type: ignore[arg-type]
