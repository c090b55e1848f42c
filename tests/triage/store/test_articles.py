from dataclasses import replace
from datetime import UTC, datetime

import pytest

from triage.errors import NotFoundError
from triage.knowledge import Article
from triage.store.articles import (
    article_changes,
    articles_among,
    get_article,
    iter_articles,
    latest_revision,
    put_articles,
    put_embeddings,
    withdraw_article,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RESET = Article(
    "A-1", "Reset a password", "Open the portal.", "Portal", "https://kb/1", NOON, ("web",), ("accounts",)
)


def changed_ids(store, after: int) -> list[str]:
    return [stored.article.article_id for stored in article_changes(store, "acme", after)]


def test_an_article_comes_back_as_it_was_stored(store):
    assert put_articles(store, "acme", [RESET]) == 1
    stored = get_article(store, "acme", "A-1")
    assert stored.article == RESET
    assert (stored.revision, stored.withdrawn_at, stored.embedding) == (1, None, None)
    assert get_article(store, "other", "A-1") is None


def test_every_change_gets_the_next_revision_so_that_a_server_can_follow(store):
    put_articles(store, "acme", [Article(f"A-{n}", "t", "b") for n in range(3)])
    seen = latest_revision(store, "acme")
    put_articles(store, "acme", [Article("A-1", "new", "b"), Article("A-9", "t", "b")])
    withdraw_article(store, "acme", "A-0")
    assert changed_ids(store, seen) == ["A-1", "A-9", "A-0"]
    assert changed_ids(store, latest_revision(store, "acme")) == []
    assert latest_revision(store, "other") == 0


def test_storing_an_unchanged_article_again_keeps_its_revision_and_embedding(store):
    put_articles(store, "acme", [RESET])
    first = get_article(store, "acme", "A-1")
    put_embeddings(store, "acme", "minilm/1", {("A-1", first.content_hash): b"\x01"})
    assert put_articles(store, "acme", [RESET]) == 0
    again = get_article(store, "acme", "A-1")
    assert (again.revision, again.embedding, again.embedding_key) == (first.revision, b"\x01", "minilm/1")


def test_a_changed_article_loses_its_embedding_and_an_embedding_of_old_content_is_dropped(store):
    put_articles(store, "acme", [RESET])
    old = get_article(store, "acme", "A-1").content_hash
    put_articles(store, "acme", [replace(RESET, body="Call us.")])
    put_embeddings(store, "acme", "minilm/1", {("A-1", old): b"\x01"})
    assert get_article(store, "acme", "A-1").embedding is None


def test_a_withdrawn_article_is_not_walked_through_and_returns_when_stored_again(store):
    put_articles(store, "acme", [RESET, Article("A-2", "t", "b")])
    withdraw_article(store, "acme", "A-1")
    withdrawn = get_article(store, "acme", "A-1")
    withdraw_article(store, "acme", "A-1")
    assert get_article(store, "acme", "A-1") == withdrawn
    living = [one.article.article_id for chunk in iter_articles(store, "acme", chunk_rows=1) for one in chunk]
    assert living == ["A-2"]
    assert put_articles(store, "acme", [RESET]) == 1
    assert get_article(store, "acme", "A-1").withdrawn_at is None


def test_withdrawing_an_unknown_article_is_refused(store):
    with pytest.raises(NotFoundError, match="A-404"):
        withdraw_article(store, "acme", "A-404")


def test_articles_among_some_ids_are_told_withdrawn_ones_too(store):
    put_articles(store, "acme", [RESET, replace(RESET, article_id="A-2")])
    withdraw_article(store, "acme", "A-2")
    assert articles_among(store, "acme", ["A-1", "A-2", "A-3"]) == {"A-1", "A-2"}
    assert articles_among(store, "other", ["A-1"]) == set()
