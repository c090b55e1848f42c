from datetime import UTC, datetime, timedelta

import pytest

from triage.errors import ConflictError, InputError, NotFoundError
from triage.sla.book import SlaBook
from triage.sla.clock import Pause
from triage.store import Store
from triage.store.assignments import GivenTicket, put_assignment
from triage.store.held_work import open_loads
from triage.store.progress import note_first_response, set_status
from triage.store.sla_books import write_book
from triage.store.sla_pauses import begin_pause, list_pauses
from triage.store.tickets import get_ticket, put_tickets
from triage.store.work import close_ticket
from triage.ticket import PastTicket, Ticket

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def ticket(store: Store) -> None:
    past = PastTicket(Ticket("T-1", "vpn", created_at=NOON), {}, status="open")
    put_tickets(store, "acme", [past], source="jira", updated_at=NOON)


def pauses(store: Store) -> list[Pause]:
    return list_pauses(store, "acme", ["T-1"]).get("T-1", [])


def test_the_earliest_first_response_that_was_told_counts(store: Store):
    first = note_first_response(store, "acme", "T-1", at=NOON + 2 * HOUR)
    assert (first.first_response_at, first.is_changed) == (NOON + 2 * HOUR, True)
    later = note_first_response(store, "acme", "T-1")
    assert (later.first_response_at, later.is_changed) == (NOON + 2 * HOUR, False)
    earlier = note_first_response(store, "acme", "T-1", at=NOON + HOUR)
    assert (earlier.first_response_at, earlier.is_changed) == (NOON + HOUR, True)
    assert get_ticket(store, "acme", "T-1").first_response_at == NOON + HOUR


def test_a_first_response_without_a_time_is_now(store: Store):
    told = note_first_response(store, "acme", "T-1").first_response_at
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)


@pytest.mark.parametrize("at", [NOON - HOUR, datetime.now(UTC) + timedelta(days=2)])
def test_nothing_happens_before_filing_or_days_ahead(store: Store, at: datetime):
    with pytest.raises(InputError, match="expected"):
        note_first_response(store, "acme", "T-1", at=at)
    with pytest.raises(InputError, match="expected"):
        set_status(store, "acme", "T-1", "pending", at=at)
    assert get_ticket(store, "acme", "T-1").status == "open" and pauses(store) == []


def test_the_clock_stands_still_from_pending_to_open_and_twice_is_no_error(store: Store):
    told = set_status(store, "acme", "T-1", "Pending", at=NOON + HOUR)
    assert (told.previous, told.waiting_since, told.is_changed) == ("open", NOON + HOUR, True)
    again = set_status(store, "acme", "T-1", "Pending", at=NOON + 2 * HOUR)
    assert (again.previous, again.waiting_since, again.is_changed) == ("Pending", NOON + HOUR, False)
    assert pauses(store) == [Pause(NOON + HOUR)]
    # Another word for waiting: the pause goes on.
    held = set_status(store, "acme", "T-1", "on hold", at=NOON + 2 * HOUR)
    assert (held.waiting_since, held.is_changed) == (NOON + HOUR, True)
    back = set_status(store, "acme", "T-1", "open", at=NOON + 3 * HOUR)
    assert (back.previous, back.waiting_since, back.is_changed) == ("on hold", None, True)
    assert not set_status(store, "acme", "T-1", "open", at=NOON + 4 * HOUR).is_changed
    assert pauses(store) == [Pause(NOON + HOUR, NOON + 3 * HOUR)]
    assert get_ticket(store, "acme", "T-1").status == "open"


def test_waiting_does_not_end_before_it_began(store: Store):
    set_status(store, "acme", "T-1", "pending", at=NOON + 2 * HOUR)
    with pytest.raises(InputError, match="before its begin"):
        set_status(store, "acme", "T-1", "open", at=NOON + HOUR)
    assert pauses(store) == [Pause(NOON + 2 * HOUR)]


def test_the_sla_book_says_which_states_are_waiting(store: Store):
    write_book(store, "acme", SlaBook(waiting_statuses=frozenset({"beim kunden"})), "ada")
    assert set_status(store, "acme", "T-1", "pending").waiting_since is None
    assert set_status(store, "acme", "T-1", "Beim Kunden").waiting_since is not None


def test_what_an_import_brought_counts_though_no_worker_looked_yet(store: Store):
    past = PastTicket(Ticket("T-1", "vpn", created_at=NOON), {}, status="pending")
    put_tickets(store, "acme", [past], source="jira", updated_at=NOON + HOUR)
    set_status(store, "acme", "T-1", "open", at=NOON + 3 * HOUR)
    assert pauses(store) == [Pause(NOON + HOUR, NOON + 3 * HOUR)]


def test_a_pause_that_an_import_ended_is_not_gone_on_with(store: Store):
    begin_pause(store, "acme", "T-1", NOON - HOUR)
    told = set_status(store, "acme", "T-1", "pending", at=NOON + HOUR)
    assert told.waiting_since == NOON + HOUR
    assert pauses(store) == [Pause(NOON - HOUR, NOON), Pause(NOON + HOUR)]


def test_who_has_a_ticket_stays_whatever_is_told_of_its_clocks(store: Store):
    past = PastTicket(Ticket("T-1", "vpn", created_at=NOON), {"assignee": "bob"}, status="open")
    put_tickets(store, "acme", [past], source="jira", updated_at=NOON)
    # Bob left since, and somebody else was given the ticket.
    put_assignment(store, "acme", GivenTicket("T-1", "ada", None, NOON + HOUR, "triage"))
    note_first_response(store, "acme", "T-1")
    set_status(store, "acme", "T-1", "pending")
    assert open_loads(store, "acme", {}) == {"ada": 1.0}


def test_a_ticket_that_is_done_keeps_its_status(store: Store):
    with pytest.raises(InputError, match="closing"):
        set_status(store, "acme", "T-1", "Solved")
    close_ticket(store, "acme", "T-1", labels={}, at=NOON + HOUR)
    with pytest.raises(ConflictError, match="ended"):
        set_status(store, "acme", "T-1", "pending")
    assert get_ticket(store, "acme", "T-1").status == "closed"


def test_a_ticket_that_is_not_stored_cannot_be_told_of(store: Store):
    with pytest.raises(NotFoundError):
        note_first_response(store, "acme", "T-9")
    with pytest.raises(NotFoundError):
        set_status(store, "other", "T-1", "pending")
