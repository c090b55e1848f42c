"""What is set on each connection to the database as it is made, and how a transaction begins on SQLite."""

import sqlite3
from typing import Any

from sqlalchemy import Connection

__all__ = ["WRITES", "be_impatient", "begin", "make_durable"]

WRITES = "triage_writes"
"""The execution option of a transaction that writes."""


def be_impatient(connection: Any, wait_ms: int) -> None:
    """Let PostgreSQL wait so many milliseconds for a lock, no longer."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {wait_ms}")
    connection.commit()


def make_durable(connection: sqlite3.Connection, busy_ms: int) -> None:
    """Set what SQLite leaves to the connection: full syncs, foreign keys, overwriting, waiting for a lock."""
    connection.isolation_level = None  # SQLAlchemy's BEGIN below decides, not the driver's guess.
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute(f"PRAGMA busy_timeout={busy_ms}")
    cursor.close()


def begin(connection: Connection) -> None:
    """Begin a transaction on SQLite."""
    # Writers take the lock at once: one that reads first would fail where another wrote meanwhile.
    immediate = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
