import uuid
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command

from triage.errors import ConflictError, NotFoundError
from triage.helping.auto_resolve import AutoResolution
from triage.helping.reply import Macro, Reply
from triage.helping.suggestion import (
    Audience,
    ItemFeedback,
    ItemKind,
    ItemVerdict,
    Offered,
    SuggestionRecord,
)
from triage.knowledge import Article, ArticleLink
from triage.store import Store
from triage.store.articles import get_article, put_articles
from triage.store.auto_resolutions import (
    answer_auto_resolution,
    auto_resolutions_since,
    get_auto_resolution,
    put_auto_resolution,
)
from triage.store.help_facts import article_use, reopened_share, solved_cases
from triage.store.knowledge_reports import put_gaps, read_gaps
from triage.store.links import put_links
from triage.store.migrating import migration_config
from triage.store.replies import delete_macro, list_macros, put_macros, put_replies, replies_of
from triage.store.solved import count_solved, solved_after
from triage.store.suggestions import (
    feedback_since,
    get_suggestion,
    note_filed,
    put_item_feedback,
    put_suggestions,
    suggestions_since,
)
from triage.store.tickets import put_tickets
from triage.store.work import close_ticket
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


def past(name: str, **more) -> PastTicket:
    return PastTicket(Ticket(name, "VPN", "drops", created_at=NOW), **more)


def put(store: Store, *tickets: PastTicket) -> None:
    put_tickets(store, "acme", tickets, source="history")


def solved(store: Store, mark=(0, "")) -> list[str]:
    return [name for _, name in solved_after(store, "acme", mark, limit=100)]


def record(name: str, audience: Audience = Audience.REQUESTER, **more) -> SuggestionRecord:
    given = {"ticket_id": None, "requester": "dana", "chance": 0.6, "created_at": NOW} | more
    items = (Offered(ItemKind.ARTICLE, "KB-1", 1, 0.5, 0.6),)
    return SuggestionRecord(name, audience, text_hash="h", items=items, **given)


def word(suggestion: str, verdict: ItemVerdict, actor: str = "dana", minutes: int = 0) -> ItemFeedback:
    at = NOW + timedelta(minutes=minutes)
    return ItemFeedback(uuid.uuid4().hex, suggestion, ItemKind.ARTICLE, "KB-1", 1, verdict, actor, at)


def test_a_ticket_is_solved_when_a_resolution_or_a_reply_is_told_and_moves_to_the_end_when_told_anew(
    store: Store,
):
    put(store, past("T-1"), past("T-2", resolution="Renewed."), past("T-3", resolution="Renewed."))
    assert solved(store) == ["T-2", "T-3"]
    mark = solved_after(store, "acme", (0, ""), limit=100)[-1]
    close_ticket(store, "acme", "T-1", labels={}, resolution="Restarted.")
    put_replies(store, "acme", [Reply("T-2", "R-1", "Update it.", is_solution=True)])
    assert solved(store, mark) == ["T-1", "T-2"]
    assert solved(store) == ["T-3", "T-1", "T-2"]
    assert count_solved(store, "acme") == 3 and count_solved(store, "other") == 0


def test_solved_tickets_are_read_page_by_page(store: Store):
    put(store, *[past(f"T-{number}", resolution="Done.") for number in range(7)])
    seen, mark = [], (0, "")
    while page := solved_after(store, "acme", mark, limit=3):
        seen += [name for _, name in page]
        mark = page[-1]
    assert seen == [f"T-{number}" for number in range(7)]


def test_replies_come_in_the_order_of_sending_and_an_id_is_replaced(store: Store):
    later = Reply("T-1", "a", "Later.", NOW + DAY, "ada")
    put_replies(store, "acme", [later, Reply("T-1", "b", "Earlier.", NOW), Reply("T-2", "a", "Other.")])
    put_replies(store, "acme", [Reply("T-1", "b", "Earlier!", NOW, helpful=2)])
    found = replies_of(store, "acme", ["T-1", "T-2", "T-9"])
    assert [one.body for one in found["T-1"]] == ["Earlier!", "Later."]
    assert found["T-1"][1] == later and set(found) == {"T-1", "T-2"}
    assert replies_of(store, "other", ["T-1"]) == {}


def test_macros_are_kept_and_taken_away(store: Store):
    put_macros(store, "acme", [Macro("M-1", "Hi", "Hello."), Macro("M-2", "Bye", "Good bye.")])
    put_macros(store, "acme", [Macro("M-1", "Hi", "Hello!")])
    assert [one.body for one in list_macros(store, "acme")] == ["Hello!", "Good bye."]
    assert delete_macro(store, "acme", "M-1").body == "Hello!"
    with pytest.raises(NotFoundError):
        delete_macro(store, "other", "M-2")
    assert [one.macro_id for one in list_macros(store, "acme")] == ["M-2"]


def test_an_article_is_for_agents_only_unless_it_is_said_to_be_public(store: Store):
    put_articles(store, "acme", [Article("KB-1", "A", "Text"), Article("KB-2", "B", "Text", public=True)])
    assert [get_article(store, "acme", name).article.public for name in ("KB-1", "KB-2")] == [False, True]
    before = get_article(store, "acme", "KB-1").revision
    assert put_articles(store, "acme", [Article("KB-1", "A", "Text", public=True)]) == 1
    stored = get_article(store, "acme", "KB-1")
    assert stored.article.public and stored.revision > before


def test_what_was_offered_is_read_as_it_was_stored(store: Store):
    put_suggestions(store, "acme", [record("s-1"), record("d-1", Audience.AGENT, ticket_id="T-1")])
    assert get_suggestion(store, "acme", "s-1") == record("s-1")
    assert get_suggestion(store, "other", "s-1") is None
    assert len(suggestions_since(store, "acme", NOW)) == 2
    assert [one.suggestion_id for one in suggestions_since(store, "acme", NOW, audience=Audience.AGENT)] == [
        "d-1"
    ]
    assert suggestions_since(store, "acme", NOW + DAY) == []


def filed(store: Store, ticket: str, hours: float, suggestion: str | None, requester: str | None) -> int:
    at = NOW + timedelta(hours=hours)
    return note_filed(store, "acme", ticket, at, suggestion_id=suggestion, requester=requester, within=DAY)


def test_a_ticket_filed_all_the_same_is_known_by_the_suggestion_or_the_requester(store: Store):
    put_suggestions(store, "acme", [record("a"), record("b"), record("c", requester="cy")])
    assert filed(store, "T-1", 1, "a", "dana") == 1
    assert get_suggestion(store, "acme", "a").matched_by == "id"
    assert filed(store, "T-2", 25, None, "dana") == 0  # Too late.
    assert filed(store, "T-3", 23, None, "dana") == 1
    assert (get_suggestion(store, "acme", "b").matched_by, get_suggestion(store, "acme", "c").filed_at) == (
        "requester",
        None,
    )
    assert filed(store, "T-4", 1, "a", "dana") == 0  # It was filed once.
    assert filed(store, "T-4", 24, "b", None) == 1  # What is told goes before what was guessed.
    found = get_suggestion(store, "acme", "b")
    assert (found.filed_ticket_id, found.matched_by) == ("T-4", "id")
    assert filed(store, "T-5", 1, None, None) == 0


def test_what_agents_were_offered_does_not_count_as_asked_before_filing(store: Store):
    put_suggestions(store, "acme", [record("d", Audience.AGENT)])
    assert filed(store, "T-1", 1, "d", "dana") == 0


def test_of_one_person_the_last_word_counts_and_people_stand_beside_each_other(store: Store):
    put_suggestions(store, "acme", [record("d", Audience.AGENT, ticket_id="T-1")])
    put_item_feedback(store, "acme", [word("d", ItemVerdict.DISMISSED)])
    put_item_feedback(store, "acme", [word("d", ItemVerdict.SENT, minutes=1)])
    put_item_feedback(store, "acme", [word("d", ItemVerdict.DISMISSED, "cy", minutes=2)])
    found = feedback_since(store, "acme", suggestion_id="d")
    assert [(one.feedback.actor, one.feedback.verdict.value) for one in found] == [
        ("dana", "sent"),
        ("cy", "dismissed"),
    ]
    assert (found[0].audience, found[0].ticket_id) == (Audience.AGENT, "T-1")
    assert feedback_since(store, "other") == [] and feedback_since(store, "acme", NOW + DAY) == []


def test_an_article_sent_as_the_answer_is_answered_once(store: Store):
    sent = AutoResolution("T-1", "KB-1", 0.95, False, NOW, NOW + DAY)
    assert put_auto_resolution(store, "acme", sent) == sent
    other = AutoResolution("T-1", "KB-2", 0.99, False, NOW, NOW + DAY)
    assert put_auto_resolution(store, "acme", other) == sent
    assert answer_auto_resolution(store, "acme", "T-1", True, NOW).helped is True
    assert answer_auto_resolution(store, "acme", "T-1", True, NOW + DAY).answered_at == NOW
    with pytest.raises(ConflictError):
        answer_auto_resolution(store, "acme", "T-1", False, NOW)
    with pytest.raises(NotFoundError):
        answer_auto_resolution(store, "acme", "T-2", True, NOW)
    assert auto_resolutions_since(store, "acme", NOW) == [get_auto_resolution(store, "acme", "T-1")]


def test_what_was_only_noted_in_shadow_can_neither_be_answered_nor_stand_in_the_way(store: Store):
    put_auto_resolution(store, "acme", AutoResolution("T-1", "KB-1", 0.95, True, NOW, NOW + DAY))
    with pytest.raises(NotFoundError):
        answer_auto_resolution(store, "acme", "T-1", True, NOW)
    sent = AutoResolution("T-1", "KB-1", 0.95, False, NOW, NOW + DAY)
    assert put_auto_resolution(store, "acme", sent) == sent


def test_the_newest_report_of_gaps_takes_the_place_of_the_one_before(store: Store):
    assert read_gaps(store, "acme") is None
    put_gaps(store, "acme", {"gaps": []}, NOW)
    put_gaps(store, "acme", {"gaps": [1]}, NOW + DAY)
    stored = read_gaps(store, "acme")
    assert (stored.document, stored.created_at) == ({"gaps": [1]}, NOW + DAY)


def test_use_of_articles_and_times_of_tickets_are_counted(store: Store):
    labels = {"category": "network", "priority": "high"}
    put(
        store,
        past("T-1", labels=labels, resolved_at=NOW + timedelta(hours=3), reopened=1),
        past("T-2", labels=labels, assigned_at=NOW + timedelta(hours=1), closed_at=NOW + DAY, reopened=0),
        past("T-3"),
        past("T-4", resolved_at=NOW - DAY),
    )
    put_links(store, "acme", [ArticleLink("T-1", "KB-1"), ArticleLink("T-gone", "KB-1")])
    put_suggestions(store, "acme", [record("d", Audience.AGENT, ticket_id="T-2"), record("r")])
    put_item_feedback(store, "acme", [word("d", ItemVerdict.SENT), word("r", ItemVerdict.DISMISSED)])
    use = article_use(store, "acme", NOW)["KB-1"]
    assert (use.used, use.offered, use.dismissed, use.dismissed_lately) == (3, 2, 1, 1)
    assert (use.solved, use.reopened) == (1, 1)
    assert reopened_share(store, "acme") == 0.5 and reopened_share(store, "other") == 0.0
    found = {one.ticket_id: one for one in solved_cases(store, "acme", NOW - DAY)}
    assert {name: one.hours for name, one in found.items()} == {"T-1": 3.0, "T-2": 23.0}
    assert found["T-1"].kind == ("network", "high", "short")


def test_tickets_from_before_are_solved_after_the_migration_and_all_of_it_can_be_undone(owned_store: Store):
    put(owned_store, past("T-1", resolution="Renewed."), past("T-2"))
    config = migration_config()
    with owned_store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0007")
        command.upgrade(config, "head")
    assert solved(owned_store) == ["T-1"]
    put(owned_store, past("T-3", resolution="Renewed."))
    assert solved(owned_store) == ["T-1", "T-3"]
