from datetime import UTC, datetime, timedelta

import pytest

from triage.absence import Absence
from triage.agent import Agent
from triage.errors import NotFoundError
from triage.store import Store
from triage.store.agents import (
    absence_id,
    delete_absence,
    delete_agent,
    get_agent,
    put_absence,
    put_agents,
    put_calendar,
)
from triage.store.assignments import GivenTicket, list_assignments, put_assignment
from triage.store.handled import HandledKind, handled_after, newest_handled, newest_mark
from triage.store.held_work import open_loads
from triage.store.open_tickets import held_tickets, unassigned_ids
from triage.store.revisions import Kind, read_revisions
from triage.store.tickets import get_ticket, put_tickets
from triage.store.work import Handover, close_ticket, set_assignee
from triage.ticket import PastTicket, Ticket

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def past(name: str, assignee: str | None = None, *, at: datetime = NOON, **more) -> PastTicket:
    labels = {"assignee": assignee} if assignee else {}
    return PastTicket(Ticket(name, f"About {name}", created_at=at), labels, **more)


def put(store: Store, *tickets: PastTicket, source: str = "jira") -> None:
    put_tickets(store, "acme", tickets, source=source)


def events(store: Store) -> list[tuple[str, str, str]]:
    found = handled_after(store, "acme", (0, -1), limit=100)
    return [(one.ticket_id, one.agent, one.kind.value) for one in found]


def test_storing_tickets_notes_who_handled_them_once_and_in_the_order_of_time(store: Store):
    late = past("T-1", "ada", assigned_at=NOON + HOUR, status="Open")
    early = past("T-2", "bob", resolved_at=NOON)
    put(store, late, early, past("T-3"))
    assert events(store) == [("T-2", "bob", "resolved"), ("T-1", "ada", "assigned")]
    before = read_revisions(store, "acme")
    put(store, late, early, past("T-3"))
    assert read_revisions(store, "acme") == before
    put(store, past("T-1", "ada", assigned_at=NOON + HOUR, status="Solved", resolved_at=NOON + 2 * HOUR))
    assert events(store)[2:] == [("T-1", "ada", "resolved")]
    assert [one.ticket_id for one in newest_handled(store, "acme", 2)] == ["T-1", "T-1"]
    first = newest_handled(store, "acme", 9, until=(newest_mark(store, "acme")[0] - 1, 99))
    assert [one.agent for one in first] == ["bob", "ada"]
    assert handled_after(store, "other", newest_mark(store, "other"), limit=9) == []


def test_events_are_read_on_from_a_mark(store: Store):
    put(store, *(past(f"T-{number}", "ada", resolved_at=NOON + number * HOUR) for number in range(5)))
    first = handled_after(store, "acme", (0, -1), limit=2)
    rest = handled_after(store, "acme", first[-1].mark, limit=9)
    assert [one.ticket_id for one in first + rest] == [f"T-{number}" for number in range(5)]


def test_an_assignment_by_a_person_moves_ticket_load_and_events_together(store: Store):
    put(store, past("T-1"), source="api")
    put_assignment(store, "acme", GivenTicket("T-1", "ada", "Network", NOON, "triage"))
    done = set_assignee(store, "acme", "T-1", "bob", assigned_by="zoe", team="Network", at=NOON + HOUR)
    assert done == Handover("ada", True)
    stored = get_ticket(store, "acme", "T-1")
    assert stored is not None
    assert stored.labels == {"assignee": "bob", "team": "Network"}
    assert (stored.assigned_at, stored.reassignments) == (NOON + HOUR, 1)
    assert open_loads(store, "acme", {}) == {"bob": 1.0}
    assert [(one.agent, one.assigned_by) for one in list_assignments(store, "acme", "T-1")] == [
        ("ada", "triage"),
        ("bob", "zoe"),
    ]
    assert events(store) == [("T-1", "bob", "assigned")]
    again = read_revisions(store, "acme")
    assert set_assignee(store, "acme", "T-1", "bob", assigned_by="zoe") == Handover("bob", False)
    assert events(store) == [("T-1", "bob", "assigned")]
    assert read_revisions(store, "acme")[Kind.AGENTS] == again[Kind.AGENTS]


def test_confirming_what_triage_gave_is_learnt_and_is_no_reassignment(store: Store):
    put(store, past("T-1"), source="api")
    put_assignment(store, "acme", GivenTicket("T-1", "ada", None, NOON, "triage"))
    assert set_assignee(store, "acme", "T-1", "ada", assigned_by="helpdesk").is_changed
    stored = get_ticket(store, "acme", "T-1")
    assert stored is not None and stored.reassignments is None
    assert events(store) == [("T-1", "ada", "assigned")]


def test_a_ticket_taken_back_is_on_nobodys_desk(store: Store):
    put(store, past("T-1"), source="api")
    set_assignee(store, "acme", "T-1", "ada", assigned_by="zoe")
    assert unassigned_ids(store, "acme", limit=9) == []
    assert set_assignee(store, "acme", "T-1", None, assigned_by="zoe") == Handover("ada", True)
    assert open_loads(store, "acme", {}) == {}
    assert unassigned_ids(store, "acme", limit=9) == ["T-1"]


def test_closing_keeps_the_final_values_and_frees_the_slot(store: Store):
    put(store, past("T-1", "ada", status="Open", assigned_at=NOON))
    assert open_loads(store, "acme", {}) == {"ada": 1.0}
    close_ticket(
        store,
        "acme",
        "T-1",
        labels={"category": "vpn", "assignee": "bob"},
        at=NOON + HOUR,
        resolution="Renewed.",
    )
    stored = get_ticket(store, "acme", "T-1")
    assert stored is not None
    assert stored.labels == {"category": "vpn", "assignee": "bob"}
    assert (stored.status, stored.closed_at, stored.resolved_at) == ("closed", NOON + HOUR, NOON + HOUR)
    assert (stored.resolution, stored.reassignments) == ("Renewed.", 1)
    assert open_loads(store, "acme", {}) == {}
    assert events(store)[-1] == ("T-1", "bob", HandledKind.RESOLVED.value)


def test_a_ticket_that_is_not_stored_cannot_be_told_of(store: Store):
    with pytest.raises(NotFoundError):
        set_assignee(store, "acme", "T-9", "ada", assigned_by="zoe")
    with pytest.raises(NotFoundError):
        close_ticket(store, "acme", "T-9", labels={})
    assert read_revisions(store, "acme")[Kind.WORK] == 0


def test_open_tickets_are_told_by_holder_and_by_waiting(store: Store):
    put(store, past("T-2", at=NOON + HOUR, status="New"), past("T-1", status="New"), past("OLD"))
    put(store, past("T-3", "ada", status="open"), past("T-4", status="closed"))
    put(store, past("T-5", at=NOON + 2 * HOUR), source="api")
    assert unassigned_ids(store, "acme", limit=9) == ["T-1", "T-2", "T-5"]
    assert unassigned_ids(store, "acme", limit=1) == ["T-1"]
    (held,) = held_tickets(store, "acme", "ada")
    assert (held.ticket_id, held.filed_at, held.priority, held.subject) == ("T-3", NOON, None, "About T-3")


def test_every_change_of_agents_is_counted(store: Store):
    seen = [0]

    def is_counted() -> bool:
        seen.append(read_revisions(store, "acme")[Kind.AGENTS])
        return seen[-1] > seen[-2]

    away = Absence(NOON, NOON + HOUR)
    put_agents(store, "acme", [Agent("ada", absent_from=NOON, absent_to=NOON + 2 * HOUR)])
    assert is_counted()
    identity = put_absence(store, "acme", "ada", away)
    assert identity == absence_id(away) and is_counted()
    put_calendar(store, "acme", "ada", [Absence(NOON, NOON + HOUR, "u1")])
    assert is_counted()
    assert delete_absence(store, "acme", "ada", identity) and is_counted()
    assert not delete_absence(store, "acme", "ada", identity) and not is_counted()
    # The absence of the agent's own row has an identity, too.
    assert delete_absence(store, "acme", "ada", absence_id(Absence(NOON, NOON + 2 * HOUR)))
    agent = get_agent(store, "acme", "ada")
    assert agent is not None and [one.uid for one in agent.all_absences] == ["u1"]
    assert is_counted()
    assert delete_agent(store, "acme", "ada") and is_counted()
    with pytest.raises(NotFoundError):
        put_absence(store, "acme", "ada", away)
