from dataclasses import replace
from datetime import UTC, datetime, timedelta

from triage.decision import Action, Decision, FieldDecision, Reason
from triage.store.assignments import (
    GivenTicket,
    end_assignment,
    going_on_among,
    list_assignments,
    put_assignment,
)
from triage.store.decisions import put_decisions
from triage.store.held_work import changed_work, open_loads
from triage.store.revisions import Kind, read_revisions, take_revision
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def past(name: str, assignee: str | None = None, **more) -> PastTicket:
    labels = {"assignee": assignee, "team": more.pop("team", None), "priority": more.pop("priority", None)}
    return PastTicket(
        Ticket(name, "VPN", created_at=NOON), {k: v for k, v in labels.items() if v is not None}, **more
    )


def given(ticket_id: str, agent: str | None, at: datetime = NOON, **more) -> GivenTicket:
    return GivenTicket(ticket_id, agent, more.pop("team", "Network"), at, more.pop("by", "triage"), **more)


def test_each_assignment_ends_with_the_next(store):
    first = given("T-1", "ada", affinity=0.5, detail="knows it")
    assert put_assignment(store, "acme", first)
    assert not put_assignment(store, "acme", given("T-1", "ada", NOON + HOUR))
    second = given("T-1", "bob", NOON + 2 * HOUR, by="zoe")
    assert put_assignment(store, "acme", second)
    assert end_assignment(store, "acme", "T-1", NOON + 3 * HOUR)
    assert not end_assignment(store, "acme", "T-1", NOON + 4 * HOUR)
    assert list_assignments(store, "acme", "T-1") == [
        replace(first, ended_at=NOON + 2 * HOUR),
        replace(second, ended_at=NOON + 3 * HOUR),
    ]
    assert list_assignments(store, "other", "T-1") == []


def test_open_tickets_are_load_and_done_or_unknown_ones_are_not(store):
    put_tickets(
        store,
        "acme",
        [
            past("open", "ada", status="Open", priority="urgent"),
            past("pending", "ada", status="Pending"),
            past("solved", "ada", status="Solved"),
            past("resolved", "ada", status="Open", resolved_at=NOON),
            past("closed", "ada", status="Open", closed_at=NOON),
            past("unknown", "ada"),
            past("nobodys", status="Open"),
        ],
        source="test",
        updated_at=NOON,
    )
    put_tickets(store, "other", [past("open", "ada", status="Open")], source="test")
    assert open_loads(store, "acme", {}) == {"ada": 2}
    assert open_loads(store, "acme", {"urgent": 3.5}) == {"ada": 4.5}


def test_a_ticket_is_the_load_of_whom_it_was_given_to_last(store):
    put_tickets(store, "acme", [past("T-1", "ada", status="Open"), past("T-2")], source="x", updated_at=NOON)
    put_assignment(store, "acme", given("T-1", "bob", NOON + HOUR))
    put_assignment(store, "acme", given("T-2", "bob", NOON + HOUR))
    assert open_loads(store, "acme", {}) == {"bob": 2}
    end_assignment(store, "acme", "T-2", NOON + 2 * HOUR)
    later = NOON + 3 * HOUR
    put_tickets(store, "acme", [past("T-1", "zoe", status="Open")], source="x", updated_at=later)
    assert open_loads(store, "acme", {}) == {"zoe": 1}


def test_who_has_counted_a_change_already_counts_no_other(store):
    def counted() -> int:
        return read_revisions(store, "acme")[Kind.WORK]

    put_tickets(store, "acme", [past("T-1")], source="x")
    put_assignment(store, "acme", given("T-1", "ada"))
    assert counted() == 1
    with store.writing("acme") as connection:
        work = take_revision(connection, "acme", Kind.WORK)
        put_tickets(store, "acme", [past("T-1")], source="x", work=work)
        assert put_assignment(store, "acme", given("T-1", "bob", NOON + HOUR), is_counted=True)
    assert counted() == 2
    assert changed_work(store, "acme", 1, {}, limit=9) == {"T-1": ("bob", 1.0)}
    assert [one.ended_at for one in list_assignments(store, "acme", "T-1")] == [NOON + HOUR, None]


def decided(ticket_id: str, priority: str, action: Action, reason: str | None, minute: int) -> Decision:
    field = FieldDecision("priority", priority, 0.9, 0.8, action, reason, ((priority, 0.9),))
    at = NOON + timedelta(minutes=minute)
    return Decision(f"{ticket_id}-{minute}", ticket_id, "v1", at, {"priority": field})


def test_a_decided_priority_weighs_where_no_person_said_one(store):
    names = ("told", "applied", "shadow", "unsure", "changed")
    told = {"told": "low"}
    put_tickets(
        store,
        "acme",
        [past(name, name, status="Open", priority=told.get(name)) for name in names],
        source="test",
    )
    made = [
        decided("told", "urgent", Action.APPLY, None, 1),
        decided("applied", "urgent", Action.APPLY, None, 1),
        decided("shadow", "urgent", Action.ABSTAIN, Reason.SHADOW.value, 1),
        decided("unsure", "urgent", Action.ABSTAIN, Reason.LOW_CONFIDENCE.value, 1),
        decided("changed", "low", Action.SUGGEST, None, 1),
        decided("changed", "urgent", Action.SUGGEST, None, 2),
    ]
    put_decisions(store, "acme", [Ticket(one.ticket_id) for one in made], made)
    assert open_loads(store, "acme", {"urgent": 2.0, "low": 0.5}) == {
        "told": 0.5,
        "applied": 2.0,
        "shadow": 2.0,
        "unsure": 1.0,
        "changed": 2.0,
    }


def test_what_goes_on_is_told_by_ticket(store):
    put_assignment(store, "acme", given("T-1", "ada"))
    put_assignment(store, "acme", given("T-2", "ada"))
    back = given("T-2", None, NOON + HOUR, by="zoe")
    put_assignment(store, "acme", back)
    put_assignment(store, "acme", given("T-3", "ada"))
    end_assignment(store, "acme", "T-3", NOON + HOUR)
    assert going_on_among(store, "acme", ["T-1", "T-2", "T-3", "T-4"]) == {
        "T-1": given("T-1", "ada"),
        "T-2": back,
    }
