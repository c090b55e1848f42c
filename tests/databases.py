"""PostgreSQL databases of a test's own: copies of a migrated one, worked in as a server's role.

Copying for each test took longer than most of the tests, so a copy goes on to the next test when the last one
left it as it was given: nobody is connected to it any more and PostgreSQL's own catalog was not written to,
so that every table, column, index, trigger, policy and grant is the very same. Then only rows have to go.
Otherwise it is dropped.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from triage.store import open_store
from triage.store.app_role import make_role

__all__ = ["ROLE", "Database", "Databases", "migrated", "own_database", "owned_by_nobody_special"]

ROLE = "triage_test_app"
"""As whom tests work with PostgreSQL: row-level security binds it, as it binds a server's."""

OWNER = "triage_test_owner"
"""Owns tables and is no superuser, as who migrates and restores: a superuser sees and may everything."""

LEAVING_S = 1.0
"""How long a closed connection may take to be gone on the server."""

GUESTS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)
CATALOG = "pg_class pg_attrdef pg_constraint pg_trigger pg_proc pg_policy pg_namespace pg_default_acl pg_type"
SHAPE = text(
    "SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM ("
    + " UNION ALL ".join(
        f"SELECT concat_ws('.', '{name}', oid, xmin) AS part FROM {name} WHERE oid >= 16384 OR oid = 2200"
        for name in CATALOG.split()
    )
    + " UNION ALL SELECT concat_ws('.', attrelid, attnum, xmin) FROM pg_attribute WHERE attrelid >= 16384"
    " UNION ALL SELECT concat_ws('.', indexrelid, xmin) FROM pg_index WHERE indexrelid >= 16384"
    " UNION ALL SELECT version_num FROM public.alembic_version) parts"
)
"""Which transactions wrote the catalog's rows: the same as long as nobody changed anything but rows."""

TABLES = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    " AND relname <> 'alembic_version' ORDER BY relname"
)


@dataclass(frozen=True)
class Database:
    """An empty, migrated database of a test's own: as servers connect to it, and as its owner does."""

    url: str
    owner_url: str


class Databases:
    """Copies of a migrated database, for one test after another.

    Parameters
    ----------
    template_url : str
        The URL of the migrated database.
    """

    def __init__(self, template_url: str) -> None:
        self._template = make_url(template_url)
        self._server = self._template.set(database="postgres")
        self._free: list[_Copy] = []

    @contextmanager
    def lend(self) -> Iterator[Database]:
        """Give an empty, migrated database, and take it back at the end of the block."""
        copy = self._free.pop() if self._free else self._copied()
        try:
            yield _as_database(copy.url)
        finally:
            if copy.has_been_left():
                copy.empty()
                self._free.append(copy)
            else:
                self._drop(copy)

    def close(self) -> None:
        """Drop what is there."""
        for copy in self._free:
            self._drop(copy)

    def _copied(self) -> "_Copy":
        return _Copy(_create(self._server, self._template.database))

    def _drop(self, copy: "_Copy") -> None:
        copy.leave()
        _drop(self._server, copy.url)


class _Copy:
    """One of them, with a connection of ours."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._ours = self._engine.connect()
        self._as_given = self._ours.scalar(SHAPE)

    def has_been_left(self) -> bool:
        """Whether nobody else is connected, at least in a moment, and only rows may have changed."""
        until = time.monotonic() + LEAVING_S
        while self._ours.scalar(GUESTS):
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return self._ours.scalar(SHAPE) == self._as_given

    def empty(self) -> None:
        """Delete all rows and begin every sequence anew."""
        names = self._ours.scalars(TABLES).all()
        any_rows = " UNION ALL ".join(f"(SELECT '{name}' FROM public.\"{name}\" LIMIT 1)" for name in names)
        filled = self._ours.scalars(text(any_rows)).all()
        if filled:
            self._ours.exec_driver_sql(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")
            self._as_given = self._ours.scalar(SHAPE)  # Truncating writes to the catalog.

    def leave(self) -> None:
        """Give the connection back."""
        self._ours.close()


@contextmanager
def migrated(server_url: str) -> Iterator[str]:
    """Make a migrated database and yield its URL: to be copied, which is quicker than migrating."""
    server = make_url(server_url)
    with _made(server, None) as made:
        _make_role(server, ROLE)
        owned = open_store(_told(made))
        make_role(owned, ROLE)
        owned.close()
        yield _told(made)


@contextmanager
def own_database(template_url: str) -> Iterator[Database]:
    """Copy a migrated database; drop the copy afterwards."""
    template = make_url(template_url)
    with _made(template.set(database="postgres"), template.database) as made:
        yield _as_database(made)


@contextmanager
def owned_by_nobody_special(server_url: str) -> Iterator[str]:
    """Make an empty database whose owner is no superuser, as most are, and yield its URL for that owner."""
    server = make_url(server_url)
    with _made(server, None) as made:
        _make_role(server, OWNER)
        with _connected(server) as connection:
            connection.execute(text(f"ALTER DATABASE {made.database} OWNER TO {OWNER}"))
        yield _told(made.set(username=OWNER, password=OWNER))


def _make_role(server: URL, role: str) -> None:
    with _connected(server) as connection:
        # Of several runs of tests at once, one makes the role.
        connection.execute(text("SELECT pg_advisory_lock(7214902)"))
        if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
            connection.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD '{role}'"))


@contextmanager
def _made(server: URL, template: str | None) -> Iterator[URL]:
    made = _create(server, template)
    try:
        yield made
    finally:
        _drop(server, made)


def _create(server: URL, template: str | None) -> URL:
    name = f"triage_test_{uuid.uuid4().hex}"
    with _connected(server) as connection:
        like = "" if template is None else f" TEMPLATE {template}"
        connection.execute(text(f"CREATE DATABASE {name}{like}"))
        # No test ends the server of the databases, so that none could see what waiting for its disk saves.
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    return server.set(database=name)


def _drop(server: URL, made: URL) -> None:
    with _connected(server) as connection:
        connection.execute(text(f"DROP DATABASE {made.database} WITH (FORCE)"))


@contextmanager
def _connected(server: URL) -> Iterator[Connection]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def _as_database(made: URL) -> Database:
    return Database(_told(made.set(username=ROLE, password=ROLE)), _told(made))


def _told(url: URL) -> str:
    return url.render_as_string(hide_password=False)
