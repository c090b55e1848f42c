from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.features.fake_encoder import WordEncoder
from tests.features.test_knowledge_gaps import PAST, VPN
from training.knowledge.gaps import gaps_of_store, gaps_of_tables
from training.worker.gaps_run import gaps_work
from triage.helping.suggestion import (
    Audience,
    ItemFeedback,
    ItemKind,
    ItemVerdict,
    Offered,
    SuggestionRecord,
)
from triage.knowledge import ArticleLink
from triage.store import Store
from triage.store.articles import put_articles
from triage.store.knowledge_reports import read_gaps
from triage.store.links import put_links
from triage.store.runs import ask_for_run
from triage.store.suggestions import put_item_feedback, put_suggestions
from triage.store.tickets import put_tickets

NOW = datetime(2026, 1, 20, tzinfo=UTC)


def titles(report) -> list[str]:
    return [one.title for one in report.gaps]


def test_tables_and_store_tell_the_same(store: Store):
    put_tickets(store, "acme", PAST, source="history")
    put_articles(store, "acme", [VPN], updated_at=NOW)
    links = [ArticleLink(f"BADGE-{number}", "KB-1") for number in range(6)]
    put_links(store, "acme", links)
    kept = gaps_of_store(store, "acme", WordEncoder(128), now=NOW)
    told = gaps_of_tables(PAST[::-1], [VPN], links, WordEncoder(128))
    assert titles(kept) == titles(told) == ["shared calendar stays empty"]
    assert (kept.tickets, kept.unserved) == (told.tickets, told.unserved)
    assert gaps_of_store(store, "other", WordEncoder(128), now=NOW).tickets == 0


def test_only_the_days_asked_for_are_looked_at(store: Store):
    put_tickets(store, "acme", PAST, source="history")
    report = gaps_of_store(store, "acme", WordEncoder(128), days=17, now=NOW)
    assert report.tickets < len(PAST)


def test_what_agents_dismissed_is_heeded(store: Store):
    put_tickets(store, "acme", PAST, source="history")
    put_articles(store, "acme", [VPN], updated_at=NOW)
    offered = (Offered(ItemKind.ARTICLE, "KB-1", 1, 0.9),)
    for number in range(9):
        name = f"d-{number}"
        record = SuggestionRecord(name, Audience.AGENT, f"VPN-{number}", None, "h", offered, None, NOW)
        put_suggestions(store, "acme", [record])
        word = ItemFeedback(
            f"f-{number}", name, ItemKind.ARTICLE, "KB-1", 1, ItemVerdict.DISMISSED, "ada", NOW
        )
        put_item_feedback(store, "acme", [word])
    report = gaps_of_store(store, "acme", WordEncoder(128), now=NOW + timedelta(days=1))
    assert any(one.title.startswith("vpn") and one.dismissed == 9 for one in report.gaps)
    assert [(one.article_id, one.problem) for one in report.care] == [("KB-1", "contradicted")]


def test_a_run_keeps_its_report(sqlite_store: Store, tmp_path: Path):
    put_tickets(sqlite_store, "acme", PAST[:3], source="history")
    run = ask_for_run(sqlite_store, "acme", "gaps", {"days": 3_650}, "admin")
    said: list[str] = []
    result = gaps_work(sqlite_store, tmp_path)(run, lambda stage, share: said.append(stage))
    assert result == {"tickets": 3, "unserved": 3, "gaps": 0}
    stored = read_gaps(sqlite_store, "acme")
    assert stored is not None and stored.document["tickets"] == 3
    assert "comparing tickets" in said
