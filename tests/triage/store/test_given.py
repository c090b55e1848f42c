from datetime import UTC, datetime, timedelta

from sqlalchemy import event

from tests.triage.store.test_assignments import HOUR, NOON, given, past
from triage.store.assignments import put_assignment
from triage.store.database import open_store
from triage.store.given import given_among, given_since, given_tickets
from triage.store.tickets import put_tickets


def fill(store) -> None:
    put_tickets(
        store,
        "acme",
        [
            past("T-1", "ada", team="Network", assigned_at=NOON),
            past("T-2", "ada", team="Network", assigned_at=NOON - 3 * HOUR),
            past("T-3", "ada", team="Mail", assigned_at=NOON),
        ],
        source="x",
    )
    put_assignment(store, "acme", given("T-1", "ada"))
    put_assignment(store, "acme", given("T-4", "bob"))
    put_assignment(store, "acme", given("T-5", None))


def test_tickets_given_are_counted_once_whoever_gave_them(store):
    fill(store)
    assert given_since(store, "acme", NOON - HOUR) == {"Network": {"ada": 1, "bob": 1}, "Mail": {"ada": 1}}


def test_each_ticket_is_told_with_whom_it_was_given_to(store):
    fill(store)
    put_assignment(store, "acme", given("T-1", "bob", NOON + HOUR))
    put_tickets(store, "other", [past("T-9", "ada", team="Mail", assigned_at=NOON)], source="x")
    since = NOON - HOUR
    everything = {
        "T-1": {("Network", "ada"), ("Network", "bob")},
        "T-3": {("Mail", "ada")},
        "T-4": {("Network", "bob")},
    }
    assert given_tickets(store, "acme", since, limit=4) == everything
    assert given_tickets(store, "acme", since, limit=3) is None
    some = ["T-1", "T-2", "T-4", "T-5", "T-9", *(f"N-{number}" for number in range(900))]
    assert given_among(store, "acme", since, some) == {name: everything[name] for name in ("T-1", "T-4")}


def test_a_few_tickets_are_found_by_their_ids(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'triage.db'}")
    asked = []

    def note(connection, cursor, statement, parameters, context, executemany) -> None:
        asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    given_among(store, "acme", datetime.now(UTC) - timedelta(days=7), ["T-1", "T-2"])
    event.remove(store.engine, "before_cursor_execute", note)
    with store.reading("acme") as connection:
        plans = [
            row.detail
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            if " tickets" in row.detail or " assignments" in row.detail
        ]
    store.close()
    assert len(plans) == 2 and all("workspace=? AND ticket_id=?" in one for one in plans), plans
