"""PostgreSQL databases of a test's own: copies of a migrated one, worked in as a server's role."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url

from triage.store import open_store
from triage.store.app_role import make_role

__all__ = ["ROLE", "Database", "migrated", "own_database"]

ROLE = "triage_test_app"
"""As whom tests work with PostgreSQL: row-level security binds it, as it binds a server's."""


@dataclass(frozen=True)
class Database:
    """An empty, migrated database of a test's own: as servers connect to it, and as its owner does."""

    url: str
    owner_url: str


@contextmanager
def migrated(server_url: str) -> Iterator[str]:
    """Make a migrated database and yield its URL: to be copied, which is quicker than migrating."""
    server = make_url(server_url)
    with _made(server, None) as made:
        with _connected(server) as connection:
            # Of several runs of tests at once, one makes the role.
            connection.execute(text("SELECT pg_advisory_lock(7214902)"))
            if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE}):
                connection.execute(text(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}'"))
        owned = open_store(_told(made))
        make_role(owned, ROLE)
        owned.close()
        yield _told(made)


@contextmanager
def own_database(template_url: str) -> Iterator[Database]:
    """Copy a migrated database; drop the copy afterwards."""
    template = make_url(template_url)
    with _made(template.set(database="postgres"), template.database) as made:
        yield Database(_told(made.set(username=ROLE, password=ROLE)), _told(made))


@contextmanager
def _made(server: URL, template: str | None) -> Iterator[URL]:
    name = f"triage_test_{uuid.uuid4().hex}"
    with _connected(server) as connection:
        like = "" if template is None else f" TEMPLATE {template}"
        connection.execute(text(f"CREATE DATABASE {name}{like}"))
    try:
        yield server.set(database=name)
    finally:
        with _connected(server) as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def _connected(server: URL) -> Iterator[Connection]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _told(url: URL) -> str:
    return url.render_as_string(hide_password=False)
