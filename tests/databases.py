"""Databases of a test's own on PostgreSQL: a schema, made by its owner, worked in as a server's role."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from triage.store import open_store
from triage.store.app_role import make_role

__all__ = ["ROLE", "Database", "own_schema"]

ROLE = "triage_test_app"
"""As whom tests work with PostgreSQL: row-level security binds it, as it binds a server's."""


@dataclass(frozen=True)
class Database:
    """An empty, migrated database of a test's own: as servers connect to it, and as its owner does."""

    url: str
    owner_url: str


@contextmanager
def own_schema(server_url: str) -> Iterator[Database]:
    """Make a migrated schema in a database; drop it afterwards."""
    server = make_url(server_url)
    schema = f"triage_test_{uuid.uuid4().hex}"
    admin = create_engine(server)
    with admin.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(7214902)"))
        if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE}):
            connection.execute(text(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}'"))
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        owner_url = _in_schema(server, schema)
        owned = open_store(owner_url)
        make_role(owned, ROLE)
        owned.close()
        yield Database(_in_schema(server.set(username=ROLE, password=ROLE), schema), owner_url)
    finally:
        with admin.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
            connection.execute(text(f"DROP SCHEMA IF EXISTS {schema}_jobs CASCADE"))
        admin.dispose()


def _in_schema(server: URL, schema: str) -> str:
    url = server.update_query_dict({"options": f"-csearch_path={schema}"})
    return url.render_as_string(hide_password=False)
