"""A store's whole content out to files and back, while others read and write it. Knows no archive format.

SQLite is copied by its online backup API, page for page as of one moment. PostgreSQL is written table by
table as JSON lines within one snapshot, which needs no other program and suits any server version.
"""

import base64
import contextlib
import fcntl
import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    func,
    inspect,
    select,
    text,
)

from triage.errors import BackupError, ConflictError
from triage.private_file import make_private_file
from triage.store.database import Store
from triage.store.in_use import in_use_lock
from triage.store.migrating import MIGRATING, demand_owner, migration_config, migration_scripts
from triage.store.scope import Across, confine

__all__ = [
    "check_sqlite",
    "copy_sqlite",
    "count_rows",
    "dump_tables",
    "known_revision",
    "load_tables",
    "unused_sqlite",
]

VERSIONS = "alembic_version"
ROWS = 1_000


def known_revision(revision: str | None) -> bool:
    """Tell whether this version of triage knows a migration, and so can bring its tables up to date."""
    return revision in {one.revision for one in migration_scripts().walk_revisions()}


def count_rows(store: Store) -> dict[str, int]:
    """Return the rows of each table by name."""
    with store.reading(Across.BACKUP) as connection:
        return _counts(connection)


def copy_sqlite(store: Store, target: Path) -> dict[str, int]:
    """Copy a SQLite store to a file as of one moment; writers go on meanwhile. Return the rows by table."""
    raw = store.engine.raw_connection()
    try:
        with contextlib.closing(sqlite3.connect(target)) as copy:
            # All pages in one step: in steps it begins anew at each write, and may never end.
            raw.driver_connection.backup(copy, pages=-1)  # type: ignore[union-attr]
            copy.execute("PRAGMA journal_mode=DELETE")
            names = [row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
                for name in sorted(names)
                if name != VERSIONS
            }
    finally:
        raw.close()


def check_sqlite(path: Path, counts: Mapping[str, int]) -> str | None:
    """Look into a copied SQLite file; return its revision.

    Raises
    ------
    BackupError
        If SQLite finds it damaged or a table has not as many rows as were copied.
    """
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
        try:
            (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
            found = {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in counts}
            row = copy.execute(f"SELECT version_num FROM {VERSIONS}").fetchone()
        except sqlite3.DatabaseError as error:
            raise BackupError(
                f"Got a backup whose database cannot be read ({error}); expected a whole one."
            ) from None
    if verdict != "ok" or found != dict(counts):
        raise BackupError("Got a backup whose database is damaged; expected a whole one. Take an older one.")
    return None if row is None else str(row[0])


@contextlib.contextmanager
def unused_sqlite(path: Path) -> Iterator[None]:
    """Keep everybody else out of a SQLite store's file for a while.

    Raises
    ------
    ConflictError
        If a server, a worker or a command has it open.
    """
    make_private_file(in_use_lock(path))
    with in_use_lock(path).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(
                f"Got a restore into {path} while a server, a worker or a command has it open; expected "
                "nobody there. Stop them first."
            ) from None
        yield


def dump_tables(store: Store, folder: Path) -> dict[str, int]:
    """Write all tables of a PostgreSQL store as JSON lines, as of one moment; return the rows by table."""
    counts = {}
    engine = store.engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection, connection.begin():
        connection.execute(text("SET TRANSACTION READ ONLY"))
        confine(connection, Across.BACKUP)
        for table in _tables(connection):
            count = 0
            rows = connection.execution_options(yield_per=ROWS).execute(select(table))
            with (folder / f"{table.name}.jsonl").open("w") as file:
                for row in rows.mappings():
                    told = {column.name: _written(column.type, row[column.name]) for column in table.columns}
                    file.write(json.dumps(told) + "\n")
                    count += 1
            counts[table.name] = count
    return counts


def load_tables(store: Store, folder: Path, revision: str, *, replace: bool) -> None:
    """Fill a PostgreSQL database from written tables, all or nothing, then bring it up to date.

    Parameters
    ----------
    store : Store
        Of the database; not migrated yet where it is empty.
    folder : Path
        Of the tables.
    revision : str
        The migration that they were written at.
    replace : bool
        Whether what is there may go.

    Raises
    ------
    ConflictError
        If there is something, and it may not go.
    """
    config = migration_config()
    with store.engine.begin() as connection:
        demand_owner(connection)
        connection.execute(text(MIGRATING))
        confine(connection, Across.BACKUP)
        config.attributes["connection"] = connection
        if inspect(connection).has_table(VERSIONS):
            if not replace and any(_counts(connection).values()):
                raise ConflictError(
                    "Got a restore into a database that holds something; expected an empty one, or --replace."
                )
            command.downgrade(config, "base")
        command.upgrade(config, revision)
        forced = set(connection.scalars(_FORCED))
        for table in _tables(connection):
            # COPY works for no one whom row-level security binds, as it binds owners too where it is forced.
            if table.name in forced:
                connection.execute(text(f'ALTER TABLE "{table.name}" NO FORCE ROW LEVEL SECURITY'))
            _fill(connection, table, folder / f"{table.name}.jsonl")
            if table.name in forced:
                connection.execute(text(f'ALTER TABLE "{table.name}" FORCE ROW LEVEL SECURITY'))
        command.upgrade(config, "head")
        # Until it has counted what is there, PostgreSQL plans as for empty tables.
        names = ", ".join(f'"{table.name}"' for table in _tables(connection))
        connection.execute(text(f"ANALYZE {names}"))


_FORCED = text(
    "SELECT relname FROM pg_class WHERE relforcerowsecurity AND relnamespace = current_schema()::regnamespace"
)


def _fill(connection: Connection, table: Table, path: Path) -> None:
    """Fill a table by COPY: several times as fast as inserting rows."""
    from psycopg import DataError, IntegrityError, sql

    columns = [(column.name, column.type) for column in table.columns]
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    driver: Any = connection.connection.driver_connection
    try:
        with path.open() as file, driver.cursor() as cursor, cursor.copy(statement) as copy:
            for line in file:
                told = json.loads(line)
                copy.write_row([_read(kind, told[name]) for name, kind in columns])
    except (DataError, IntegrityError) as error:  # Anything else is no fault of the backup's.
        raise BackupError(
            f"Got a backup whose table {table.name!r} PostgreSQL does not take ({type(error).__name__}); "
            "expected one that it wrote. Nothing was changed: take another one."
        ) from error


def _tables(connection: Connection) -> list[Table]:
    """Read the tables as they are, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    for table in found.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON) and column.nullable:
                column.type = JSON(none_as_null=True)
    return [table for table in found.sorted_tables if table.name != VERSIONS]


def _counts(connection: Connection) -> dict[str, int]:
    found = MetaData()
    found.reflect(connection)
    return {
        name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for name, table in sorted(found.tables.items())
        if name != VERSIONS
    }


def _written(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return value.astimezone(UTC).isoformat()
    if isinstance(kind, LargeBinary):
        return base64.b64encode(value).decode("ascii")
    return value


def _read(kind: Any, value: Any) -> Any:
    """Return a written value as COPY takes it; times are text in both."""
    if isinstance(kind, JSON) and not (value is None and kind.none_as_null):
        return json.dumps(value)
    if isinstance(kind, LargeBinary) and value is not None:
        return base64.b64decode(value)
    return value
