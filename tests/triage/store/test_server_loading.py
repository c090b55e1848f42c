"""PostgreSQL reads a backup's tables by itself, and comes to what handing over each row comes to."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text, update

from tests.databases import Databases
from triage.audit import AuditEntry
from triage.knowledge import Article
from triage.store import Store, copying, open_store
from triage.store.articles import put_articles
from triage.store.audit import AuditLog
from triage.store.copying import dump_tables, load_tables
from triage.store.schema import articles
from triage.store.server_loading import load_by_server
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

AT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
KEY = b"k" * 32


@pytest.fixture
def filled(databases: Databases) -> Iterator[Store]:
    with databases.lend() as lent:
        store = open_store(lent.owner_url)
        ticket = Ticket(
            "T-1",
            'quote " back\\slash',
            "line\nbreak\ttab é \u202e 漢",
            AT,
            tags=("a,b", "c"),
            requester="ada",
        )
        put_tickets(store, "acme", [PastTicket(ticket), PastTicket(Ticket("T-2"))], source="test")
        put_articles(store, "acme", [Article("KB-1", "Ä", "{}"), Article("KB-2", "b", "c")])
        AuditLog(store, KEY).record("acme", [AuditEntry(AT, "worker", "service", "test", facts={"n": 1.5})])
        yield store
        store.close()


def lines_of(store: Store, folder: Path) -> dict[str, list[str]]:
    folder.mkdir()
    return {
        name: sorted((folder / f"{name}.jsonl").read_text().splitlines())
        for name in dump_tables(store, folder)
    }


def loaded(databases: Databases, written: Path, revision: str, folder: Path) -> dict[str, list[str]]:
    with databases.lend() as lent:
        store = open_store(lent.owner_url)
        load_tables(store, written, revision, replace=True)
        found = lines_of(store, folder)
        store.close()
        return found


@pytest.fixture
def by_server(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Let the server read every table; by name, whether it did."""
    did: dict[str, bool] = {}

    def load(connection, table, path):
        did[table.name] = load_by_server(connection, table, path)
        return did[table.name]

    monkeypatch.setattr(copying, "LARGE", 0)
    monkeypatch.setattr(copying, "load_by_server", load)
    return did


def test_every_table_comes_back_line_by_line(
    filled: Store, databases: Databases, by_server: dict[str, bool], tmp_path: Path
):
    with filled.writing("acme") as connection:
        connection.execute(update(articles).values(embedding=bytes(range(256)), embedding_key="recipe"))
    before = lines_of(filled, tmp_path / "before")
    assert loaded(databases, tmp_path / "before", filled.revision() or "", tmp_path / "after") == before
    assert before["tickets"] and before["articles"] and before["audit_log"]
    assert set(by_server) == set(before) and all(by_server.values())


def test_what_the_server_refuses_is_handed_over_row_by_row(
    filled: Store, databases: Databases, by_server: dict[str, bool], tmp_path: Path
):
    with filled.writing("acme") as connection:
        odd = '{"half": "\\ud800"}'
        connection.execute(text("UPDATE tickets SET custom = CAST(:odd AS json)"), {"odd": odd})
    before = lines_of(filled, tmp_path / "before")
    assert loaded(databases, tmp_path / "before", filled.revision() or "", tmp_path / "after") == before
    assert not by_server["tickets"] and by_server["articles"]


def test_small_tables_are_handed_over(
    filled: Store, databases: Databases, by_server: dict[str, bool], tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(copying, "LARGE", 1_000_000)
    before = lines_of(filled, tmp_path / "before")
    assert loaded(databases, tmp_path / "before", filled.revision() or "", tmp_path / "after") == before
    assert not by_server
