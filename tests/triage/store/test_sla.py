from datetime import timedelta

import pytest

from tests.triage.sla.made import BOOK, HOUR, MONDAY, past
from triage.errors import ConflictError
from triage.sla.clock import Pause
from triage.sla.events import events_of
from triage.store.sla_books import list_books, read_book, write_book
from triage.store.sla_events import list_notices, mark_seen, raise_events
from triage.store.sla_overview import list_due, report_kept
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
    assert mark_seen(store, "acme", found[0].event_id, "ada", now=MONDAY)
    assert not mark_seen(store, "acme", found[0].event_id, "bob", now=MONDAY)
    assert not mark_seen(store, "other", found[1].event_id, "bob", now=MONDAY)
    notices = {one.event.event_id: one for one in list_notices(store, "acme")}
    assert {name: one.event for name, one in notices.items()} == {one.event_id: one for one in found}
    assert notices[found[0].event_id].seen_by == "ada"
    assert [one.event for one in list_notices(store, "acme", only_unseen=True)] == found[1:]


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
    assert [one.target.value for one in list_due(store, "acme", now=now)] == ["response", "resolution"]
    assert [(one.kept, one.broken, one.waiting) for one in report_kept(store, "acme", now=now)][:2] == [
        (1, 1, 0),
        (1, 0, 1),
    ]
    assert report_kept(store, "acme", since=MONDAY + HOUR, now=now)[0].kept == 0


def test_whether_a_promise_was_kept_is_stored_with_the_ticket(store):
    put_tickets(store, "acme", [past("T-1", made_sla=False)], source="x")
    assert get_ticket(store, "acme", "T-1").made_sla is False
