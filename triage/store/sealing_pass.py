"""Bringing what is stored to what the settings say, in small batches: sealed by the first key, or clear.

Safe beside servers that read and write, and begun again after being killed: what is done needs nothing more.
Whether the keys that are here open what is stored, :mod:`triage.store.sealing_keys` asks.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, tuple_, update

from triage.errors import ConfigurationError
from triage.sealing import looks_sealed
from triage.store.database import Store
from triage.store.scope import Across
from triage.store.sealed_form import is_clear, is_sealed, key_id, needs_sealing
from triage.store.sealer import SEALED, Extent, SealedTable
from triage.store.sealing_keys import expect_keys

__all__ = [
    "Sealed",
    "expect_secrets_only",
    "look_at_sealed",
    "seal_all",
    "sealed_against_will",
    "unseal_all",
]

BATCH = 200
REST_S = 0.005
"""Between batches, so that other writers of SQLite come in."""
PASSES = 3
"""A second one finds what a server had begun to write with the key before."""
FEW = 50
"""So many are opened to see what they are."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """How a column stands.

    Parameters
    ----------
    column : str
        ``table.column``.
    is_due : bool
        Whether it is encrypted when it is written.
    clear : int
        Values in the clear.
    by_key : dict of str to int
        Values by the id of the key that they are encrypted with.
    """

    column: str
    is_due: bool
    clear: int
    by_key: dict[str, int]


def seal_all(store: Store, *, tell: Callable[[int], None] = lambda _: None) -> dict[str, int]:
    """Seal with the first key what lies in the clear and should not, and what another key sealed.

    Parameters
    ----------
    store : Store
        What is written to it meanwhile is left as it was written.
    tell : callable
        Is told after each batch how many rows it changed.

    Returns
    -------
    dict of str to int
        Rows changed, by table.

    Raises
    ------
    SealError
        If something is stored that no key here opens; what was done until then stays done.
    """
    return _go_through(store, [_Change(one, store.sealer.seals(one)) for one in SEALED.values()], tell)


def unseal_all(store: Store, *, tell: Callable[[int], None] = lambda _: None) -> dict[str, int]:
    """Put into the clear what is encrypted and need not be any more: texts, never secrets.

    A text that people wrote and that looks like something encrypted stays so, see :meth:`Sealer.sealed`.

    Parameters
    ----------
    store : Store
        Safe beside servers; killed, it goes on where it was.
    tell : callable
        Is told after each batch how many rows it changed.

    Returns
    -------
    dict of str to int
        Rows changed, by table.

    Raises
    ------
    ConfigurationError
        If the settings say that texts are encrypted.
    SealError
        If a key lacks; nothing is changed then.
    """
    expect_secrets_only(store)
    expect_keys(store)
    tables = [one for one in SEALED.values() if not store.sealer.seals(one)]
    return _go_through(store, [_Change(one, False, is_opening=True) for one in tables], tell)


def expect_secrets_only(store: Store) -> None:
    """See to it that what is written is not encrypted again.

    Raises
    ------
    ConfigurationError
        If the settings say that texts are encrypted.
    """
    if store.sealer.extent is Extent.TEXTS:
        raise ConfigurationError(
            "Got $TRIAGE_ENCRYPT=texts, which encrypts texts; expected it to be taken away first, from every "
            "server and worker (start them anew) and from this command: they would encrypt them again."
        )


@dataclass(frozen=True, slots=True)
class _Change:
    """What is done to a table: sealing what is sealed with an older key, in the clear too, or opening."""

    one: SealedTable
    clear_too: bool
    is_opening: bool = False

    def is_due(self, name: str, store: Store) -> ColumnElement[bool]:
        column = self.one.table.c[name]
        if self.is_opening:
            return is_sealed(column)
        return needs_sealing(column, store.sealer.keyring.sealing_id(), clear_too=self.clear_too)


def _go_through(
    store: Store, changes: Sequence[_Change], tell: Callable[[int], None] = lambda _: None
) -> dict[str, int]:
    done: Counter[str] = Counter()
    for _ in range(PASSES):
        before = done.total()
        for change in changes:
            one, after = change.one, None
            while batch := _batch(store, change, after):
                count, after = batch
                done[one.table.name] += count
                tell(count)
                time.sleep(REST_S)
        if done.total() == before:
            break
    return {table: count for table, count in done.items() if count}


def look_at_sealed(store: Store) -> list[Sealed]:
    """Return how each column that may be encrypted stands; reads all of them."""
    with store.reading(Across.OPERATOR) as connection:
        return [
            _standing(connection, one, name, store.sealer.seals(one))
            for one in SEALED.values()
            for name in one.columns
        ]


def sealed_against_will(store: Store) -> dict[str, int]:
    """Return by column how many values are encrypted that need not be, and do not look like it opened."""
    found: dict[str, int] = {}
    for one in (one for one in SEALED.values() if not store.sealer.seals(one)):
        for name in one.columns:
            count = _count_unwilling(store, one, name)
            if count:
                found[f"{one.table.name}.{name}"] = count
    return found


def _count_unwilling(store: Store, one: SealedTable, name: str) -> int:
    column = one.table.c[name]
    names = [one.table.c[key] for key in dict.fromkeys(("workspace", *one.keys, name))]
    with store.reading(Across.OPERATOR) as connection:
        count = connection.scalar(select(func.count()).select_from(one.table).where(is_sealed(column)))
        if not count or count > FEW:
            return int(count or 0)
        rows = connection.execute(select(*names).where(is_sealed(column))).all()
    return sum(not looks_sealed(store.sealer.opened(one.table, row._mapping)[name]) for row in rows)


def _batch(
    store: Store, change: _Change, after: tuple[Any, ...] | None
) -> tuple[int, tuple[Any, ...]] | None:
    """Change some rows after a key; return how many, and the last one's key; None where there are no more."""
    one, table = change.one, change.one.table
    keys = [table.c[name] for name in one.keys]
    due = or_(*(change.is_due(name, store) for name in one.columns))
    query = select(*one.told).where(due).order_by(*keys).limit(BATCH).with_for_update()
    if after is not None:
        query = query.where(tuple_(*keys) > tuple_(*after))
    with store.writing(Across.OPERATOR) as connection:
        rows = connection.execute(query).all()
        count = sum(_changed(store, connection, change, row) for row in rows)
    return (count, tuple(rows[-1]._mapping[name] for name in one.keys)) if rows else None


def _changed(store: Store, connection: Connection, change: _Change, row: Row[Any]) -> bool:
    one, table = change.one, change.one.table
    clear = store.sealer.opened(table, row._mapping)
    if change.is_opening:
        # What would look sealed in the clear stays as it is.
        ready = {
            name: row._mapping[name] if looks_sealed(clear[name]) else clear[name] for name in one.columns
        }
    else:
        # What is encrypted stays so, wherever the command was called without $TRIAGE_ENCRYPT.
        shut = [name for name in one.columns if looks_sealed(row._mapping[name])]
        ready = store.sealer.sealed(table, clear, shut)
    if all(ready[name] == row._mapping[name] for name in one.columns):
        return False
    here = and_(*(table.c[name] == row._mapping[name] for name in one.keys))
    connection.execute(update(table).where(here).values({name: ready[name] for name in one.columns}))
    return True


def _standing(connection: Connection, one: SealedTable, name: str, is_due: bool) -> Sealed:
    column = one.table.c[name]
    clear = connection.scalar(select(func.count()).select_from(one.table).where(is_clear(column)))
    ids = key_id(column)
    counts = connection.execute(select(ids, func.count()).where(is_sealed(column)).group_by(ids))
    return Sealed(f"{one.table.name}.{name}", is_due, int(clear or 0), {key: int(n) for key, n in counts})
