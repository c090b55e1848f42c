import pytest

from triage.errors import ConflictError, InputError, NotFoundError
from triage.store import Store
from triage.store.runs import (
    active_runs,
    ask_for_run,
    cancel_run,
    fail_run,
    find_run,
    finish_run,
    get_run,
    list_runs,
    note_progress,
    start_run,
)


def ask(store: Store, kind: str = "train", workspace: str = "acme") -> str:
    return ask_for_run(store, workspace, kind, {"targets": ["category"]}, "key-1").run_id


def test_a_run_goes_from_queued_through_running_to_succeeded(store: Store):
    run_id = ask(store)
    assert get_run(store, "acme", run_id).state == "queued"
    started = start_run(store, run_id)
    assert started is not None and started.state == "running" and started.started_at is not None
    assert note_progress(store, run_id, "learning words", 0.4)
    assert (get_run(store, "acme", run_id).stage, get_run(store, "acme", run_id).progress) == (
        "learning words",
        0.4,
    )
    assert finish_run(store, run_id, {"version": "v1"})
    run = get_run(store, "acme", run_id)
    assert (run.state, run.progress, run.result, run.parameters) == (
        "succeeded",
        1.0,
        {"version": "v1"},
        {"targets": ["category"]},
    )
    assert run.finished_at is not None and not run.is_active


def test_a_run_that_begins_again_keeps_the_moment_of_its_first_beginning(store: Store):
    run_id = ask(store)
    first = start_run(store, run_id)
    again = start_run(store, run_id)
    assert first is not None and again is not None
    assert again.started_at == first.started_at


def test_only_one_run_of_a_kind_waits_or_works_in_a_workspace(store: Store):
    run_id = ask(store)
    with pytest.raises(ConflictError, match=run_id):
        ask(store)
    ask(store, "forecast")
    ask(store, workspace="other")
    start_run(store, run_id)
    finish_run(store, run_id, {})
    ask(store)


def test_a_run_of_an_unknown_kind_is_refused(store: Store):
    with pytest.raises(InputError, match="train, forecast"):
        ask(store, "dance")


def test_a_cancelled_run_takes_no_more_progress_and_never_succeeds(store: Store):
    run_id = ask(store)
    start_run(store, run_id)
    assert cancel_run(store, "acme", run_id).state == "cancelled"
    assert not note_progress(store, run_id, "learning", 0.5)
    assert not finish_run(store, run_id, {"version": "v1"})
    assert not fail_run(store, run_id, "TrainingError", "too late")
    assert start_run(store, run_id) is None
    assert cancel_run(store, "acme", run_id).state == "cancelled"
    assert get_run(store, "acme", run_id).result is None


def test_what_has_ended_cannot_be_cancelled(store: Store):
    run_id = ask(store)
    start_run(store, run_id)
    fail_run(store, run_id, "TrainingError", "Got no tickets; expected some. Import a history.")
    assert get_run(store, "acme", run_id).problem == {
        "title": "TrainingError",
        "detail": "Got no tickets; expected some. Import a history.",
    }
    with pytest.raises(ConflictError, match="failed"):
        cancel_run(store, "acme", run_id)


def test_a_run_of_another_workspace_does_not_exist(store: Store):
    run_id = ask(store)
    with pytest.raises(NotFoundError):
        get_run(store, "other", run_id)
    with pytest.raises(NotFoundError):
        cancel_run(store, "other", run_id)
    assert find_run(store, "nothing") is None


def test_runs_are_listed_newest_first_and_active_ones_oldest_first(store: Store):
    first = ask(store)
    start_run(store, first)
    finish_run(store, first, {})
    second, third = ask(store), ask(store, "forecast")
    other = ask(store, workspace="other")
    assert [run.run_id for run in list_runs(store, "acme")] == [third, second, first]
    assert [run.run_id for run in list_runs(store, "acme", kind="train", limit=1)] == [second]
    assert [run.run_id for run in active_runs(store)] == [second, third, other]
