"""Opening the store: engine, durability settings, migrations. No queries on product tables here."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from triage.errors import ConfigurationError

__all__ = ["Store", "open_store"]

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 5_000
WRITES = "triage_writes"


class Store:
    """A migrated database, shared by the rooms.

    Parameters
    ----------
    engine : Engine
        SQLAlchemy engine; made by :func:`open_store`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # SQLite has one writer; taking turns here avoids "database is locked" inside a process.
        self._turn = threading.RLock() if engine.dialect.name == "sqlite" else contextlib.nullcontext()
        self._open = threading.local()

    @property
    def url(self) -> str:
        """The database URL, password included: never log it."""
        return self.engine.url.render_as_string(hide_password=False)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection for reading; what it wrote would be rolled back.

        Inside a thread's open transaction it is that one, so that a reader sees what was just written.
        """
        joined = getattr(self._open, "connection", None)
        if joined is not None:
            yield joined
            return
        with self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open one transaction: committed at the end of the block, rolled back on an exception.

        A block inside another one of the same thread joins it, so that several writes become one.
        """
        joined = getattr(self._open, "connection", None)
        if joined is not None:
            yield joined
            return
        writer = self.engine.execution_options(**{WRITES: True})
        with self._turn, writer.begin() as connection:
            self._open.connection = connection
            try:
                yield connection
            finally:
                self._open.connection = None

    def revision(self) -> str | None:
        """Return the migration that the database stands at, None for an empty one."""
        with self.reading() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def newest_revision(self) -> str | None:
        """Return the newest migration that this version knows."""
        return _scripts().get_current_head()

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def open_store(url: str, *, migrate: bool = True) -> Store:
    """Open the store behind a database URL, bringing its tables up to date.

    Parameters
    ----------
    url : str
        ``sqlite:///path`` or ``postgresql+psycopg://user@host/name`` (a bare ``postgresql://`` is
        read as psycopg's).
    migrate : bool, default=True
        Bring the tables to the newest migration; safe to call from several processes at once.

    Returns
    -------
    Store

    Raises
    ------
    ConfigurationError
        If the URL cannot be parsed or names another database system.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigurationError(
            "Got a database URL that cannot be parsed; expected sqlite:///PATH or "
            "postgresql+psycopg://USER@HOST/NAME."
        ) from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ConfigurationError(
            f"Got a {parsed.get_backend_name()!r} database URL; expected sqlite or postgresql."
        )
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", _make_durable)
        event.listen(engine, "begin", _begin)
    else:
        engine = create_engine(parsed, pool_pre_ping=True, pool_size=5, max_overflow=10)
    store = Store(engine)
    if migrate:
        _migrate(engine)
    return store


def _make_durable(connection: sqlite3.Connection, _record: Any) -> None:
    """Set what SQLite leaves to the connection: full syncs, foreign keys, waiting for a lock."""
    connection.isolation_level = None  # SQLAlchemy's BEGIN below decides, not the driver's guess.
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads before it writes would fail at once, not wait, when another process wrote
    # in between: so writers take the lock at the start.
    immediate = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _migrate(engine: Engine) -> None:
    config = _config()
    head = _scripts().get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7214901)"))
        else:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
