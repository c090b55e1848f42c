from datetime import UTC, datetime, timedelta

import pytest

from triage.errors import InputError, NotFoundError
from triage.store.ticket_facts import get_labels
from triage.store.tickets import (
    count_tickets,
    get_ticket,
    get_tickets,
    iter_past_tickets,
    put_ticket,
    put_tickets,
    set_labels,
)
from triage.ticket import PastTicket, Ticket

START = datetime(2026, 3, 1, 8, tzinfo=UTC)

WHOLE = PastTicket(
    Ticket(
        "T-1",
        subject="Drücker",
        body="It jams 🖨.",
        created_at=START,
        requester="ann",
        organization="ACME",
        channel="mail",
        product="printer",
        language="en",
        tags=("vip", "paris"),
        custom={"site": "Bonn"},
    ),
    {"category": "printer", "priority": "urgent"},
    status="closed",
    resolution="Removed the paper.",
    assigned_at=START + timedelta(minutes=1),
    first_response_at=START + timedelta(minutes=2),
    resolved_at=START + timedelta(minutes=3),
    closed_at=START + timedelta(minutes=4),
    reopened=1,
    reassignments=2,
    source_values={"priority": "1 - Critical"},
)


def past(number: int, *, minutes: int | None = 0, subject: str = "") -> PastTicket:
    filed = None if minutes is None else START + timedelta(minutes=minutes)
    return PastTicket(Ticket(f"T-{number:03d}", subject=subject, created_at=filed))


def walk(store, **options) -> list[str]:
    return [one.ticket.ticket_id for chunk in iter_past_tickets(store, "acme", **options) for one in chunk]


def test_a_ticket_comes_back_as_it_was_stored(store):
    put_ticket(store, "acme", WHOLE, source="history")
    assert get_ticket(store, "acme", "T-1") == WHOLE


def test_a_ticket_of_another_workspace_is_not_found(store):
    put_ticket(store, "acme", WHOLE, source="history")
    assert get_ticket(store, "other", "T-1") is None
    assert count_tickets(store, "other") == 0


def test_a_ticket_stored_again_is_replaced_and_of_one_call_the_last_stays(store):
    put_ticket(store, "acme", WHOLE, source="history")
    put_tickets(store, "acme", [past(7, subject="a"), past(7, subject="b")], source="history")
    put_ticket(store, "acme", PastTicket(Ticket("T-1", subject="new")), source="api")
    assert get_ticket(store, "acme", "T-1") == PastTicket(Ticket("T-1", subject="new"))
    assert get_ticket(store, "acme", "T-007").ticket.subject == "b"
    assert count_tickets(store, "acme") == 2


def test_many_tickets_are_found_by_id_and_unknown_ids_are_left_out(store):
    put_tickets(store, "acme", [past(n) for n in range(700)], source="history")
    found = get_tickets(store, "acme", [f"T-{n:03d}" for n in range(700)] + ["T-x"])
    assert len(found) == 700
    assert found["T-699"] == past(699)


@pytest.mark.parametrize("chunk_rows", [1, 3, 10, 100])
def test_the_walk_goes_by_time_then_id_with_the_undated_last_whatever_the_chunks(store, chunk_rows):
    minutes = [5, 3, 3, None, 1, 3, None, 5, 0, 2]
    put_tickets(store, "acme", [past(n, minutes=m) for n, m in enumerate(minutes)], source="history")
    expected = [f"T-{n:03d}" for n in (8, 4, 9, 1, 2, 5, 0, 7, 3, 6)]
    assert walk(store, chunk_rows=chunk_rows) == expected


def test_the_walk_can_be_held_to_a_span_of_time(store):
    put_tickets(store, "acme", [past(n, minutes=n) for n in range(5)] + [past(9, minutes=None)], source="api")
    span = {"since": START + timedelta(minutes=1), "until": START + timedelta(minutes=3)}
    assert walk(store, **span) == ["T-001", "T-002"]
    assert walk(store, since=START + timedelta(minutes=4)) == ["T-004"]


def test_labels_are_set_and_removed_one_by_one_and_lose_their_source_value(store):
    put_ticket(store, "acme", WHOLE, source="history")
    set_labels(store, "acme", "T-1", {"priority": "low", "category": None, "team": "Print"})
    found = get_ticket(store, "acme", "T-1")
    assert found.labels == {"priority": "low", "team": "Print"}
    assert found.source_values == {}
    assert found.ticket == WHOLE.ticket


def test_labels_of_an_unknown_ticket_or_field_are_refused(store):
    with pytest.raises(NotFoundError, match="T-404"):
        set_labels(store, "acme", "T-404", {"team": "x"})
    with pytest.raises(InputError, match="'colour'"):
        set_labels(store, "acme", "T-1", {"colour": "red"})


def test_only_the_values_of_some_tickets_are_read_without_what_the_source_called_them(store):
    past = PastTicket(
        Ticket("T-1"), {"assignee": "ada", "priority": "high"}, source_values={"priority": "P2"}
    )
    put_tickets(store, "acme", [past, PastTicket(Ticket("T-2"))], source="api")
    found = get_labels(store, "acme", ["T-1", "T-2", "T-3"])
    assert found == {"T-1": {"assignee": "ada", "priority": "high"}, "T-2": {}}
    assert get_labels(store, "other", ["T-1"]) == get_labels(store, "acme", []) == {}


def test_a_ticket_without_id_cannot_be_stored(store):
    with pytest.raises(InputError, match="without ticket_id"):
        put_ticket(store, "acme", PastTicket(Ticket("")), source="api")
