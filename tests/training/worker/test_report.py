import pytest

from training.worker.report import Report
from triage.errors import ConflictError
from triage.store import Store
from triage.store.runs import ask_for_run, cancel_run, get_run, start_run


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def start(store: Store) -> str:
    run_id = ask_for_run(store, "acme", "train", {}, "key-1").run_id
    start_run(store, run_id)
    return run_id


def test_progress_within_a_stage_is_kept_once_a_second_and_a_new_stage_at_once(sqlite_store: Store):
    run_id, clock = start(sqlite_store), Clock()
    report = Report(sqlite_store, run_id, clock)

    def kept() -> tuple[str, float]:
        run = get_run(sqlite_store, "acme", run_id)
        return run.stage, run.progress

    report("reading", 0.1)
    assert kept() == ("reading", 0.1)
    clock.seconds += 0.9
    report("reading", 0.2)
    assert kept() == ("reading", 0.1)
    report("learning", 0.3)
    assert kept() == ("learning", 0.3)
    clock.seconds += 1.1
    report("learning", 0.4)
    assert kept() == ("learning", 0.4)


def test_the_work_of_a_cancelled_run_stops_at_its_next_report(sqlite_store: Store):
    run_id = start(sqlite_store)
    report = Report(sqlite_store, run_id)
    report("reading", 0.1)
    cancel_run(sqlite_store, "acme", run_id)
    with pytest.raises(ConflictError, match="cancelled"):
        report("learning", 0.2)
