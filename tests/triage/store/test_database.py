import sqlite3
import threading
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, inspect, select, text

from triage.agent import Agent
from triage.store import Store, open_store
from triage.store.agents import list_agents
from triage.store.compact import clear_log
from triage.store.database import _config
from triage.store.handled import HandledKind, newest_handled
from triage.store.revisions import Kind, read_revisions
from triage.store.schema import metadata, workspaces
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket


def test_a_fresh_store_has_all_tables_at_the_newest_migration(store: Store):
    with store.reading() as connection:
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
    assert store.revision() is not None


def test_the_migrations_make_what_the_tables_say(store: Store):
    with store.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_agents_from_before_routing_have_its_defaults(store: Store):
    config = _config()
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO agents (workspace, agent, skills, updated_at) "
                "VALUES ('acme', 'ada', '[]', '2026-01-01 00:00:00+00:00')"
            )
        )
        command.upgrade(config, "head")
    assert list_agents(store, "acme") == [Agent("ada")]


def test_opening_a_migrated_store_again_changes_nothing(store: Store):
    again = open_store(store.url)
    assert again.revision() == store.revision()
    again.close()


def test_a_write_inside_a_write_is_part_of_the_same_transaction(store: Store):
    def put(name: str) -> None:
        with store.writing() as connection:
            row = {"workspace": name, "name": name, "zone": "UTC", "created_at": datetime.now(UTC)}
            connection.execute(insert(workspaces).values(row))

    with pytest.raises(ZeroDivisionError), store.writing():
        put("one")
        with store.reading() as connection:
            assert len(connection.execute(select(workspaces)).all()) == 1
        _ = 1 / 0
    with store.reading() as connection:
        assert connection.execute(select(workspaces)).all() == []
    put("two")
    with store.reading() as connection:
        assert len(connection.execute(select(workspaces)).all()) == 1


def test_two_processes_that_read_before_they_write_wait_for_each_other(store: Store):
    other = open_store(store.url)
    failures: list[Exception] = []

    def count_up(opened: Store) -> None:
        try:
            for _ in range(20):
                with opened.writing() as connection:
                    found = connection.execute(select(workspaces)).all()
                    name = f"{id(opened)}-{len(found)}"
                    row = {"workspace": name, "name": "n", "zone": "UTC", "created_at": datetime.now(UTC)}
                    connection.execute(insert(workspaces).values(row))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=count_up, args=(one,)) for one in (store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert failures == []
    with store.reading() as connection:
        assert len(connection.execute(select(workspaces)).all()) == 40


def test_what_tickets_from_before_tell_of_their_handlers_is_read_in(store: Store):
    ticket = Ticket("T-1", "VPN", created_at=datetime(2026, 1, 2, tzinfo=UTC))
    put_tickets(store, "acme", [PastTicket(ticket, {"assignee": "ada"}, status="open")], source="jira")
    config = _config()
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        command.upgrade(config, "head")
    (event,) = newest_handled(store, "acme", 9)
    assert (event.ticket_id, event.agent, event.kind, event.at) == (
        "T-1",
        "ada",
        HandledKind.ASSIGNED,
        datetime(2026, 1, 2, tzinfo=UTC),
    )
    assert read_revisions(store, "acme")[Kind.WORK] == 1


def test_what_sqlite_deletes_is_overwritten_however_it_was_built(tmp_path, monkeypatch: pytest.MonkeyPatch):
    connect = sqlite3.dbapi2.connect

    def connect_careless(*args, **more):
        made = connect(*args, **more)
        made.execute("PRAGMA secure_delete=OFF")  # SQLite's own default; Debian's build has another.
        return made

    monkeypatch.setattr(sqlite3.dbapi2, "connect", connect_careless)
    store = open_store(f"sqlite:///{tmp_path / 'one.db'}")
    put_tickets(store, "acme", [PastTicket(Ticket("T-1", "quokka4711"))], source="x")
    with store.writing() as connection:
        connection.execute(text("DELETE FROM tickets"))
    assert clear_log(store)
    assert b"quokka4711" not in (tmp_path / "one.db").read_bytes()
    store.close()
