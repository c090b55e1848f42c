"""Insert-or-replace by primary key, for both databases. Knows nothing of what is stored."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

__all__ = ["upsert"]


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows; where the primary key exists, the later row replaces the earlier one.

    Parameters
    ----------
    connection : Connection
        Inside the caller's transaction.
    table : Table
        Any table of :mod:`triage.store.schema`.
    rows : sequence of mappings
        Column values; all rows have the same columns and no key stands in them twice.
    """
    if not rows:
        return
    statement = _statement(table, tuple(rows[0]), connection.dialect.name)
    connection.execute(statement, [dict(row) for row in rows])


@lru_cache(maxsize=256)
def _statement(table: Table, columns: tuple[str, ...], database: str) -> Executable:
    """Return the statement; putting it together costs as much as running it."""
    keys = [column.name for column in table.primary_key]
    statement = postgresql.insert(table) if database == "postgresql" else sqlite.insert(table)
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    if changed:
        return statement.on_conflict_do_update(index_elements=keys, set_=changed)
    return statement.on_conflict_do_nothing(index_elements=keys)
