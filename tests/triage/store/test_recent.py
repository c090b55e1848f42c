from datetime import UTC, datetime, timedelta

from triage.store import Store
from triage.store.recent import filed_between, newest_ids, newest_tickets, written_since
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def put(store: Store, workspace: str, *filed: datetime | None) -> None:
    tickets = [
        PastTicket(Ticket(f"T-{number}", "x", "", at), {"team": "desk"}, source_values={"team": "Desk 1"})
        for number, at in enumerate(filed)
    ]
    put_tickets(store, workspace, tickets, source="history")


def test_the_newest_tickets_come_first_and_those_without_a_time_never(store: Store):
    put(store, "acme", NOON, None, NOON + timedelta(hours=2), NOON + timedelta(hours=1))
    put(store, "other", NOON + timedelta(days=9))
    assert [past.ticket.ticket_id for past in newest_tickets(store, "acme", 2)] == ["T-2", "T-3"]
    assert [past.ticket.ticket_id for past in newest_tickets(store, "acme", 9)] == ["T-2", "T-3", "T-0"]
    assert newest_ids(store, "acme", 2) == ["T-3", "T-2"]


def test_filing_times_come_with_labels_from_since_to_before_until(store: Store):
    put(store, "acme", NOON - timedelta(seconds=1), NOON, NOON + timedelta(hours=1))
    found = filed_between(store, "acme", NOON, NOON + timedelta(hours=1))
    assert found == [(NOON, {"team": "desk"})]


def test_what_was_written_since_comes_in_order_of_filing(store: Store):
    late = PastTicket(Ticket("LATE", "x", "", NOON - timedelta(days=3)))
    put_tickets(store, "acme", [late], source="history", updated_at=NOON)
    before = datetime.now(UTC)
    put(store, "acme", NOON + timedelta(hours=2), None, NOON)
    put(store, "other", NOON)
    written = [(NOON, "T-2"), (NOON + timedelta(hours=2), "T-0")]
    assert written_since(store, "acme", before, 9) == written
    assert written_since(store, "acme", NOON, 9) == [(NOON - timedelta(days=3), "LATE"), *written]
    assert len(written_since(store, "acme", NOON, 1)) == 1
