import logging
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from training.worker.job import Work, do_run
from triage.errors import TrainingError
from triage.store import Store
from triage.store.runs import Run, ask_for_run, cancel_run, find_run, get_run

Report = Callable[[str, float], None]


def ask(store: Store) -> str:
    return ask_for_run(store, "acme", "train", {"targets": ["team"]}, "key-1").run_id


def do(store: Store, work: Work) -> Run:
    run_id = ask(store)
    do_run(store, run_id, {"train": work})
    return get_run(store, "acme", run_id)


def test_a_run_that_works_keeps_its_result(sqlite_store: Store):
    def work(run: Run, report: Report) -> Mapping[str, Any]:
        report("learning", 0.5)
        return {"targets": run.parameters["targets"]}

    run = do(sqlite_store, work)
    assert (run.state, run.result) == ("succeeded", {"targets": ["team"]})


def test_a_run_that_cannot_be_done_says_what_was_given_expected_and_what_to_do(sqlite_store: Store):
    def work(run: Run, report: Report) -> Mapping[str, Any]:
        raise TrainingError("Got 3 tickets; expected 50 or more. Import a longer history.")

    run = do(sqlite_store, work)
    assert run.state == "failed"
    assert run.problem == {
        "title": "TrainingError",
        "detail": "Got 3 tickets; expected 50 or more. Import a longer history.",
    }


def test_an_unforeseen_failure_is_told_without_its_words(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture
):
    secret = "hunter2"

    def work(run: Run, report: Report) -> Mapping[str, Any]:
        raise RuntimeError(f"My password is {secret}")

    with caplog.at_level(logging.INFO):
        run = do(sqlite_store, work)
    assert run.state == "failed" and run.problem is not None
    assert "RuntimeError" in run.problem["detail"] and run.run_id in run.problem["detail"]
    assert secret not in str(run.problem) + caplog.text
    assert "test_job.py" in caplog.text


def test_a_run_cancelled_at_work_stays_cancelled(sqlite_store: Store):
    def work(run: Run, report: Report) -> Mapping[str, Any]:
        cancel_run(sqlite_store, "acme", run.run_id)
        report("learning", 0.5)
        raise AssertionError("the report must not return")

    assert do(sqlite_store, work).state == "cancelled"


def test_a_run_that_has_ended_is_not_done_again(sqlite_store: Store):
    run_id = ask(sqlite_store)
    cancel_run(sqlite_store, "acme", run_id)
    do_run(sqlite_store, run_id, {})
    run = find_run(sqlite_store, run_id)
    assert run is not None and run.state == "cancelled"
