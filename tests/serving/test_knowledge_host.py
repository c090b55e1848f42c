from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from serving import link_follower
from serving.knowledge_host import KnowledgeHost
from serving.model_host import ModelHost
from tests.serving.fakes import promote_fake
from triage.knowledge import Article, ArticleLink
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import Store
from triage.store.articles import get_article, put_articles
from triage.store.links import delete_link, put_links
from triage.store.schema import articles
from triage.store.scope import Across
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

VPN = Article("KB-1", "When the VPN drops", "Update the vpn client.")
JAM = Article("KB-2", "Paper jam", "Open the printer.")
QUESTION = Ticket("", subject="vpn drops")


@pytest.fixture
def models(tmp_path: Path) -> ModelHost:
    promote_fake(tmp_path, "v1")
    key = signing_key({"TRIAGE_HOME": str(tmp_path)})
    host = ModelHost(Registry(tmp_path / "models"), key, threads=1, poll_seconds=1.0)
    host.refresh()
    return host


@pytest.fixture
def host(store: Store, models: ModelHost) -> Iterator[KnowledgeHost]:
    made = KnowledgeHost(store, models, poll_seconds=0.02)
    yield made
    made.stop()


def found(host: KnowledgeHost) -> list[str]:
    (suggestions,) = host.suggest("acme", [QUESTION], 5)
    return [one.article_id for one in suggestions]


def test_what_another_process_stored_is_suggested_next(store: Store, host: KnowledgeHost):
    assert found(host) == []
    put_articles(store, "acme", [JAM])
    assert found(host) == ["KB-2"]
    put_articles(store, "acme", [VPN])
    assert found(host) == ["KB-1", "KB-2"]


def test_an_article_is_encoded_once_and_its_embedding_kept(
    store: Store, models: ModelHost, host: KnowledgeHost
):
    put_articles(store, "acme", [VPN])
    found(host)
    stored = get_article(store, "acme", "KB-1")
    assert stored is not None and stored.embedding is not None
    zeros = np.zeros_like(np.frombuffer(stored.embedding, dtype=np.float32)).tobytes()
    with store.writing(Across.OPERATOR) as connection:
        connection.execute(update(articles).values(embedding=zeros))
    again = KnowledgeHost(store, models, poll_seconds=1.0)
    assert found(again) == ["KB-1"]
    kept = get_article(store, "acme", "KB-1")
    assert kept is not None and kept.embedding == zeros  # Read, not made again.


def test_more_articles_than_one_request_takes_are_caught_up_with_in_the_background(
    store: Store, host: KnowledgeHost
):
    ensure_workspace(store, "acme")
    many = [Article(f"M-{number}", f"Number {number}", "Something else.") for number in range(100)]
    put_articles(store, "acme", [*many, VPN])
    host.start()
    assert found(host)[0] == "KB-1"


@pytest.mark.parametrize("damage", [b"", b"\0" * 10])
def test_a_damaged_embedding_is_made_anew(
    store: Store, models: ModelHost, host: KnowledgeHost, damage: bytes
):
    put_articles(store, "acme", [VPN])
    found(host)
    with store.writing(Across.OPERATOR) as connection:
        connection.execute(update(articles).values(embedding=damage))
    assert found(KnowledgeHost(store, models, poll_seconds=1.0)) == ["KB-1"]
    stored = get_article(store, "acme", "KB-1")
    assert stored is not None and stored.embedding is not None and len(stored.embedding) > len(damage)


def test_workspaces_without_articles_need_no_encoder(store: Store, models: ModelHost):
    host = KnowledgeHost(store, models, poll_seconds=1.0)
    assert host.suggest("empty", [QUESTION], 3) == [()]


NOW = datetime.now(UTC)
LIKE_IT = [
    PastTicket(Ticket(f"T-{one}", "vpn drops", created_at=NOW - timedelta(days=2))) for one in range(3)
]


def test_a_link_a_dismissal_and_a_removal_count_in_the_next_request(store: Store, host: KnowledgeHost):
    put_articles(store, "acme", [VPN, JAM])
    put_tickets(store, "acme", LIKE_IT, source="test")
    assert found(host) == ["KB-1", "KB-2"]
    put_links(store, "acme", [ArticleLink(one.ticket.ticket_id, "KB-2") for one in LIKE_IT])
    assert found(host) == ["KB-2", "KB-1"]
    dismissed = [ArticleLink(one.ticket.ticket_id, "KB-2", dismissed=True) for one in LIKE_IT]
    put_links(store, "acme", dismissed)
    assert found(host) == ["KB-1", "KB-2"]
    put_links(store, "acme", [ArticleLink(one.ticket.ticket_id, "KB-2") for one in LIKE_IT])
    assert found(host) == ["KB-2", "KB-1"]
    for one in LIKE_IT:
        delete_link(store, "acme", one.ticket.ticket_id, "KB-2")
    assert found(host) == ["KB-1", "KB-2"]


def test_a_link_told_after_the_ticket_was_filed_counts_for_it(store: Store, host: KnowledgeHost):
    put_articles(store, "acme", [VPN, JAM])
    put_tickets(store, "acme", LIKE_IT, source="test")
    put_links(store, "acme", [ArticleLink("T-0", "KB-2", created_at=NOW)])
    earlier = Ticket("T-9", "vpn drops", created_at=NOW - timedelta(hours=1))
    (suggestions,) = host.suggest("acme", [earlier], 5)
    assert suggestions[0].article_id == "KB-2"


def test_a_link_that_is_told_before_its_ticket_counts_once_that_is_there(store: Store, host: KnowledgeHost):
    put_articles(store, "acme", [VPN, JAM])
    put_links(store, "acme", [ArticleLink("T-0", "KB-2")])
    assert found(host) == ["KB-1", "KB-2"]
    put_tickets(store, "acme", LIKE_IT, source="test")
    assert found(host) == ["KB-2", "KB-1"]


def test_tickets_of_links_that_are_not_stored_are_not_looked_for_with_every_request(
    store: Store, host: KnowledgeHost, monkeypatch: pytest.MonkeyPatch
):
    put_articles(store, "acme", [VPN, JAM])
    put_links(store, "acme", [ArticleLink("T-0", "KB-2")])
    looked: list[int] = []
    look = link_follower.get_tickets
    monkeypatch.setattr(link_follower, "get_tickets", lambda *asked: looked.append(1) or look(*asked))
    monkeypatch.setattr(link_follower, "RETRY_FEW_SECONDS", 3_600.0)
    for _ in range(5):
        found(host)
    assert len(looked) == 2  # As it was told, and once more.
    put_tickets(store, "acme", LIKE_IT, source="test")
    assert found(host) == ["KB-1", "KB-2"]
    monkeypatch.setattr(link_follower.time, "monotonic", lambda: 1e12)
    assert found(host) == ["KB-2", "KB-1"]


def test_once_few_links_wait_they_are_tried_as_few_are(
    store: Store, host: KnowledgeHost, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(link_follower, "FEW", 1)
    monkeypatch.setattr(link_follower, "RETRY_SECONDS", 3_600.0)
    put_articles(store, "acme", [VPN, JAM])
    put_links(store, "acme", [ArticleLink(f"T-{one}", "KB-2") for one in range(2)])
    for _ in range(2):
        found(host)
    put_tickets(store, "acme", LIKE_IT[:1], source="test")
    assert found(host) == ["KB-1", "KB-2"]  # Two wait, and are many here.
    put_links(store, "acme", [ArticleLink("T-0", "KB-1", dismissed=True)])
    found(host)  # With what is new those that wait are looked for; one is left.
    put_tickets(store, "acme", LIKE_IT, source="test")
    index = host._shelves["acme"].index
    assert "T-1" not in index.memory.ticket_rows
    found(host)
    assert "T-1" in index.memory.ticket_rows


def test_a_server_that_starts_later_knows_the_same(store: Store, models: ModelHost, host: KnowledgeHost):
    put_articles(store, "acme", [VPN, JAM])
    put_tickets(store, "acme", LIKE_IT, source="test")
    for one in LIKE_IT:
        put_links(store, "acme", [ArticleLink(one.ticket.ticket_id, "KB-2")])
        found(host)
    put_links(store, "acme", [ArticleLink("T-1", "KB-2", dismissed=True)])
    delete_link(store, "acme", "T-2", "KB-2")
    (followed,) = host.suggest("acme", [QUESTION], 5)
    (begun,) = KnowledgeHost(store, models, poll_seconds=1.0).suggest("acme", [QUESTION], 5)
    assert [(one.article_id, one.because) for one in begun] == [
        (one.article_id, one.because) for one in followed
    ]
    assert [one.score for one in begun] == pytest.approx([one.score for one in followed], abs=1e-4)
