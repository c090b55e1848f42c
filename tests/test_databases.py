"""What one test does to its database never reaches the next."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.databases import Databases
from triage.audit import AuditEntry
from triage.store import open_store
from triage.store.audit import AuditLog
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

pytestmark = pytest.mark.postgres

ENTRY = AuditEntry(datetime(2026, 3, 2, tzinfo=UTC), "user:dana", "admin", "replace_policy")

CHANGES = [
    "ALTER TABLE audit_log DISABLE TRIGGER USER",
    "ALTER TABLE tickets ADD COLUMN more text",
    "ALTER TABLE tickets NO FORCE ROW LEVEL SECURITY",
    "CREATE INDEX another ON tickets (ticket_id)",
    "DROP POLICY IF EXISTS kept_apart ON tickets; ALTER TABLE tickets DISABLE ROW LEVEL SECURITY",
    "REVOKE INSERT ON tickets FROM triage_test_app",
    "CREATE SCHEMA another",
    "CREATE TABLE public_jobs.another (name text)",
    "CREATE FUNCTION another() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "UPDATE alembic_version SET version_num = '0001'",
]


@pytest.fixture
def some(postgres_template: str) -> Iterator[Databases]:
    made = Databases(postgres_template)
    yield made
    made.close()


def deed(url: str, sql: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(sql))


def test_rows_go_and_the_database_stays(some: Databases):
    with some.lend() as first:
        store = open_store(first.url)
        put_tickets(store, "acme", [PastTicket(Ticket("T-1", "vpn"), {})], source="test")
        AuditLog(store, b"k" * 32).record("acme", [ENTRY])
        store.close()
    with some.lend() as second:
        assert second == first
        store = open_store(second.url)
        with store.reading("acme") as connection:
            for table in ("audit_log", "tickets", "workspaces"):
                assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table
        assert store.revision() == store.newest_revision()
        store.close()


@pytest.mark.parametrize("sql", CHANGES)
def test_a_database_in_which_more_than_rows_changed_is_not_used_again(some: Databases, sql: str):
    with some.lend() as first:
        deed(first.owner_url, sql)
    with some.lend() as second:
        assert second != first


def test_a_database_to_which_somebody_is_still_connected_is_not_used_again(some: Databases):
    with some.lend() as first:
        engine = create_engine(first.url)
        connection = engine.connect()
    with some.lend() as second:
        assert second != first
    connection.invalidate()
    engine.dispose()
