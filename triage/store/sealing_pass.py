"""Bringing what is stored to what the settings say: sealed with the first key, in small batches.

Safe beside servers that read and write, and begun again after being killed: what is done needs nothing more.
Whether the keys that are here open what is stored is asked here, too.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, func, inspect, or_, select, tuple_, update

from triage.sealing import looks_sealed
from triage.store.database import Store
from triage.store.scope import Across
from triage.store.sealed_form import is_clear, is_sealed, key_id, needs_sealing
from triage.store.sealer import SEALED, SealedTable

__all__ = ["Sealed", "check_keys", "keys_in_use", "look_at_sealed", "seal_all"]

BATCH = 200
REST_S = 0.005
"""Between batches, so that other writers of SQLite come in."""
PASSES = 3
"""A second one finds what a server had begun to write with the key before."""
SAMPLE = 50


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
    done: Counter[str] = Counter()
    for _ in range(PASSES):
        before = done.total()
        for one in SEALED.values():
            after: tuple[Any, ...] | None = None
            while rows := _batch(store, one, after):
                done[one.table.name] += len(rows)
                tell(len(rows))
                after = tuple(rows[-1]._mapping[name] for name in one.keys)
                time.sleep(REST_S)
        if done.total() == before:
            break
    return dict(done)


def look_at_sealed(store: Store) -> list[Sealed]:
    """Return how each column that may be encrypted stands; reads all of them."""
    with store.reading(Across.OPERATOR) as connection:
        return [
            _standing(connection, one, name, store.sealer.seals(one))
            for one in SEALED.values()
            for name in one.columns
        ]


def keys_in_use(store: Store) -> list[str]:
    """Return the ids of the keys that something stored is encrypted with, in their order."""
    found: set[str] = set()
    with store.reading(Across.BACKUP) as connection:
        there = set(inspect(connection).get_table_names())  # An old store has not all of them yet.
        for one in (one for one in SEALED.values() if one.table.name in there):
            for name in one.columns:
                column = one.table.c[name]
                found.update(connection.scalars(select(key_id(column)).distinct().where(is_sealed(column))))
    return sorted(found)


def check_keys(store: Store) -> None:
    """Look whether the keys here open a sample of what is stored: quick, for the start of a server.

    Raises
    ------
    SealError
        If not; says which key lacks.
    """
    with store.reading(Across.OPERATOR) as connection:
        for one in SEALED.values():
            keys = [one.table.c[name] for name in one.keys]
            for order in (keys, [key.desc() for key in keys]):
                for row in connection.execute(select(*_told(one)).order_by(*order).limit(SAMPLE)):
                    store.sealer.opened(one.table, row._mapping)


def _batch(store: Store, one: SealedTable, after: tuple[Any, ...] | None) -> Sequence[Row[Any]]:
    """Seal some rows after a key; return them as they were."""
    table, newest = one.table, store.sealer.keyring.sealing_id()
    keys = [table.c[name] for name in one.keys]
    due = or_(
        *(needs_sealing(table.c[name], newest, clear_too=store.sealer.seals(one)) for name in one.columns)
    )
    query = select(*_told(one)).where(due).order_by(*keys).limit(BATCH).with_for_update()
    if after is not None:
        query = query.where(tuple_(*keys) > tuple_(*after))
    with store.writing(Across.OPERATOR) as connection:
        rows = connection.execute(query).all()
        for row in rows:
            clear = store.sealer.opened(table, row._mapping)
            # What is encrypted stays so, wherever the command was called without $TRIAGE_ENCRYPT.
            shut = [name for name in one.columns if looks_sealed(row._mapping[name])]
            ready = store.sealer.sealed(table, clear, shut)
            here = and_(*(table.c[name] == row._mapping[name] for name in one.keys))
            connection.execute(update(table).where(here).values({name: ready[name] for name in one.columns}))
    return rows


def _told(one: SealedTable) -> list[Any]:
    names = dict.fromkeys(("workspace", *one.keys, *one.columns))
    return [one.table.c[name] for name in names]


def _standing(connection: Connection, one: SealedTable, name: str, is_due: bool) -> Sealed:
    column = one.table.c[name]
    clear = connection.scalar(select(func.count()).select_from(one.table).where(is_clear(column)))
    ids = key_id(column)
    counts = connection.execute(select(ids, func.count()).where(is_sealed(column)).group_by(ids))
    return Sealed(f"{one.table.name}.{name}", is_due, int(clear or 0), {key: int(n) for key, n in counts})
