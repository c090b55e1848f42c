"""Feedback in bulk moves no model (T22): tickets' values are learnt, not what somebody clicked."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.serving.house import House, open_house
from training.history_hash import history_hash
from training.worker.train_run import train_work
from triage.feedback import Feedback, Verdict
from triage.signing import signing_key
from triage.store.feedback import put_feedback
from triage.store.runs import ask_for_run, fail_run, start_run


class Reader:
    """Stands for a training: remembers what it was given, and trains nothing."""

    def __init__(self) -> None:
        self.hashes: list[str] = []

    def __call__(self, tickets, **_):
        self.hashes.append(history_hash(tickets))
        raise _EnoughError


class _EnoughError(Exception):
    """The training was given all that it would learn from."""


@pytest.fixture
def site(tmp_path: Path, empty_sqlite: bytes):
    (tmp_path / "house.db").write_bytes(empty_sqlite)
    with open_house(tmp_path, f"sqlite:///{tmp_path / 'house.db'}") as opened:
        yield opened


def trained_on(site: House, reader: Reader) -> str:
    """Ask for a training and return the hash of what it would learn from."""
    run = start_run(site.store, ask_for_run(site.store, "acme", "train", {"targets": []}, "ada").run_id)
    key = signing_key({"TRIAGE_HOME": str(site.home)})
    with pytest.raises(_EnoughError):
        train_work(site.store, site.settings.models, key, train=reader)(run, lambda *_: None)
    fail_run(site.store, run.run_id, "Enough", "It was only to be seen what it reads.")
    return reader.hashes[-1]


@pytest.mark.parametrize("count", [500, pytest.param(5_000, marks=pytest.mark.reliability)])
def test_thousands_of_scripted_feedbacks_change_nothing_that_is_learnt(site: House, count: int):
    tickets = [{"ticket_id": f"T-{number}", "subject": "vpn drops"} for number in range(20)]
    answer = site.client.post("/v1/triage/batch", json={"tickets": tickets}, headers=site.key("service"))
    decided = [one["decision_id"] for one in answer.json()["decisions"]]
    for name in ("T-0", "T-1"):
        values = {"values": {"category": "network"}}
        site.client.post(f"/v1/tickets/{name}/close", json=values, headers=site.key("service"))
    reader, now = Reader(), datetime.now(UTC)
    before = trained_on(site, reader)
    # One over HTTP, as an agent gives it; the others as that one is kept.
    flip = {"fields": {"category": {"verdict": "replaced", "value": "hardware"}}}
    for name in decided:
        path = f"/v1/decisions/{name}/feedback"
        assert site.client.post(path, json=flip, headers=site.key("agent")).status_code in (200, 201)
    rows = [
        Feedback(f"f-{one}", decided[one % 20], "category", Verdict.REPLACED, "hardware", "key:eve", now)
        for one in range(count)
    ]
    put_feedback(site.store, "acme", rows)
    assert trained_on(site, reader) == before
    # What people leave in the ticket itself is learnt, as it must be: the hash can tell.
    values = {"values": {"category": "hardware"}}
    closed = site.client.post("/v1/tickets/T-2/close", json=values, headers=site.key("service"))
    assert closed.status_code == 200, closed.text
    assert trained_on(site, reader) != before
