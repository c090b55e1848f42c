from dataclasses import replace
from datetime import timedelta

import pytest

from tests.triage.sla.made import BOOK, HOUR, MONDAY, past
from triage.errors import ConflictError, NotFoundError
from triage.sla.book import SlaBook
from triage.sla.clock import Pause
from triage.sla.events import events_of
from triage.sla.foresight import Foresight
from triage.sla.policy import Target
from triage.sla.standing import PromiseState
from triage.store.assignments import GivenTicket, put_assignment
from triage.store.sla_books import BookShelf, StoredBook, list_books, read_book, write_book
from triage.store.sla_events import count_unseen, list_notices, mark_seen, raise_events
from triage.store.sla_outlooks import StoredOutlook, get_outlooks, put_outlooks, told_more
from triage.store.sla_overview import DueWanted, list_due, pressing_promises, report_kept
from triage.store.sla_pauses import begin_pause, end_pause, list_pauses
from triage.store.tickets import get_ticket, iter_open_tickets, put_tickets


def test_a_book_is_kept_with_its_version_and_since_when_there_is_one(store):
    assert read_book(store, "acme").version == 0
    first = write_book(store, "acme", BOOK, "dana", now=MONDAY)
    second = write_book(store, "acme", BOOK, "dana", expected_version=1, now=MONDAY + HOUR)
    assert (first.version, second.version, second.in_force_from) == (1, 2, MONDAY)
    assert list_books(store) == {"acme": read_book(store, "acme")}
    assert read_book(store, "acme").book == BOOK
    with pytest.raises(ConflictError, match="version 1"):
        write_book(store, "acme", BOOK, "dana", expected_version=1)


def test_pauses_begin_and_end_once(store):
    for at in (MONDAY, MONDAY + HOUR):
        begin_pause(store, "acme", "T-1", at)
    assert list_pauses(store, "acme", ["T-1", "T-2"]) == {"T-1": [Pause(MONDAY)]}
    end_pause(store, "acme", "T-1", MONDAY + 2 * HOUR)
    end_pause(store, "acme", "T-1", MONDAY + 3 * HOUR)
    assert list_pauses(store, "acme", ["T-1"]) == {"T-1": [Pause(MONDAY, MONDAY + 2 * HOUR)]}
    assert list_pauses(store, "other", ["T-1"]) == {}


def test_events_are_raised_once_and_seen_once(store):
    found = events_of("acme", past(), BOOK, now=MONDAY + HOUR)
    assert raise_events(store, "acme", found, now=MONDAY + HOUR) == found
    assert raise_events(store, "acme", found, now=MONDAY + 2 * HOUR) == []
    first, second = (one.event_id for one in found)
    count, (seen,) = mark_seen(store, "acme", [first, first], "ada", now=MONDAY)
    assert (count, seen.event, seen.seen_by) == (1, found[0], "ada")
    assert mark_seen(store, "acme", [first], "bob", now=MONDAY) == (0, [seen])
    for workspace, ids in (("other", [second]), ("acme", [second, "nothing"])):
        with pytest.raises(NotFoundError, match="1 of"):
            mark_seen(store, workspace, ids, "bob", now=MONDAY)
    assert count_unseen(store, "acme") == 1
    notices = {one.event.event_id: one for one in list_notices(store, "acme")}
    assert {name: one.event for name, one in notices.items()} == {one.event_id: one for one in found}
    assert notices[found[0].event_id].seen_by == "ada"
    assert [one.event for one in list_notices(store, "acme", only_unseen=True)] == found[1:]
    assert list_notices(store, "acme", recipient="nobody") == []
    assert [one.event for one in list_notices(store, "acme", recipient="ada")] == [
        one for one in found if one.recipient == "ada"
    ]


def test_open_tickets_are_walked_with_those_that_changed_lately(store):
    solved = past("T-2", resolved_at=MONDAY + HOUR)
    put_tickets(store, "acme", [past("T-1"), solved, past("T-3")], source="x", updated_at=MONDAY)

    def names(since):
        chunks = iter_open_tickets(store, "acme", changed_since=since, chunk_rows=1)
        return [one.ticket.ticket_id for chunk in chunks for one, _ in chunk]

    assert names(MONDAY + timedelta(seconds=1)) == ["T-1", "T-3"]
    assert names(MONDAY) == ["T-1", "T-2", "T-3"]


def test_the_overview_reads_book_tickets_and_pauses(store):
    write_book(store, "acme", BOOK, "dana")
    put_tickets(store, "acme", [past("T-1"), past("T-2", resolved_at=MONDAY + HOUR)], source="x")
    now = MONDAY + 1.5 * HOUR
    due, counts = list_due(store, "acme", BOOK, now=now)
    assert [(one.target.value, one.state.value) for one in due] == [
        ("response", "overdue"),
        ("resolution", "running"),
    ]
    assert counts == {PromiseState.RUNNING: 1, PromiseState.PAUSED: 0, PromiseState.OVERDUE: 1}
    report = report_kept(store, "acme", book=BOOK, now=now)
    assert [(one.kept, one.missed, one.running) for one in report][:2] == [(1, 1, 0), (1, 0, 1)]
    assert report_kept(store, "acme", book=BOOK, since=MONDAY + HOUR, now=now)[0].kept == 0


def test_due_promises_are_chosen_ordered_and_counted(store):
    tickets = [
        past("late", first_response_at=MONDAY + HOUR),
        past("soon", first_response_at=MONDAY + HOUR, created_at=MONDAY + HOUR),
        past("calm", first_response_at=MONDAY + HOUR, created_at=MONDAY + 2 * HOUR, labels={"team": "mail"}),
    ]
    put_tickets(store, "acme", tickets, source="x")
    now = MONDAY + 4.5 * HOUR

    def names(limit=9, **more):
        wanted = DueWanted(**more)
        found, counts = list_due(store, "acme", BOOK, now=now, wanted=wanted, is_rescue=True, limit=limit)
        return [one.ticket_id for one in found], sum(counts.values())

    assert names() == (["soon", "calm", "late"], 3)
    assert names(limit=1) == (["soon"], 3)
    assert names(state=PromiseState.OVERDUE) == (["late"], 3)
    assert names(team="mail") == (["calm"], 1)
    assert names(assignee="ada", policy="gold") == (["soon", "late"], 2)
    assert names(policy="urgent") == ([], 0)


def test_what_was_decided_stands_where_the_helpdesk_told_nothing(store):
    foresight = Foresight({0.5: 2.0, 0.9: 8.0}, 0.4, None)
    outlooks = {
        "T-1": StoredOutlook({"priority": "urgent", "team": "mail", "impact": "1"}, foresight),
        "T-2": StoredOutlook({"priority": "low"}),
    }
    put_outlooks(store, "acme", outlooks, now=MONDAY)
    kept = get_outlooks(store, "acme", ["T-1", "T-2", "T-3"])
    assert kept["T-1"] == StoredOutlook({"priority": "urgent", "team": "mail"}, foresight)
    assert kept["T-2"] == StoredOutlook({"priority": "low"}, None) and len(kept) == 2
    put_assignment(store, "acme", GivenTicket("T-1", "bob", "mail", MONDAY, "triage"))
    plain = [past("T-1", None, {"team": "network"}), past("T-2", None, {"priority": "high"}), past("T-3")]
    told, foresights = told_more(store, "acme", plain)
    assert [dict(one.labels) for one in told] == [
        {"priority": "urgent", "team": "network", "assignee": "bob"},
        {"priority": "high"},
        dict(plain[2].labels),
    ]
    assert foresights == {"T-1": foresight}
    put_tickets(store, "acme", plain[:2], source="api")
    found, _ = list_due(store, "acme", BOOK, now=MONDAY + HOUR)
    assert [(one.ticket_id, one.policy, one.assignee) for one in found] == [
        ("T-1", "urgent", "bob"),
        ("T-2", "urgent", None),
    ]
    assert found[0].breach_probability == pytest.approx(foresight.breach_after(8.0, 1.0))
    put_outlooks(store, "acme", {"T-1": StoredOutlook()}, now=MONDAY)
    assert get_outlooks(store, "acme", ["T-1"]) == {"T-1": StoredOutlook()}


def test_of_a_tickets_promises_the_most_endangered_presses(store):
    put_tickets(store, "acme", [past("T-1"), past("T-2", status="closed")], source="x")
    known, pressing = pressing_promises(store, "acme", BOOK, ["T-1", "T-2", "T-9"], now=MONDAY + 0.9 * HOUR)
    assert sorted(known) == ["T-1", "T-2"] and list(pressing) == ["T-1"]
    assert pressing["T-1"].target is Target.RESPONSE and pressing["T-1"].share_gone == pytest.approx(0.9)


def test_a_shelf_parses_a_book_once_and_follows_every_change(store):
    other = BookShelf(store)
    assert other.read("acme") == StoredBook(SlaBook())
    write_book(store, "acme", BOOK, "dana", now=MONDAY)
    first = other.read("acme")
    assert first == read_book(store, "acme") and other.read("acme") is first
    write_book(store, "acme", replace(BOOK, policies=BOOK.policies[:1]), "dana", now=MONDAY)
    assert [one.name for one in other.read("acme").book.policies] == ["gold"]


def test_whether_a_promise_was_kept_is_stored_with_the_ticket(store):
    put_tickets(store, "acme", [past("T-1", made_sla=False)], source="x")
    assert get_ticket(store, "acme", "T-1").made_sla is False
