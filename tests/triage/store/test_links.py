from datetime import UTC, datetime

from alembic import command
from sqlalchemy import text

from triage.knowledge import ArticleLink
from triage.store.links import delete_link, link_events_after, list_dismissals, list_links, put_links
from triage.store.migrating import migration_config

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_links_come_back_and_of_one_pair_the_last_stays(store):
    first, second = ArticleLink("T-1", "A-1"), ArticleLink("T-1", "A-1", NOON, "ada")
    put_links(store, "acme", [first, ArticleLink("T-2", "A-1"), second])
    assert list_links(store, "acme") == [second, ArticleLink("T-2", "A-1")]
    assert list_links(store, "acme", "T-2") == [ArticleLink("T-2", "A-1")]
    assert list_links(store, "other") == []


def test_who_linked_and_when_stays_known_where_the_link_comes_again_without(store):
    put_links(store, "acme", [ArticleLink("T-1", "KB-1", NOON, "ada")])
    put_links(store, "acme", [ArticleLink("T-1", "KB-1")])
    assert list_links(store, "acme") == [ArticleLink("T-1", "KB-1", NOON, "ada")]
    put_links(store, "acme", [ArticleLink("T-1", "KB-1", agent="cy")])
    assert list_links(store, "acme") == [ArticleLink("T-1", "KB-1", NOON, "cy")]


def test_a_link_is_removed_once(store):
    put_links(store, "acme", [ArticleLink("T-1", "A-1")])
    assert delete_link(store, "acme", "T-1", "A-1")
    assert not delete_link(store, "acme", "T-1", "A-1")


def kinds(store) -> list[tuple[str, str, str]]:
    events = link_events_after(store, "acme", (0, -1))
    return [(one.ticket_id, one.article_id, one.kind.value) for one in events]


def test_a_dismissal_takes_the_place_of_a_link_and_a_link_that_of_a_dismissal(store):
    used, dismissed = ArticleLink("T-1", "A-1", NOON), ArticleLink("T-1", "A-1", NOON, dismissed=True)
    put_links(store, "acme", [used])
    put_links(store, "acme", [dismissed])
    assert (list_links(store, "acme"), list_dismissals(store, "acme")) == ([], [dismissed])
    put_links(store, "acme", [used])
    assert (list_links(store, "acme"), list_dismissals(store, "acme")) == ([used], [])
    assert kinds(store) == [("T-1", "A-1", kind) for kind in ("used", "dismissed", "used")]


def test_events_come_in_order_and_what_changes_nothing_is_none(store):
    put_links(store, "acme", [ArticleLink("T-2", "A-1"), ArticleLink("T-1", "A-1")])
    first = link_events_after(store, "acme", (0, -1), limit=1)
    put_links(store, "acme", [ArticleLink("T-1", "A-1")])
    put_links(store, "acme", [])
    assert not delete_link(store, "acme", "T-9", "A-1")
    delete_link(store, "acme", "T-2", "A-1")
    assert kinds(store) == [("T-2", "A-1", "used"), ("T-1", "A-1", "used"), ("T-2", "A-1", "removed")]
    assert [one.ticket_id for one in link_events_after(store, "acme", first[0].mark)] == ["T-1", "T-2"]
    assert link_events_after(store, "other", (0, -1)) == []


def test_links_from_before_the_events_are_their_first_revision(owned_store):
    config = migration_config()
    with owned_store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
        for ticket_id in ("T-2", "T-1"):
            connection.execute(
                text(
                    "INSERT INTO article_links (workspace, ticket_id, article_id) "
                    "VALUES ('acme', :one, 'A-1')"
                ),
                {"one": ticket_id},
            )
        command.upgrade(config, "head")
    assert kinds(owned_store) == [("T-1", "A-1", "used"), ("T-2", "A-1", "used")]
    put_links(owned_store, "acme", [ArticleLink("T-3", "A-1")])
    marks = [one.mark for one in link_events_after(owned_store, "acme", (0, -1))]
    assert marks == [(1, 0), (1, 1), (2, 0)]
