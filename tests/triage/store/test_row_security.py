"""PostgreSQL holds rows to their workspace whatever a query says (T14), for every table there is."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Table, insert, text
from sqlalchemy.exc import DBAPIError

from tests.databases import ROLE, Database, own_database
from tests.triage.store.filled import TABLES, fill, row_of
from triage.errors import ConfigurationError, ConflictError, InputError
from triage.store import Store, open_store
from triage.store.app_role import make_role
from triage.store.every_table import metadata
from triage.store.row_security import stand_of_role
from triage.store.scope import Across
from triage.store.upsert import upsert

pytestmark = pytest.mark.postgres
SETTING = text("SELECT current_setting('triage.workspace', true), current_setting('triage.across', true)")
REFUSED = "row-level security policy"


@pytest.fixture(scope="module")
def filled(postgres_template: str) -> Iterator[Database]:
    """A database with a row of ``acme`` and one of ``other`` in every table."""
    with own_database(postgres_template) as made:
        store = open_store(made.url)
        fill(store, "acme")
        fill(store, "other")
        store.close()
        yield made


@pytest.fixture(scope="module")
def served(filled: Database) -> Iterator[Store]:
    """That database as a server opens it."""
    store = open_store(filled.url)
    yield store
    store.close()


def whose(table: Table) -> str:
    """The column that says to whom a row belongs, itself or through what it is part of."""
    return "workspace" if "workspace" in table.columns else next(iter(table.primary_key)).name


def owners(connection: Connection, table: Table) -> list[str]:
    return list(connection.exec_driver_sql(f"SELECT {whose(table)} FROM {table.name} ORDER BY 1").scalars())


def test_every_table_is_guarded_and_the_servers_role_bound(served: Store):
    with served.reading("acme") as connection:
        stands = stand_of_role(connection)
    assert stands.role == ROLE and stands.unguarded == ()
    assert not stands.is_unbound and not stands.is_owner


def test_a_table_without_its_policies_is_named(postgres_template: str):
    with own_database(postgres_template) as made:
        owned = open_store(made.owner_url)
        with owned.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE runs NO FORCE ROW LEVEL SECURITY")
            connection.exec_driver_sql("ALTER TABLE users DISABLE ROW LEVEL SECURITY")
            connection.exec_driver_sql("DROP POLICY of_the_workspace ON tickets")
            stands = stand_of_role(connection)
        owned.close()
    assert stands.unguarded == ("runs", "tickets", "users")
    assert stands.is_unbound and stands.is_owner


@pytest.mark.parametrize("name", TABLES)
def test_a_forged_query_reads_nothing_of_another_workspace(served: Store, name: str):
    table = metadata.tables[name]
    with served.reading("other") as connection:
        assert owners(connection, table) == ["other"]
    with served.reading(Across.BACKUP) as connection:
        assert owners(connection, table) == ["acme", "other"]
    with served.engine.connect() as connection:
        assert owners(connection, table) == []


@pytest.mark.parametrize("name", TABLES)
def test_a_forged_query_changes_nothing_of_another_workspace(served: Store, name: str):
    table = metadata.tables[name]
    here = f"WHERE {whose(table)} = 'acme'"
    with served.engine.connect() as connection:
        for workspace in ("other", ""):
            connection.exec_driver_sql("SELECT set_config('triage.workspace', %s, true)", (workspace,))
            update = f"UPDATE {name} SET {whose(table)} = {whose(table)} {here}"
            assert connection.exec_driver_sql(update).rowcount == 0
            assert connection.exec_driver_sql(f"DELETE FROM {name} {here}").rowcount == 0
        connection.rollback()


@pytest.mark.parametrize("name", TABLES)
def test_a_forged_query_puts_nothing_into_another_workspace(served: Store, name: str):
    table = metadata.tables[name]
    row = row_of(table, "acme")
    with pytest.raises(DBAPIError, match=REFUSED), served.writing("other") as connection:
        connection.execute(insert(table).values(row))
    with pytest.raises(DBAPIError, match=REFUSED), served.engine.begin() as connection:
        connection.execute(insert(table).values(row))
    if name == "audit_log":  # Its own trigger refuses every change before a policy can.
        return
    with pytest.raises(DBAPIError, match=REFUSED), served.writing("other") as connection:
        upsert(connection, table, [row])
    with pytest.raises(DBAPIError, match=REFUSED), served.writing("other") as connection:
        moved = f"UPDATE {name} SET {whose(table)} = 'acme' WHERE {whose(table)} = 'other'"
        connection.exec_driver_sql(moved)


def test_nobody_who_takes_a_connection_from_the_pool_finds_a_setting(database: Database):
    if database.url.startswith("sqlite"):
        pytest.skip("SQLite has no settings of a transaction")
    store = open_store(database.url)
    pids = set()

    def look() -> None:
        with store.engine.connect() as connection:
            pids.add(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar())
            assert not any(connection.execute(SETTING).one())
            assert owners(connection, metadata.tables["workspaces"]) == []

    with store.writing("acme") as connection:
        connection.execute(insert(metadata.tables["workspaces"]).values(_workspace("acme")))
    look()
    with pytest.raises(ZeroDivisionError), store.writing("acme"):
        _ = 1 / 0
    look()
    with pytest.raises(DBAPIError), store.writing(Across.CHORES) as connection:
        connection.exec_driver_sql("SELECT no_such_column")
    look()
    with store.reading(Across.SIGN_IN):
        pass
    look()
    store.close()
    assert len(pids) == 1  # It was the very same connection each time.


def test_a_block_within_a_transaction_is_held_to_its_own_scope_and_then_back(served: Store):
    runs = metadata.tables["runs"]
    with served.writing("acme") as connection:
        with served.reading(Across.CHORES):
            assert owners(connection, runs) == ["acme", "other"]
            with served.reading("other"):
                assert owners(connection, runs) == ["other"]
            assert owners(connection, runs) == ["acme", "other"]
        with pytest.raises(KeyError), served.writing(Across.CHORES):
            raise KeyError
        assert owners(connection, runs) == ["acme"]
        with pytest.raises(ConflictError, match="one workspace in a transaction"), served.reading("other"):
            pass
        assert owners(connection, runs) == ["acme"]


def test_the_servers_role_cannot_switch_the_policies_off(served: Store):
    for statement in (
        "ALTER TABLE tickets DISABLE ROW LEVEL SECURITY",
        "DROP POLICY of_the_workspace ON tickets",
        "TRUNCATE tickets",
        "ALTER ROLE triage_test_app BYPASSRLS",
        "CREATE TABLE other_place (x int)",
    ):
        with (
            pytest.raises(DBAPIError, match=r"permission denied|must be"),
            served.writing("acme") as connection,
        ):
            connection.exec_driver_sql(statement)


def test_an_owner_who_is_no_superuser_is_bound_too(postgres_template: str):
    with own_database(postgres_template) as made:
        owned = open_store(made.owner_url)
        fill(owned, "acme")
        with owned.engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE tickets OWNER TO {ROLE}")
        owned.close()
        store = open_store(made.url)
        with store.reading("other") as connection:
            assert owners(connection, metadata.tables["tickets"]) == []
            assert stand_of_role(connection).is_owner
        store.close()


def test_old_tables_are_not_changed_by_a_role_that_may_not(database: Database, owned_store: Store):
    if database.url.startswith("sqlite"):
        pytest.skip("SQLite has no roles")
    with owned_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0012'")
    with pytest.raises(ConfigurationError, match="triage store migrate"):
        open_store(database.url)


def test_a_role_is_made_once_and_none_that_the_policies_would_not_bind(
    database: Database, owned_store: Store
):
    if database.url.startswith("sqlite"):
        with pytest.raises(ConfigurationError, match="SQLite"):
            make_role(owned_store, "app")
        return
    assert make_role(owned_store, ROLE, ROLE) is False
    with pytest.raises(InputError, match="lower-case"):
        make_role(owned_store, 'app" SUPERUSER')
    superuser = str(owned_store.engine.url.username)
    with pytest.raises(ConflictError, match="superuser"):
        make_role(owned_store, superuser)
    served = open_store(database.url)
    with pytest.raises(ConfigurationError, match="owner"):
        make_role(served, "app")
    served.close()


def _workspace(name: str) -> dict[str, object]:
    return row_of(metadata.tables["workspaces"], name)
