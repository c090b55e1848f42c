"""Rows of a workspace in every table there is, made from the tables themselves: so new tables are covered.

Every text of a row, its ids included, is the workspace's name, so that rows refer to each other and whatever
of them turns up elsewhere can be recognised.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, DateTime, Float, Integer, LargeBinary, Table, insert

from triage.store import Store
from triage.store.every_table import metadata
from triage.store.scope import Across

__all__ = ["MOMENT", "TABLES", "fill", "row_of"]

MOMENT = datetime(2026, 3, 2, 10, tzinfo=UTC)
ENDS = {
    "resolved_at", "closed_at", "ended_at", "withdrawn_at", "disabled_at", "revoked_at", "expires_at",
    "finished_at", "delivered_at", "given_up_at", "answered_at", "seen_at", "locked_until", "absent_from",
    "absent_to",
}  # fmt: skip
TABLES = [table.name for table in metadata.sorted_tables]


def row_of(table: Table, workspace: str) -> dict[str, Any]:
    """Return a row of a workspace that goes on: what says that it ended is empty, and nothing else."""
    return {
        column.name: _value(column, workspace)
        for column in table.columns
        if not (column.nullable and column.name in ENDS)
    }


def fill(store: Store, workspace: str) -> None:
    """Put a row of a workspace into every table."""
    with store.writing(Across.OPERATOR) as connection:
        for table in metadata.sorted_tables:
            connection.execute(insert(table).values(row_of(table, workspace)))


def _value(column: Column[Any], workspace: str) -> Any:
    kind = column.type
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer):
        return 1
    if isinstance(kind, Float):
        return 1.0
    if isinstance(kind, LargeBinary):
        return b"1"
    if isinstance(kind, DateTime) or isinstance(getattr(kind, "impl", None), DateTime):
        return MOMENT
    return workspace
