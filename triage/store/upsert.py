"""Insert-or-replace by primary key, for both databases. Knows nothing of what is stored."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
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
    columns = list(rows[0])
    keys = [column.name for column in table.primary_key]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    if changed:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    connection.execute(statement, [dict(row) for row in rows])
