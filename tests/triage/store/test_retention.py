from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from triage.decision import Decision
from triage.erasure import ErasureKeys
from triage.privacy import Kept, PrivacyPolicy
from triage.store import Store, retention
from triage.store.decisions import get_decision, put_decisions
from triage.store.outbox import add_endpoint, close_message, list_messages, put_messages
from triage.store.retention import apply_retention, overdue_records
from triage.store.runs import ask_for_run, finish_run, list_runs, start_run
from triage.store.schema import runs, snapshots
from triage.store.scope import Across
from triage.store.snapshots import SnapshotRow, latest_snapshot, put_snapshot
from triage.store.tickets import get_tickets, put_tickets
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=40)
KEYS = ErasureKeys(b"k" * 32)


def keep(**days: int) -> PrivacyPolicy:
    return PrivacyPolicy({Kept(name): count for name, count in days.items()})


def run(store: Store, policy: PrivacyPolicy, noted: list | None = None) -> dict[str, int]:
    steps = apply_retention(
        store,
        "acme",
        policy,
        keys=KEYS,
        text_key=lambda one: one.text_hash,
        note=(noted if noted is not None else []).append,
        now=NOW,
    )
    removed: dict[str, int] = {}
    for one in steps:
        removed[one.kind.value] = removed.get(one.kind.value, 0) + one.records
    return removed


def put(store: Store, name: str, *, filed: datetime = OLD, workspace: str = "acme", **more) -> None:
    ticket = Ticket(name, "vpn", created_at=filed)
    put_tickets(store, workspace, [PastTicket(ticket, **more)], source="x", updated_at=NOW)


def test_a_policy_without_days_keeps_everything(store: Store):
    put(store, "T-1", closed_at=OLD)
    assert overdue_records(store, "acme", keep(), now=NOW) == [] and run(store, keep()) == {}


def test_tickets_go_when_they_have_been_over_for_long_enough_and_open_ones_stay(store: Store):
    put(store, "closed", closed_at=OLD)
    put(store, "solved", resolved_at=OLD, status="open again?")
    put(store, "done", status="Solved")
    put(store, "lately", closed_at=NOW - timedelta(days=1))
    put(store, "open", status="open")
    put(store, "theirs", closed_at=OLD, workspace="other")
    (due,) = overdue_records(store, "acme", keep(tickets=30), now=NOW)
    assert (due.records, due.before) == (3, NOW - timedelta(days=30))
    assert run(store, keep(tickets=30)) == {"tickets": 3}
    left = get_tickets(store, "acme", ["closed", "solved", "done", "lately", "open"])
    assert set(left) == {"lately", "open"} and get_tickets(store, "other", ["theirs"])
    put(store, "closed", status="open")  # It was not erased for good: the helpdesk may send it again.


def test_a_run_that_was_cut_off_goes_on_and_each_batch_is_noted(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        put(store, f"T-{number}", closed_at=OLD)
    noted: list = []
    steps = apply_retention(
        store,
        "acme",
        keep(tickets=30),
        keys=KEYS,
        text_key=lambda one: "00",
        note=noted.append,
        now=NOW,
    )
    assert next(steps).records == 2
    steps.close()
    assert run(store, keep(tickets=30), noted) == {"tickets": 3}
    assert [one.records for one in noted] == [2, 2, 1]


def test_a_batch_that_cannot_be_noted_is_not_removed(store: Store):
    put(store, "T-1", closed_at=OLD)

    def fail(done):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        next(
            apply_retention(
                store, "acme", keep(tickets=30), keys=KEYS, text_key=lambda one: "00", note=fail, now=NOW
            )
        )
    assert get_tickets(store, "acme", ["T-1"])


def test_decisions_and_messages_have_times_of_their_own(store: Store):
    for name, at in (("old", OLD), ("new", NOW)):
        put_decisions(store, "acme", [Ticket(name)], [Decision(name, name, "v1", at, {})])
    add_endpoint(store, "acme", "http://desk.example/hooks", now=OLD)
    put_messages(store, "acme", [("sent", "x", {}), ("waiting", "x", {})], now=OLD)
    sent = next(one for one in list_messages(store, "acme") if one.message_id.startswith("sent"))
    close_message(store, sent.message_id, now=OLD)
    assert run(store, keep(decisions=30, messages=30)) == {"decisions": 1, "messages": 1}
    assert get_decision(store, "acme", "old") is None and get_decision(store, "acme", "new") is not None
    assert [one.message_id[:7] for one in list_messages(store, "acme")] == ["waiting"]


def test_of_forecasts_and_runs_the_newest_of_its_sort_stays(store: Store):
    row = {name: 1.0 for name in SnapshotRow.__slots__} | {"series": "", "start": NOW}
    for name in ("first", "second"):
        put_snapshot(store, "acme", "day", 7, OLD, {}, [row], snapshot_id=name)
        started = ask_for_run(store, "acme", "train", {"targets": None}, "dana")
        start_run(store, started.run_id)
        finish_run(store, started.run_id, {})
    ask_for_run(store, "acme", "forecast", {}, "dana")
    with store.writing(Across.OPERATOR) as connection:
        for table, key in ((snapshots, snapshots.c.snapshot_id), (runs, runs.c.run_id)):
            ids = list(connection.scalars(select(key).order_by(table.c.created_at)))
            for place, name in enumerate(ids):
                moment = OLD + timedelta(minutes=place)
                connection.execute(update(table).where(key == name).values(created_at=moment))
    assert run(store, keep(forecasts=30, runs=30)) == {"forecasts": 1, "runs": 1}
    assert latest_snapshot(store, "acme", "day").snapshot_id == "second"
    assert sorted(one.state for one in list_runs(store, "acme")) == ["queued", "succeeded"]
