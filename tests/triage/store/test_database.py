import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, inspect, select, text

from triage.agent import Agent
from triage.policy import Policy
from triage.store import Store, open_store
from triage.store.agents import list_agents
from triage.store.compact import clear_log
from triage.store.every_table import metadata
from triage.store.handled import HandledKind, newest_handled
from triage.store.migrating import migration_config, newest_revision, revision_of
from triage.store.policies import read_policy, write_policy
from triage.store.revisions import Kind, read_revisions, take_revision
from triage.store.schema import workspaces
from triage.store.scope import Across
from triage.store.tickets import put_tickets
from triage.store.workspaces import get_workspace
from triage.ticket import PastTicket, Ticket


def test_a_fresh_store_has_all_tables_at_the_newest_migration(store: Store):
    with store.reading(Across.OPERATOR) as connection:
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
    assert store.revision() is not None


def test_the_migrations_make_what_the_tables_say(store: Store):
    with store.reading(Across.OPERATOR) as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_agents_from_before_routing_have_its_defaults(owned_store: Store):
    config = migration_config()
    with owned_store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO agents (workspace, agent, skills, updated_at) "
                "VALUES ('acme', 'ada', '[]', '2026-01-01 00:00:00+00:00')"
            )
        )
        command.upgrade(config, "head")
    assert list_agents(owned_store, "acme") == [Agent("ada")]


def test_a_zone_from_before_was_told_unless_it_is_the_usual_one(owned_store: Store):
    config = migration_config()
    with owned_store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0016")
        for name, zone in (("acme", "Europe/Berlin"), ("other", "UTC")):
            connection.execute(
                text(
                    "INSERT INTO workspaces (workspace, name, zone, made_up, created_at) "
                    f"VALUES ('{name}', '{name}', '{zone}', false, '2026-01-01 00:00:00+00:00')"
                )
            )
        command.upgrade(config, "head")
    found = {name: get_workspace(owned_store, name) for name in ("acme", "other")}
    assert {name: (one.zone, one.zone_told) for name, one in found.items()} == {
        "acme": ("Europe/Berlin", True),
        "other": ("UTC", False),
    }


def test_opening_a_migrated_store_again_changes_nothing(store: Store):
    again = open_store(store.url)
    assert again.revision() == store.revision()
    again.close()


def test_threads_that_open_new_stores_at_once_find_them_whole(tmp_path: Path):
    urls = [f"sqlite:///{tmp_path / name}" for name in ("a.db", "b.db") * 2]
    with ThreadPoolExecutor(len(urls)) as pool:
        stores = list(pool.map(open_store, urls))
    for one in stores:
        with one.reading(Across.OPERATOR) as connection:
            assert revision_of(connection) == newest_revision()
        one.close()


def test_what_is_read_in_one_look_is_read_by_one_connection(store: Store):
    with store.looking("acme"):
        first = read_policy(store, "acme").version
        with ThreadPoolExecutor() as pool:
            pool.submit(write_policy, store, "acme", Policy(), "ada").result()
        seen = read_policy(store, "acme").version
        assert read_policy(store, "other").version == 0
    after = read_policy(store, "acme").version
    # PostgreSQL shows each statement what was committed before it; either way it is one connection.
    assert (first, after) == (0, 1) and seen == (0 if "sqlite" in store.url else 1)


def test_what_is_read_once_in_a_look_is_read_anew_in_a_write_and_after_one(store: Store):
    def change() -> None:
        with store.writing("acme") as connection:
            take_revision(connection, "acme", Kind.WORK)

    def seen(workspace: str = "acme") -> int:
        return read_revisions(store, workspace)[Kind.WORK]

    change()
    with store.looking("acme"):
        assert seen() == 1
        with ThreadPoolExecutor() as pool:
            pool.submit(change).result()
        assert seen() == 1 and seen("other") == 0
        with store.writing("acme"):
            assert seen() == 2
            change()
            assert seen() == 3
        # What this thread wrote itself is not seen by SQLite's snapshot; PostgreSQL shows it.
        assert seen() == (1 if "sqlite" in store.url else 3)
    assert seen() == 3
    with store.writing("acme"), store.looking("acme"):
        assert seen() == 3
        change()
        assert seen() == 4
    with store.looking("acme"):
        assert seen() == 4


def test_a_write_inside_a_write_is_part_of_the_same_transaction(store: Store):
    def put(name: str) -> None:
        with store.writing(Across.OPERATOR) as connection:
            row = {"workspace": name, "name": name, "zone": "UTC", "created_at": datetime.now(UTC)}
            connection.execute(insert(workspaces).values(row))

    with pytest.raises(ZeroDivisionError), store.writing(Across.OPERATOR):
        put("one")
        with store.reading(Across.OPERATOR) as connection:
            assert len(connection.execute(select(workspaces)).all()) == 1
        _ = 1 / 0
    with store.reading(Across.OPERATOR) as connection:
        assert connection.execute(select(workspaces)).all() == []
    put("two")
    with store.reading(Across.OPERATOR) as connection:
        assert len(connection.execute(select(workspaces)).all()) == 1


def test_two_processes_that_read_before_they_write_wait_for_each_other(store: Store):
    other = open_store(store.url)
    failures: list[Exception] = []

    def count_up(opened: Store) -> None:
        try:
            for _ in range(20):
                with opened.writing(Across.OPERATOR) as connection:
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
    with store.reading(Across.OPERATOR) as connection:
        assert len(connection.execute(select(workspaces)).all()) == 40


def test_what_tickets_from_before_tell_of_their_handlers_is_read_in(owned_store: Store):
    ticket = Ticket("T-1", "VPN", created_at=datetime(2026, 1, 2, tzinfo=UTC))
    put_tickets(owned_store, "acme", [PastTicket(ticket, {"assignee": "ada"}, status="open")], source="jira")
    config = migration_config()
    with owned_store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        command.upgrade(config, "head")
    (event,) = newest_handled(owned_store, "acme", 9)
    assert (event.ticket_id, event.agent, event.kind, event.at) == (
        "T-1",
        "ada",
        HandledKind.ASSIGNED,
        datetime(2026, 1, 2, tzinfo=UTC),
    )
    assert read_revisions(owned_store, "acme")[Kind.WORK] == 1


def test_what_sqlite_deletes_is_overwritten_however_it_was_built(tmp_path, monkeypatch: pytest.MonkeyPatch):
    connect = sqlite3.dbapi2.connect

    def connect_careless(*args, **more):
        made = connect(*args, **more)
        made.execute("PRAGMA secure_delete=OFF")  # SQLite's own default; Debian's build has another.
        return made

    monkeypatch.setattr(sqlite3.dbapi2, "connect", connect_careless)
    store = open_store(f"sqlite:///{tmp_path / 'one.db'}")
    put_tickets(store, "acme", [PastTicket(Ticket("T-1", "quokka4711"))], source="x")
    with store.writing(Across.OPERATOR) as connection:
        connection.execute(text("DELETE FROM tickets"))
    assert clear_log(store)
    assert b"quokka4711" not in (tmp_path / "one.db").read_bytes()
    store.close()
