from datetime import UTC, datetime, timedelta

from triage.store import Store
from triage.store.runs import ask_for_run, note_progress, start_run
from triage.store.waiting import Waiting, count_waiting


def test_what_waits_in_all_workspaces_is_counted_with_how_long(store: Store):
    assert count_waiting(store) == Waiting()
    for name in ("acme", "other", "third"):
        run = ask_for_run(store, name, "train", {}, "ada")
    start_run(store, run.run_id)
    note_progress(store, run.run_id, "reading", 0.1)
    found = count_waiting(store)
    assert (found.queued, found.running, found.messages) == (2, 1, 0)
    assert found.last_progress >= found.queued_since
    now = found.queued_since + timedelta(minutes=3)
    assert found.oldest_seconds(now) == 180.0 and Waiting().oldest_seconds(datetime.now(UTC)) == 0.0
