"""Opening the store: engine, durability settings, migrations. No queries on product tables here."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from triage.errors import ConfigurationError, UnavailableError
from triage.private_file import make_private_file
from triage.store.connections import WRITES, be_impatient, begin, make_durable
from triage.store.in_use import use
from triage.store.look import Found, Look
from triage.store.migrating import migrate_tables, newest_revision, revision_of
from triage.store.scope import Scope, check_scope, confine
from triage.store.sealer import Sealer

__all__ = ["Store", "open_store"]

BUSY_TIMEOUT_MS = 5_000
REST_AFTER_LOCK_S = 1.0
LONGEST_TURN_S = 10.0


class Store:
    """A migrated database, shared by the rooms.

    Parameters
    ----------
    engine : Engine
        SQLAlchemy engine; made by :func:`open_store`.
    patience_s : float or None, default=None
        How long a writer waits for another process's lock; then those of this process are told at once for
        a second. They wait ten seconds at most for each other. None: as long as it takes.
    in_use : file or None, default=None
        Held as long as the store is open, see :mod:`triage.store.in_use`.
    sealer : Sealer
        Encrypts and opens what lies in it.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        patience_s: float | None = None,
        in_use: IO[str] | None = None,
        sealer: Sealer,
    ) -> None:
        self.engine = engine
        self._patience_s = patience_s
        self._in_use = in_use
        self.sealer = sealer
        sealer.keyring.ask_before_first(self._expect_no_lost_key)
        # SQLite has one writer; taking turns here avoids "database is locked" inside a process.
        self._turn = threading.RLock() if engine.dialect.name == "sqlite" else None
        self._locked_until = 0.0
        self._open = threading.local()

    @property
    def url(self) -> str:
        """The database URL, password included: never log it."""
        return self.engine.url.render_as_string(hide_password=False)

    @contextlib.contextmanager
    def reading(self, scope: Scope) -> Iterator[Connection]:
        """Open a connection for reading; what it wrote would be rolled back.

        Inside a thread's open transaction it is that one, so that a reader sees what was just written.

        Parameters
        ----------
        scope : Scope
            The workspace whose rows it sees, or why it sees all.
        """
        if getattr(self._open, "connection", None) is not None:
            with self._joined(scope) as connection:
                yield connection
            return
        if look := self._look(scope):
            yield look.connection
            return
        check_scope(scope)
        with self.engine.connect() as connection:
            confine(connection, scope)
            yield connection

    @contextlib.contextmanager
    def looking(self, scope: Scope) -> Iterator[None]:
        """Let all that this thread reads until the end of the block be read in one transaction.

        What is read in many places then costs one connection, not one a place. On SQLite it is of one state.

        Parameters
        ----------
        scope : Scope
            As of :meth:`reading`; what is read of another scope is read by itself.
        """
        with self.reading(scope) as connection:
            before = getattr(self._open, "look", None)
            self._open.look = Look(scope, connection)
            try:
                yield
            finally:
                self._open.look = before

    def read_once(self, scope: Scope, name: str, read: Callable[[Connection], Found]) -> Found:
        """Read what is asked for at several places: in a look the first time only, else each time.

        In a transaction that writes it is read each time, and after one this thread's look knows nothing.

        Parameters
        ----------
        scope, name, read : Scope, str, callable
            As of :meth:`reading`; names what is read; reads it. Nobody may change what it returns.
        """
        with self.reading(scope) as connection:
            look = self._look(scope)
            return read(connection) if look is None else look.once(name, read)

    def _look(self, scope: Scope) -> Look | None:
        """Return this thread's look at a scope; none while it writes."""
        look: Look | None = getattr(self._open, "look", None)
        is_writing = getattr(self._open, "connection", None) is not None
        return look if look and look.scope == scope and not is_writing else None

    @contextlib.contextmanager
    def writing(self, scope: Scope) -> Iterator[Connection]:
        """Open one transaction: committed at the end of the block, rolled back on an exception.

        A block inside another one of the same thread joins it, so that several writes become one.

        Parameters
        ----------
        scope : Scope
            The workspace whose rows it sees and writes, or why it does all.

        Raises
        ------
        UnavailableError
            If other writers go on for longer than the store's patience.
        ConflictError
            If it joins a transaction of another workspace.
        """
        if getattr(self._open, "connection", None) is not None:
            with self._joined(scope) as connection:
                yield connection
            return
        check_scope(scope)
        writer = self.engine.execution_options(**{WRITES: True})
        with self._my_turn(), writer.begin() as connection:
            confine(connection, scope)
            self._open.connection, self._open.scope = connection, scope
            try:
                yield connection
            finally:
                self._open.connection = self._open.scope = None
                if look := getattr(self._open, "look", None):
                    look.forget()

    @contextlib.contextmanager
    def _joined(self, scope: Scope) -> Iterator[Connection]:
        """Go on in this thread's transaction, held to another scope where that differs."""
        connection, outer = self._open.connection, self._open.scope
        if scope == outer:
            yield connection
            return
        check_scope(scope, outer)
        confine(connection, scope)
        self._open.scope = scope
        try:
            yield connection
        except BaseException:
            self._open.scope = outer
            # In a broken transaction it cannot be set back, and need not: it ends, the setting with it.
            with contextlib.suppress(SQLAlchemyError):
                confine(connection, outer)
            raise
        self._open.scope = outer
        confine(connection, outer)

    @contextlib.contextmanager
    def _my_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        self._refuse_while_locked()
        if not self._turn.acquire(timeout=-1 if self._patience_s is None else LONGEST_TURN_S):
            raise UnavailableError("Got a write while others are written; expected less at once. Try again.")
        try:
            self._refuse_while_locked()
            yield
        except OperationalError as error:
            if "locked" in str(error.orig):
                self._locked_until = time.monotonic() + REST_AFTER_LOCK_S
            raise
        finally:
            self._turn.release()

    def _refuse_while_locked(self) -> None:
        """Let nobody queue up behind another process's lock: one in a second tries, the others are told."""
        if self._patience_s is not None and time.monotonic() < self._locked_until:
            raise UnavailableError(
                "Got a write while another process holds the database; expected it to let go soon. Try again."
            )

    def revision(self) -> str | None:
        """Return the migration that the database stands at, None for an empty one."""
        with self.engine.connect() as connection:
            return revision_of(connection)

    def newest_revision(self) -> str:
        """Return the newest migration that this version knows."""
        return newest_revision()

    def _expect_no_lost_key(self) -> None:
        from triage.store.sealing_keys import expect_keys  # Which needs the store itself.

        expect_keys(self)

    def disconnect(self) -> None:
        """Close the connections that there are; the next use makes new ones. To be called before a fork."""
        self.engine.dispose()

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()
        if self._in_use is not None:
            self._in_use.close()


def open_store(url: str, *, migrate: bool = True, patience_s: float | None = None) -> Store:
    """Open the store behind a database URL, bringing its tables up to date.

    Parameters
    ----------
    url : str
        ``sqlite:///path`` or ``postgresql+psycopg://user@host/name`` (a bare ``postgresql://`` is
        read as psycopg's).
    migrate : bool, default=True
        Bring the tables to the newest migration; safe to call from several processes at once.
    patience_s : float, optional
        How long to wait for a lock or a connection before giving up, for who answers others meanwhile; by
        default five seconds for another process's lock on SQLite, else as long as it takes.

    Returns
    -------
    Store

    Raises
    ------
    ConfigurationError
        If the URL cannot be parsed or names another database system, or a key to encrypt with is none.
    UnavailableError
        If a restore is replacing it at this moment.
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
    in_use, sealer = None, Sealer.from_environment()
    pool: dict[str, Any] = {} if patience_s is None else {"pool_timeout": patience_s}
    if parsed.get_backend_name() == "sqlite":
        in_file = bool(parsed.database) and parsed.database != ":memory:"
        if in_file and parsed.database:
            path = Path(parsed.database)
            make_private_file(path)
            in_use = use(path) if migrate else None
        busy_ms = BUSY_TIMEOUT_MS if patience_s is None else int(patience_s * 1000)
        # A store in memory is one connection: SQLAlchemy's pool for it takes no sizes.
        sizes = {"pool_size": 16, "max_overflow": 32, **pool} if in_file else {}
        engine = create_engine(parsed, connect_args={"timeout": busy_ms / 1000}, **sizes)
        event.listen(engine, "connect", lambda connection, _record: make_durable(connection, busy_ms))
        event.listen(engine, "begin", begin)
    else:
        engine = create_engine(parsed, pool_pre_ping=True, pool_size=5, max_overflow=10, **pool)
        if patience_s is not None:
            wait_ms = int(patience_s * 1000)
            event.listen(engine, "connect", lambda connection, _record: be_impatient(connection, wait_ms))
    store = Store(engine, patience_s=patience_s, in_use=in_use, sealer=sealer)
    if migrate:
        try:
            migrate_tables(engine)
        except BaseException:
            store.close()
            raise
    return store
