"""Whether the keys that are here are those that encrypted what is stored. Makes and changes none."""

from sqlalchemy import inspect, select

from triage.errors import SealError
from triage.store.database import Store
from triage.store.scope import Across
from triage.store.sealed_form import is_sealed, key_id
from triage.store.sealer import SEALED

__all__ = ["check_keys", "expect_keys", "keys_in_use"]

SAMPLE = 50


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


def expect_keys(store: Store) -> None:
    """See to it that every key is here that something stored is encrypted with; reads all of it.

    Raises
    ------
    SealError
        If one lacks: a new one would open nothing of it, and hide that it lacks.
    """
    keyring = store.sealer.keyring
    lacking = [one for one in keys_in_use(store) if one not in keyring.ids]
    if lacking:
        raise SealError(
            f"Got a store that holds something encrypted with key {', '.join(lacking)}; expected that key in "
            f"{keyring.called} (keys there: {', '.join(keyring.ids) or 'none'}). Put it back, from the copy "
            "kept apart or the machine that encrypted it; no new key was made. If it is lost for ever, so is "
            "what it encrypted: put a key of your own there to go on without."
        )


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
                for row in connection.execute(select(*one.told).order_by(*order).limit(SAMPLE)):
                    store.sealer.opened(one.table, row._mapping)
