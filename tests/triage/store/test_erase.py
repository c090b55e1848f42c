import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules

import pytest
from sqlalchemy import delete, select

import triage.store
from tests.triage.made_incident import burst, incident
from triage.erasure import ErasedKind, ErasureKeys
from triage.errors import ConflictError, InputError
from triage.helping.reply import Reply
from triage.helping.suggestion import Audience, ItemKind, Offered, SuggestionRecord
from triage.knowledge import ArticleLink
from triage.store import Store
from triage.store.compact import clear_log, clear_pages
from triage.store.erase import BY_TICKET, erase
from triage.store.erase_again import erase_again
from triage.store.erasure_follower import ErasureFollower
from triage.store.erasure_tables import erasures
from triage.store.erasures import erased_after, erased_among, forget_text_keys
from triage.store.idempotency import Reply as Answer
from triage.store.idempotency import run_once
from triage.store.incident_tables import incident_tickets
from triage.store.incidents import get_incident, list_incidents, save_incidents
from triage.store.knowledge_reports import put_gaps, read_gaps
from triage.store.links import put_links
from triage.store.outbox import add_endpoint, list_messages, put_messages
from triage.store.replies import put_replies
from triage.store.schema import metadata
from triage.store.scope import Across
from triage.store.suggestions import get_suggestion, put_suggestions
from triage.store.tickets import get_ticket, put_tickets
from triage.store.work import close_ticket, set_assignee
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEYS = ErasureKeys(b"k" * 32)
CANARY = "quokka-4711"

KEPT = {
    "workspaces", "articles", "macros", "agents", "agent_absences", "users", "api_keys", "policies",
    "sla_books", "webhook_endpoints", "planner_settings", "known_events", "overrides", "volume_alerts",
    "staffing_setups", "staffing_baselines", "snapshots", "snapshot_rows", "incident_watches",
    "revisions", "erasures",
}  # fmt: skip
"""Of whoever works here, or counts of many tickets."""
KEPT_WITH_IDS = {"runs", "imports", "audit_log", "audit_heads"}
"""No text and no requester: what was asked for and by whom; the log tells who erased."""


def gone(store: Store, *ids: str, **more):
    more = {"now": NOW, "keys": KEYS, "text_key": lambda ticket: ticket.text_hash} | more
    return erase(store, "acme", ticket_ids=ids, **more)


def everything(store: Store) -> str:
    """All that the tables hold of workspace acme, as text."""
    with store.reading(Across.OPERATOR) as connection:
        return "\n".join(
            repr(row)
            for table in metadata.sorted_tables
            if table.name not in ("audit_log", "erasures")
            for row in connection.execute(select(table))
        )


@pytest.fixture
def desk(store: Store) -> Store:
    """Two people's tickets with all that can hang on a ticket."""
    for name, text, who in (("T-1", CANARY, "Ada@Example.org"), ("T-2", "vpn", "bob@example.org")):
        ticket = Ticket(name, text, f"{text} is broken", NOW - timedelta(days=1), who)
        past = PastTicket(ticket, {"assignee": "eve"}, resolution=f"about {text}")
        put_tickets(store, "acme", [past], source="x")
        put_replies(store, "acme", [Reply(name, "R-1", f"re {text}")])
        put_links(store, "acme", [ArticleLink(name, "KB-1")])
        set_assignee(store, "acme", name, "eve", assigned_by="dana", at=NOW)
        close_ticket(store, "acme", name, labels={}, status="solved", at=NOW, resolution=f"about {text}")
        answer = {"ticket_id": name, "because": f"the word {text}"}
        run_once(store, "acme", f"key-{name}", "h", lambda answer=answer: Answer(200, answer))
        offered = (Offered(ItemKind.ARTICLE, "KB-1", 1, 0.9),)
        put_suggestions(
            store,
            "acme",
            [
                SuggestionRecord(f"S-{name}", Audience.REQUESTER, None, who, "h", offered, 0.5, NOW),
                SuggestionRecord(f"D-{name}", Audience.AGENT, name, who, "h", offered, None, NOW),
            ],
        )
    add_endpoint(store, "acme", "http://desk.example/hooks", now=NOW)
    messages = [(f"about-{name}", "sla.breach", {"data": {"ticket_id": name}}) for name in ("T-1", "T-2")]
    put_messages(store, "acme", messages, now=NOW)
    put_gaps(store, "acme", {"gaps": [{"title": CANARY}]}, NOW)
    return store


def test_every_table_is_one_that_forgets_or_one_that_knows_nothing():
    forgets = {table.name for table, _ in BY_TICKET}
    forgets |= {"feedback", "decisions", "suggestions", "suggestion_feedback", "idempotency_keys", "outbox"}
    forgets |= {"knowledge_reports", "incidents", "incident_tickets"}
    for module in iter_modules(triage.store.__path__):
        if module.name.endswith("_tables"):
            import_module(f"triage.store.{module.name}")
    assert set(metadata.tables) == forgets | KEPT | KEPT_WITH_IDS


def test_nothing_of_an_erased_ticket_stays_and_all_of_the_others_does(desk: Store):
    assert CANARY in everything(desk)
    done = gone(desk, "T-1")
    left = everything(desk)
    assert CANARY not in left and "'T-1'" not in left
    assert left.count("'T-2'") > 5 and get_ticket(desk, "acme", "T-2").resolution == "about vpn"
    assert (done.tickets, done.rows["replies"], done.rows["tickets"]) == (1, 1, 1)
    assert done.rows["idempotency_keys, changed"] == done.rows["outbox"] == 1
    assert [one.body["data"]["ticket_id"] for one in list_messages(desk, "acme")] == ["T-2"]
    assert get_suggestion(desk, "acme", "D-T-1") is None and read_gaps(desk, "acme") is None


def test_a_request_whose_answer_was_erased_is_not_done_again(desk: Store):
    gone(desk, "T-1")
    with pytest.raises(ConflictError, match="erased"):
        run_once(desk, "acme", "key-T-1", "h", lambda: Answer(200, {}))
    assert run_once(desk, "acme", "key-T-2", "h", lambda: Answer(500, {})).status_code == 200


def test_all_of_a_requesters_tickets_go_whatever_the_case_and_later_ones_may_come(desk: Store):
    done = gone(desk, requester=" ada@example.ORG")
    assert done.tickets == 1 and get_ticket(desk, "acme", "T-1") is None
    assert get_suggestion(desk, "acme", "S-T-1") is None and get_suggestion(desk, "acme", "S-T-2") is not None
    early, late, unknown, other = (
        Ticket("T-7", created_at=NOW - timedelta(hours=1), requester="ADA@example.org"),
        Ticket("T-8", created_at=NOW + timedelta(hours=1), requester="ada@example.org"),
        Ticket("T-9", requester="ada@example.org"),
        Ticket("T-2", requester="bob@example.org"),
    )
    assert erased_among(desk, "acme", [early, late, unknown, other], KEYS) == {"T-7", "T-9"}
    assert erased_among(desk, "other", [early], KEYS) == set()


@pytest.mark.parametrize(
    "written", ["Ünal@example.org", " ünal@example.org", "ÜNAL@example.org\t", "ünaL@EXAMPLE.org"]
)
def test_a_requester_is_found_however_written_in_any_letters(desk: Store, written: str):
    put_tickets(desk, "acme", [PastTicket(Ticket("U-1", "vpn", requester=written))], source="api")
    assert gone(desk, requester="ÜNAL@example.org ").tickets == 1
    assert get_ticket(desk, "acme", "U-1") is None


def test_the_ledger_knows_what_was_erased_without_saying_it(desk: Store):
    gone(desk, "T-1", "never stored")
    assert erased_among(desk, "acme", [Ticket("T-1"), Ticket("T-2"), Ticket("never stored")], KEYS) == {
        "T-1",
        "never stored",
    }
    ledger = erased_after(desk, "acme")
    assert sorted(one.kind.value for one in ledger) == ["text", "ticket", "ticket"]
    assert "T-1" not in repr(ledger)
    assert erased_among(desk, "acme", [Ticket("T-1")], ErasureKeys(b"x" * 32)) == set()


def test_what_only_became_too_old_may_come_again(desk: Store):
    gone(desk, "T-1", remembered=False)
    assert [one.kind for one in erased_after(desk, "acme")] == [ErasedKind.TEXT]
    assert erased_among(desk, "acme", [Ticket("T-1")], KEYS) == set()
    assert forget_text_keys(desk, "acme", NOW + timedelta(days=1)) == 1


def test_whoever_follows_is_told_once_and_again_where_acting_failed(desk: Store):
    follower, told = ErasureFollower(desk), []
    assert follower.follow(told.append) == 0
    gone(desk, "T-1")
    with pytest.raises(ZeroDivisionError):
        follower.follow(lambda news: 1 / 0)
    assert (follower.follow(told.append), follower.follow(told.append)) == (2, 0)
    assert len(told) == 1
    assert ErasureFollower(desk).follow(told.append) == 2


def test_an_incident_keeps_the_words_that_others_share(store: Store):
    shared = [replace(one, subject=" ".join(incident().words)) for one in burst(6)]
    put_tickets(store, "acme", [PastTicket(one) for one in shared], source="x")
    save_incidents(store, "acme", [incident()], now=NOW)
    names = [one.ticket_id for one in get_incident(store, "acme", "inc-1").members]
    gone(store, names[0])
    left = get_incident(store, "acme", "inc-1")
    assert [one.ticket_id for one in left.members] == names[1:] and left.words == incident().words
    assert left.raised_by in names[1:] or left.raised_by not in names
    gone(store, *names[1:])
    assert list_incidents(store, "acme") == []
    with store.reading(Across.OPERATOR) as connection:
        assert connection.execute(select(incident_tickets)).all() == []


def test_words_that_only_an_erased_ticket_had_leave_an_incident(store: Store):
    tickets = burst(6)
    put_tickets(store, "acme", [PastTicket(one) for one in tickets], source="x")
    made = incident()
    odd = made.bursts[0]
    save_incidents(store, "acme", [made], now=NOW)
    names = [one.ticket_id for one in made.members]
    # The others no longer say it.
    rest = [PastTicket(Ticket(name, "something else", created_at=NOW)) for name in names[1:]]
    put_tickets(store, "acme", rest, source="x")
    gone(store, names[0])
    left = get_incident(store, "acme", "inc-1")
    assert odd.word not in json.dumps([one.word for one in left.bursts]) and odd.word not in left.spelling


def test_somebody_has_to_be_named(store: Store):
    for given in ({}, {"requester": " "}, {"ticket_ids": [""]}):
        with pytest.raises(InputError):
            erase(store, "acme", keys=KEYS, text_key=lambda ticket: "", **given)


def test_rewriting_what_held_texts_leaves_what_is_stored(desk: Store):
    gone(desk, "T-1")
    clear_pages(desk)
    assert get_ticket(desk, "acme", "T-2") is not None
    assert clear_log(desk) is (desk.engine.dialect.name == "sqlite")


def test_what_a_restore_brought_back_is_erased_again(desk: Store):
    gone(desk, "T-1", "never stored")
    gone(desk, requester="bob@example.org", now=NOW)
    ledger = erased_after(desk, "acme")
    with desk.writing(Across.OPERATOR) as connection:
        connection.execute(delete(erasures))
    back = [
        PastTicket(Ticket("T-1", CANARY)),
        PastTicket(Ticket("T-5", "x", created_at=NOW, requester="Bob@example.org")),
    ]
    put_tickets(desk, "acme", [*back, PastTicket(Ticket("T-6", "vpn"))], source="x")
    again = {"keys": KEYS, "text_key": lambda ticket: ticket.text_hash}
    assert erase_again(desk, "acme", [], **again) == 0
    assert erase_again(desk, "acme", ledger, **again) == 2
    assert get_ticket(desk, "acme", "T-6") is not None and CANARY not in everything(desk)
    assert erased_among(desk, "acme", [Ticket("never stored")], KEYS) == {"never stored"}
