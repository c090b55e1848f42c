from datetime import UTC, datetime

from triage.knowledge import ArticleLink
from triage.store.links import delete_link, list_links, put_links

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_links_come_back_and_of_one_pair_the_last_stays(store):
    first, second = ArticleLink("T-1", "A-1"), ArticleLink("T-1", "A-1", NOON, "ada")
    put_links(store, "acme", [first, ArticleLink("T-2", "A-1"), second])
    assert list_links(store, "acme") == [second, ArticleLink("T-2", "A-1")]
    assert list_links(store, "acme", "T-2") == [ArticleLink("T-2", "A-1")]
    assert list_links(store, "other") == []


def test_a_link_is_removed_once(store):
    put_links(store, "acme", [ArticleLink("T-1", "A-1")])
    assert delete_link(store, "acme", "T-1", "A-1")
    assert not delete_link(store, "acme", "T-1", "A-1")
