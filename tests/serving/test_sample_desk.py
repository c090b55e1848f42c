import json
from pathlib import Path

import pytest

from serving.sample_desk import ask_for_model, import_steps, keep_company, needs_sample, sample_step
from triage.errors import UnavailableError
from triage.store import Store
from triage.store.runs import fail_run, finish_run, list_runs, start_run
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace, get_workspace
from triage.ticket import PastTicket, Ticket

SUMMARY = json.dumps({"company": "Brindle & Spout", "zone": "Europe/London", "country": "GB", "tickets": 3})


def test_an_empty_store_needs_a_sample_until_its_model_was_asked_for(sqlite_store: Store):
    assert needs_sample(sqlite_store)
    assert keep_company(sqlite_store, SUMMARY) == "Brindle & Spout"
    place = get_workspace(sqlite_store, "default")
    assert (place.name, place.zone, place.country, place.made_up) == (
        "Brindle & Spout",
        "Europe/London",
        "GB",
        True,
    )
    assert needs_sample(sqlite_store)
    training = ask_for_model(sqlite_store, None)
    assert training is not None and not needs_sample(sqlite_store)
    assert [run.kind for run in list_runs(sqlite_store, "default")] == ["forecast", "train"]


def test_somebodys_own_tickets_are_left_alone(sqlite_store: Store):
    ensure_workspace(sqlite_store, "default")
    put_tickets(sqlite_store, "default", [PastTicket(Ticket("T-1", subject="vpn"))], source="history")
    assert not needs_sample(sqlite_store)
    assert ask_for_model(sqlite_store, None) is None
    assert list_runs(sqlite_store, "default") == []


def test_a_store_with_another_workspace_gets_no_sample(sqlite_store: Store):
    ensure_workspace(sqlite_store, "acme")
    assert not needs_sample(sqlite_store)


def test_a_training_at_work_is_waited_for_and_one_that_failed_is_asked_for_again(sqlite_store: Store):
    keep_company(sqlite_store, SUMMARY)
    first = ask_for_model(sqlite_store, None)
    again = ask_for_model(sqlite_store, None)
    assert first is not None and again is not None and again.run_id == first.run_id
    start_run(sqlite_store, first.run_id)
    fail_run(sqlite_store, first.run_id, "TrainingError", "Got nothing; expected more.")
    second = ask_for_model(sqlite_store, None)
    assert second is not None and second.run_id != first.run_id
    finish_run(sqlite_store, second.run_id, {"version": "v1"})
    assert ask_for_model(sqlite_store, "v1") is None


def test_what_is_no_summary_is_said_to_be_none(sqlite_store: Store):
    with pytest.raises(UnavailableError, match="triage sample"):
        keep_company(sqlite_store, "Traceback")


def test_every_table_of_the_sample_is_imported():
    _, words = sample_step(Path("s"), "it", 50)
    assert words == ["sample", "s", "--preset", "it", "--tickets", "50", "--json"]
    files = [words[2] for _, words in import_steps(Path("s"))]
    assert sorted(files) == ["s/agents.csv", "s/articles.csv", "s/links.csv", "s/tickets.csv"]
