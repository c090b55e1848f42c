"""A PostgreSQL store written to files and read back is what it was."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text, update

from tests.databases import Databases, owned_by_nobody_special
from triage.audit import AuditEntry
from triage.errors import BackupError
from triage.knowledge import Article
from triage.store import Store, open_store
from triage.store.articles import put_articles
from triage.store.audit import AuditLog
from triage.store.copying import dump_tables, load_tables
from triage.store.schema import articles
from triage.store.scope import Across
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


def test_every_table_comes_back_line_by_line(filled: Store, databases: Databases, tmp_path: Path):
    with filled.writing("acme") as connection:
        connection.execute(update(articles).values(embedding=bytes(range(256)), embedding_key="recipe"))
        odd = '{"half": "\\ud800", "none": null, "tab": "\\t", "n": 1.5}'
        connection.execute(text("UPDATE tickets SET custom = CAST(:odd AS json)"), {"odd": odd})
    before = lines_of(filled, tmp_path / "before")
    assert loaded(databases, tmp_path / "before", filled.revision() or "", tmp_path / "after") == before
    assert before["tickets"] and before["articles"] and before["audit_log"]


def test_what_postgresql_does_not_take_is_told_and_changes_nothing(
    filled: Store, databases: Databases, tmp_path: Path
):
    lines_of(filled, tmp_path / "before")
    written = tmp_path / "before" / "tickets.jsonl"
    first, *_ = written.read_text().splitlines()
    written.write_text(f"{first}\n{first}\n")
    with databases.lend() as lent:
        store = open_store(lent.owner_url)
        put_tickets(store, "acme", [PastTicket(Ticket("T-9"))], source="test")
        with pytest.raises(BackupError, match="'tickets' PostgreSQL does not take \\(UniqueViolation\\)"):
            load_tables(store, tmp_path / "before", filled.revision() or "", replace=True)
        with store.reading(Across.BACKUP) as connection:
            assert connection.scalars(text("SELECT ticket_id FROM tickets")).all() == ["T-9"]
        store.close()


def test_an_owner_who_is_no_superuser_restores_and_stays_bound(
    filled: Store, postgres_url: str, tmp_path: Path
):
    before = lines_of(filled, tmp_path / "before")
    forced = text("SELECT relname FROM pg_class WHERE relforcerowsecurity ORDER BY relname")
    with filled.reading(Across.BACKUP) as connection:
        bound = connection.scalars(forced).all()
    with owned_by_nobody_special(postgres_url) as url:
        store = open_store(url, migrate=False)
        load_tables(store, tmp_path / "before", filled.revision() or "", replace=False)
        assert lines_of(store, tmp_path / "after") == before
        with store.reading(Across.BACKUP) as connection:
            assert "tickets" in bound and connection.scalars(forced).all() == bound
        store.close()
