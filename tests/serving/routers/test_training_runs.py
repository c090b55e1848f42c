import json
import threading

import pytest

from tests.serving.house import House
from triage.store.runs import finish_run, note_progress, start_run


def ask(house: House, body: dict | None = None, role: str = "admin", **headers: str):
    return house.client.post("/v1/training-runs", json=body or {}, headers=house.key(role) | headers)


def read(house: House, run_id: str, workspace: str = "acme"):
    return house.client.get(f"/v1/training-runs/{run_id}", headers=house.key("admin", workspace))


def test_a_training_that_was_asked_for_waits_for_a_worker(house: House):
    answer = ask(house, {"targets": ["category"]})
    assert answer.status_code == 202
    run = answer.json()
    assert answer.headers["location"] == f"/v1/training-runs/{run['run_id']}"
    assert (run["kind"], run["state"], run["progress"]) == ("train", "queued", 0.0)
    assert (run["parameters"], run["requested_by"]) == ({"targets": ["category"]}, "admin@acme")
    assert read(house, run["run_id"]).json() == run


def test_a_forecast_that_was_asked_for_is_a_run_too(house: House):
    answer = house.client.post("/v1/forecasts", json={"days": 14}, headers=house.key("planner"))
    assert answer.status_code == 202
    assert answer.json()["kind"] == "forecast"
    levels = ["category", "team", "priority", "channel"]
    assert answer.json()["parameters"] == {"days": 14, "hours": 72, "half_hours": 0, "by": levels}


def test_a_forecast_that_is_asked_for_again_keeps_what_was_asked_for_before(house: House):
    def asked(body: dict) -> dict:
        run = house.client.post("/v1/forecasts", json=body, headers=house.key("planner")).json()
        finish_run(house.store, run["run_id"], {})
        return run["parameters"]

    first = asked({"half_hours": 96, "by": ["channel"]})
    assert first == {"days": 28, "hours": 72, "half_hours": 96, "by": ["channel"]}
    assert asked({}) == first
    assert asked({"days": 14}) == first | {"days": 14}
    assert asked({"half_hours": 0}) == first | {"days": 14, "half_hours": 0}


def test_while_one_training_waits_another_is_refused_and_the_same_request_is_answered_again(house: House):
    first = ask(house, **{"Idempotency-Key": "once"})
    again = ask(house, **{"Idempotency-Key": "once"})
    assert again.json() == first.json() and again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    other = ask(house)
    assert other.status_code == 409
    assert first.json()["run_id"] in other.json()["detail"]


@pytest.mark.parametrize("body", [{"targets": []}, {"targets": ["colour"]}, {"more": 1}])
def test_what_cannot_be_learnt_is_refused(house: House, body: dict):
    assert ask(house, body).status_code == 422


@pytest.mark.parametrize("role", ["agent", "planner", "service", "auditor"])
def test_only_an_admin_starts_a_training(house: House, role: str):
    assert ask(house, role=role).status_code == 403


def test_runs_are_listed_by_kind_within_the_workspace(house: House):
    run_id = ask(house).json()["run_id"]
    house.client.post("/v1/forecasts", json={}, headers=house.key())

    def listed(query: str, workspace: str = "acme") -> list[str]:
        answer = house.client.get(f"/v1/training-runs{query}", headers=house.key("admin", workspace))
        return [run["kind"] for run in answer.json()["runs"]]

    assert listed("") == ["forecast", "train"]
    assert listed("?kind=train") == ["train"]
    assert listed("", "other") == []
    assert read(house, run_id, "other").status_code == 404


def test_a_cancelled_run_says_so_and_one_that_has_ended_cannot_be_cancelled(house: House):
    run_id = ask(house).json()["run_id"]
    cancelled = house.client.post(f"/v1/training-runs/{run_id}/cancel", headers=house.key())
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    ended = ask(house).json()["run_id"]
    start_run(house.store, ended)
    finish_run(house.store, ended, {"version": "v2"})
    refused = house.client.post(f"/v1/training-runs/{ended}/cancel", headers=house.key())
    assert refused.status_code == 409


def test_a_run_is_followed_to_its_end(house: House):
    run_id = ask(house).json()["run_id"]
    start_run(house.store, run_id)
    note_progress(house.store, run_id, "learning", 0.5)
    worker = threading.Timer(1.0, finish_run, (house.store, run_id, {"version": "v2"}))
    worker.start()
    answer = house.client.get(f"/v1/training-runs/{run_id}/events", headers=house.key())
    worker.join()
    assert answer.headers["content-type"].startswith("text/event-stream")
    parts = [part.splitlines() for part in answer.text.split("\n\n") if part]
    events = [dict(line.split(": ", 1) for line in part) for part in parts]
    assert [event["event"] for event in events] == ["progress", "end"]
    first, last = (json.loads(event["data"]) for event in events)
    assert (first["state"], first["stage"], first["progress"]) == ("running", "learning", 0.5)
    assert last == read(house, run_id).json()
    assert (last["state"], last["result"]) == ("succeeded", {"version": "v2"})


def test_following_a_run_that_does_not_exist_is_a_404_and_not_an_empty_stream(house: House):
    answer = house.client.get("/v1/training-runs/nothing/events", headers=house.key())
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
