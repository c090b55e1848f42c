"""What is counted bit by bit must be what counting all gives, after whatever happened."""

import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import event

from triage.errors import ConflictError, NotFoundError
from triage.store.assignments import GivenTicket, end_assignment, put_assignment
from triage.store.database import open_store
from triage.store.held_work import changed_work, held_work, open_loads
from triage.store.progress import set_status
from triage.store.revisions import Kind, read_revisions
from triage.store.tickets import get_ticket, iter_open_tickets, put_tickets, set_labels
from triage.ticket import PastTicket, Ticket

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AGENTS = ("ada", "bob", None)
EFFORTS = {"urgent": 3.0, "low": 0.5}


def past(number: int, agent: str | None, status: str | None, priority: str | None, is_done: bool):
    labels = {name: value for name, value in (("assignee", agent), ("priority", priority)) if value}
    resolved_at = NOON + timedelta(hours=1) if is_done else None
    ticket = Ticket(f"T-{number}", "VPN", created_at=NOON)
    return PastTicket(ticket, labels, status=status, resolved_at=resolved_at)


NUMBERS = st.integers(0, 5)
FILED = st.tuples(
    st.just("filed"),
    NUMBERS,
    st.sampled_from(AGENTS),
    st.sampled_from(["Open", "solved", "", None]),
    st.sampled_from(["urgent", "low", "normal", None]),
    st.booleans(),
)
GIVEN = st.tuples(st.just("given"), NUMBERS, st.sampled_from(AGENTS))
ENDED = st.tuples(st.just("ended"), NUMBERS)
CORRECTED = st.tuples(
    st.just("corrected"), NUMBERS, st.sampled_from(AGENTS), st.sampled_from(["urgent", "low", None])
)
TOLD = st.tuples(st.just("told"), NUMBERS)

STEPS = st.one_of(FILED, GIVEN, ENDED, TOLD, CORRECTED)


def happen(store, workspace: str, step, at: datetime) -> None:
    kind, number, *more = step
    if kind == "filed":
        put_tickets(store, workspace, [past(number, *more)], source="x", updated_at=at)
    elif kind == "given" and get_ticket(store, workspace, f"T-{number}") is not None:
        put_assignment(store, workspace, GivenTicket(f"T-{number}", more[0], "web", at, "triage"))
    elif kind == "ended":
        end_assignment(store, workspace, f"T-{number}", at)
    elif kind == "corrected":
        with suppress(NotFoundError):
            set_labels(store, workspace, f"T-{number}", {"assignee": more[0], "priority": more[1]})
    elif kind == "told":
        with suppress(NotFoundError, ConflictError):
            set_status(store, workspace, f"T-{number}", "Open", at=at)


def loads_of(held) -> dict[str, float]:
    found: dict[str, float] = {}
    for agent, slots in held.values():
        found[agent] = found.get(agent, 0.0) + slots
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(
    steps=st.lists(st.one_of(FILED, GIVEN, ENDED, TOLD, CORRECTED), max_size=14), looked_at=st.integers(0, 14)
)
def test_changes_bring_an_older_count_up_to_date(store, steps, looked_at):
    workspace = f"w{uuid.uuid4().hex}"
    known, since = {}, 0
    for number, step in enumerate(steps):
        happen(store, workspace, step, NOON + timedelta(minutes=number))
        if number == looked_at:
            known = held_work(store, workspace, EFFORTS, limit=99)
            since = read_revisions(store, workspace)[Kind.WORK]
    changed = changed_work(store, workspace, since, EFFORTS, limit=99)
    known = {name: one for name, one in (known | changed).items() if one is not None}
    everything = held_work(store, workspace, EFFORTS, limit=99)
    assert known == everything
    assert loads_of(everything) == open_loads(store, workspace, EFFORTS)


def test_who_has_what_is_told_with_its_slots(store):
    put_tickets(
        store,
        "acme",
        [
            past(0, "ada", "Open", "urgent", False),
            past(1, "ada", "Open", None, False),
            past(2, "ada", "solved", None, False),
            past(3, "bob", "Open", "low", True),
            past(4, "bob", None, None, False),
            past(5, None, None, None, False),
        ],
        source="x",
    )
    assert held_work(store, "acme", EFFORTS, limit=2) == {"T-0": ("ada", 3.0), "T-1": ("ada", 1.0)}
    put_assignment(store, "acme", GivenTicket("T-5", "zoe", "web", NOON, "triage"))
    since = read_revisions(store, "acme")[Kind.WORK]
    end_assignment(store, "acme", "T-5", NOON + timedelta(hours=1))
    put_tickets(store, "acme", [past(1, "bob", "Open", None, False)], source="x")
    assert changed_work(store, "acme", since, {}, limit=2) == {"T-5": None, "T-1": ("bob", 1.0)}
    assert changed_work(store, "other", since, {}, limit=2) == {}
    assert held_work(store, "other", {}, limit=2) == {}


def test_too_many_are_not_told_one_by_one(store):
    put_tickets(store, "acme", [past(number, "ada", "Open", None, False) for number in range(3)], source="x")
    assert held_work(store, "acme", {}, limit=2) is None
    assert changed_work(store, "acme", 0, {}, limit=2) is None
    assert open_loads(store, "acme", {}) == {"ada": 3.0}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            lambda store: held_work(store, "acme", {}, limit=9),
            {"ix_tickets_workspace_open", "ix_assignments_workspace_going_on"},
        ),
        (lambda store: changed_work(store, "acme", 0, {}, limit=9), {"ix_tickets_workspace_work"}),
        (
            lambda store: open_loads(store, "acme", {}),
            {"ix_tickets_workspace_open", "ix_assignments_workspace_going_on"},
        ),
        (
            lambda store: list(iter_open_tickets(store, "acme", changed_since=NOON)),
            {"ix_tickets_workspace_open", "ix_tickets_workspace_updated_at"},
        ),
    ],
)
def test_no_table_is_walked(tmp_path, call, expected):
    store = open_store(f"sqlite:///{tmp_path / 'triage.db'}")
    asked = []

    def note(connection, cursor, statement, parameters, context, executemany) -> None:
        asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    call(store)
    event.remove(store.engine, "before_cursor_execute", note)
    with store.reading("acme") as connection:
        plans = [
            row.detail
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    store.close()
    tickets_and_assignments = [one for one in plans if " tickets" in one or " assignments" in one]
    assert all(any(name in one for one in tickets_and_assignments) for name in expected), plans
    assert not any(one.startswith("SCAN") for one in tickets_and_assignments), plans
