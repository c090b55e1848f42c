"""The drill (T24): however the switch is thrown, nothing is applied any more, on no server."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from tests.reliability.live import live
from tests.serving.house import House, open_house
from triage.audit import AuditEntry
from triage.store.audit import AuditLog

ROOT = Path(__file__).parents[2]
WITHIN_S = 5.0
WHOLE = {"disabled_guardrails": [], "fields": {}}


@pytest.fixture
def servers(tmp_path: Path, empty_sqlite: bytes) -> Iterator[tuple[House, TestClient]]:
    """Two servers on one store."""
    (tmp_path / "triage.db").write_bytes(empty_sqlite)
    with ExitStack() as stack:
        house = stack.enter_context(open_house(tmp_path, f"sqlite:///{tmp_path / 'triage.db'}"))
        yield house, stack.enter_context(TestClient(create_app(house.settings)))


def actions(client: TestClient, house: House, subject: str = "vpn") -> set[tuple[str, str | None]]:
    answer = client.post("/v1/triage", json={"subject": subject}, headers=house.key("service"))
    assert answer.status_code == 200, answer.text
    return {(one["action"], one["reason"]) for one in answer.json()["fields"].values()}


def wait_until(expected: bool, house: House, *clients: TestClient) -> float:
    """Wait until every server applies something, or nothing; return how long it took."""
    began = time.monotonic()
    for client in clients:
        while any(action != "abstain" for action, _ in actions(client, house)) is not expected:
            assert time.monotonic() - began < WITHIN_S
    return time.monotonic() - began


def command(house: House, *words: str) -> None:
    """Run ``triage policy set`` in a process of its own."""
    environ = os.environ | {"TRIAGE_HOME": str(house.home), "PYTHONPATH": str(ROOT)}
    set_policy(environ, *words)


def set_policy(environ: dict[str, str], *words: str) -> None:
    argv = [sys.executable, "-m", "serving.cli.main", "policy", "set", "--workspace", "acme", *words]
    subprocess.run(argv, env=environ, cwd=ROOT, check=True, capture_output=True, timeout=120)


def over_http(house: House, is_on: bool) -> None:
    body = WHOLE | {"kill_switch": is_on}
    assert house.client.put("/v1/policy", json=body, headers=house.key("admin")).status_code == 200


def for_the_team(house: House, is_on: bool) -> None:
    method = "PUT" if is_on else "DELETE"
    answer = house.client.request(method, "/v1/policy/stopped-teams/web", headers=house.key("lead"))
    assert answer.status_code == 200


def by_command(house: House, is_on: bool) -> None:
    command(house, "--kill-switch" if is_on else "--no-kill-switch")


def by_command_for_the_team(house: House, is_on: bool) -> None:
    command(house, "--stop-team" if is_on else "--start-team", "web")


def entries(house: House) -> list[AuditEntry]:
    log = AuditLog(house.store, bytes(32))  # Reading needs no key.
    return [one.entry for one in log.entries("acme") if one.entry.action.endswith(("_policy", "_team"))]


@pytest.mark.parametrize("rounds", [1, pytest.param(5, marks=pytest.mark.reliability)])
def test_every_way_of_throwing_it_stops_both_servers_within_five_seconds(
    servers: tuple[House, TestClient], rounds: int
):
    house, other = servers
    ways = (over_http, for_the_team, by_command, by_command_for_the_team)
    for _ in range(rounds):
        for way in ways:
            assert ("apply", None) in actions(other, house)
            known = len(entries(house))
            way(house, True)
            wait_until(False, house, house.client, other)
            assert actions(other, house) == {("abstain", "kill_switch")}
            assert len(entries(house)) == known + 1
            if way in (for_the_team, by_command_for_the_team):  # The other teams go on.
                assert ("apply", None) in actions(other, house, "password")
            way(house, False)
            wait_until(True, house, house.client, other)
            assert len(entries(house)) == known + 2


def test_it_holds_with_the_model_deleted_and_after_a_restart(servers: tuple[House, TestClient]):
    house, other = servers
    over_http(house, True)
    shutil.rmtree(house.home / "models" / "acme")
    for client in (house.client, other):
        assert actions(client, house) == {("abstain", "kill_switch")}
    with TestClient(create_app(house.settings)) as restarted:  # No model can be loaded at all.
        assert actions(restarted, house) == {("abstain", "kill_switch")}
        assert restarted.get("/readyz").json()["models_failed"] == 1


def test_it_is_thrown_while_no_server_runs_and_holds_when_one_starts(tmp_path: Path, url: str):
    with live(tmp_path, url) as site, site.client() as client:
        headers = site.headers()
        answer = client.post("/v1/triage", json={"subject": "vpn"}, headers=headers).json()
        assert answer["fields"]["category"]["action"] == "apply"
    environ = os.environ | {"TRIAGE_HOME": str(tmp_path), "TRIAGE_STORE": url, "PYTHONPATH": str(ROOT)}
    set_policy(environ, "--kill-switch")
    shutil.rmtree(tmp_path / "models")
    with live(tmp_path, url) as site, site.client() as client:
        answer = client.post("/v1/triage", json={"subject": "vpn"}, headers=headers).json()
        assert {one["reason"] for one in answer["fields"].values()} == {"kill_switch"}
