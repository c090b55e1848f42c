"""Models are switched while requests come (T13): none fails, each answer names one version."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.reliability.live import Live, live
from tests.serving.fakes import seal_fake

WITHIN_S = 5.0


def ask_until(site: Live, headers: dict[str, str], stop: threading.Event) -> list[tuple[int, str | None]]:
    """Ask ten times a second until told to stop; return statuses and versions."""
    found = []
    with site.client() as client:
        while True:
            answer = client.post("/v1/triage", json={"subject": "vpn"}, headers=headers)
            found.append((answer.status_code, answer.json().get("model_version")))
            if stop.wait(0.02):
                return found


def version_now(client: httpx.Client, headers: dict[str, str]) -> str:
    return client.post("/v1/triage", json={"subject": "vpn"}, headers=headers).json()["model_version"]


@pytest.mark.parametrize("switches", [6, pytest.param(50, marks=pytest.mark.reliability)])
def test_no_request_fails_while_models_are_switched_and_each_switch_is_seen(
    tmp_path: Path, url: str, switches: int
):
    with live(tmp_path, url, threads=2, waiting=32) as site, site.client() as client:
        for version in ("v1", "v2"):
            seal_fake(tmp_path, version)
        headers, admin = site.headers(), site.headers("admin")
        stop = threading.Event()
        with ThreadPoolExecutor(3) as pool:
            asking = [pool.submit(ask_until, site, headers, stop) for _ in range(3)]
            try:
                for number in range(switches):
                    if number % 3 == 2:
                        done = client.post("/v1/models/rollback", headers=admin)
                        wanted = "v1"
                    else:
                        wanted = ("v1", "v2")[number % 3]
                        done = client.post(f"/v1/models/{wanted}/promote", headers=admin)
                    assert done.status_code == 200, done.text
                    began = time.monotonic()
                    while version_now(client, headers) != wanted:
                        assert time.monotonic() - began < WITHIN_S
            finally:
                stop.set()
        answers = [one for part in asking for one in part.result()]
    statuses = Counter(status for status, _ in answers)
    assert set(statuses) == {200} and statuses[200] >= len(asking)
    assert {version for _, version in answers} <= {"slow", "v1", "v2"}
