"""More than a server can do: what it takes it answers in time, the rest is told to come back (T5, T7, T8)."""

import sqlite3
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.reliability.live import Live, live

LONG = pytest.mark.reliability
TICKET = {"subject": "vpn"}


def ask(client: httpx.Client, headers: dict[str, str]) -> tuple[int, float, str | None]:
    began = time.perf_counter()
    answer = client.post("/v1/triage", json=TICKET, headers=headers)
    return answer.status_code, time.perf_counter() - began, answer.headers.get("Retry-After")


def flood(site: Live, headers: dict[str, str], clients: int, seconds: float) -> list[tuple]:
    """Ask from so many threads for so long, each as fast as it is answered."""
    end = time.monotonic() + seconds

    def run(_: int) -> list[tuple]:
        found = []
        with site.client() as client:
            while time.monotonic() < end:
                found.append(ask(client, headers))
        return found

    with ThreadPoolExecutor(clients) as pool:
        return [one for part in pool.map(run, range(clients)) for one in part]


@pytest.mark.parametrize("seconds", [2.0, pytest.param(30.0, marks=LONG)])
def test_a_flood_is_answered_or_told_to_come_back_and_administration_goes_on(
    tmp_path: Path, url: str, seconds: float
):
    with live(tmp_path, url, seconds=0.02, threads=2, waiting=8, at_once=24) as site, site.client() as client:
        headers, admin = site.headers(), site.headers("admin")
        answers: list[tuple] = []
        asking = threading.Thread(target=lambda: answers.extend(flood(site, headers, 30, seconds)))
        asking.start()
        time.sleep(0.5)
        for _ in range(3):
            assert client.get("/healthz").status_code == 200
            assert client.get("/readyz").status_code == 200
            assert client.get("/v1/policy", headers=admin).status_code == 200
            body = {"kill_switch": True, "disabled_guardrails": [], "fields": {}}
            assert client.put("/v1/policy", json=body, headers=admin).status_code == 200
        asking.join()
        counts = Counter(status for status, _, _ in answers)
        assert set(counts) <= {200, 429, 503} and counts[200] >= 3
        assert counts[429] + counts[503] >= 3  # Else it was no flood.
        assert all(wait is not None for status, _, wait in answers if status != 200)
        assert ask(client, headers)[0] == 200  # At once normal again.


@pytest.mark.parametrize("seconds", [2.0, pytest.param(30.0, marks=LONG)])
def test_a_noisy_workspace_does_not_crowd_out_a_quiet_one(tmp_path: Path, url: str, seconds: float):
    with live(tmp_path, url, seconds=0.02, threads=1, waiting=8, at_once=60) as site, site.client() as client:
        quiet, noisy = site.headers(workspace="quiet"), site.headers()
        asking = threading.Thread(target=lambda: flood(site, noisy, 20, seconds))
        asking.start()
        time.sleep(0.3)
        answers = []
        while asking.is_alive():
            answers.append(ask(client, quiet))
            time.sleep(0.05)
        asking.join()
        assert len(answers) >= 3
        assert {status for status, _, _ in answers} == {200}


@pytest.mark.parametrize("seconds", [2.0, pytest.param(30.0, marks=LONG)])
def test_a_key_gets_no_more_than_its_limit_and_the_others_notice_nothing(
    tmp_path: Path, url: str, seconds: float
):
    with (
        live(tmp_path, url, seconds=0.02, threads=1, waiting=32, at_once=60) as site,
        site.client() as client,
    ):
        quiet, noisy = site.headers(), site.headers(per_minute=60)
        heard: list[tuple] = []
        began = time.monotonic()
        asking = threading.Thread(target=lambda: heard.extend(flood(site, noisy, 10, seconds)))
        asking.start()
        answers = []
        while asking.is_alive():
            answers.append(ask(client, quiet))
            time.sleep(0.05)
        asking.join()
        counts = Counter(status for status, _, _ in heard)
        assert set(counts) == {200, 429}
        # Ten seconds' worth at once, then one a second.
        assert 10 <= counts[200] <= 11 + time.monotonic() - began
        assert counts[429] >= 20 * seconds  # Twenty times its limit, at the least.
        assert all(wait is not None for status, _, wait in heard if status == 429)
        assert len(answers) >= 3
        assert {status for status, _, _ in answers} == {200}


def test_a_locked_database_is_told_quickly_while_reading_goes_on(tmp_path: Path, url: str):
    with live(tmp_path, url, threads=2, waiting=32) as site, site.client() as client:
        headers, admin = site.headers(), site.headers("admin")
        assert ask(client, headers)[0] == 200
        holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            began = time.monotonic()
            with ThreadPoolExecutor(10) as pool:
                answers = list(pool.map(lambda _: ask(client, headers), range(30)))
            assert {status for status, _, _ in answers} == {503}
            assert all(wait is not None for _, _, wait in answers)
            assert max(seconds for _, seconds, _ in answers) < 5.0  # 2 s on a quiet machine.
            assert time.monotonic() - began < 12.0
            for path in ("/v1/policy", "/v1/agents", "/v1/audit"):
                assert client.get(path, headers=admin).status_code == 200
            assert client.get("/readyz").status_code == 200
        finally:
            holder.execute("ROLLBACK")
            holder.close()
        time.sleep(1.2)
        assert ask(client, headers)[0] == 200


def test_a_full_disk_is_told_and_loses_nothing_that_was_acknowledged(tmp_path: Path, url: str):
    with live(tmp_path, url) as site, site.client() as client:
        headers = site.headers()

        def full(connection, _record) -> None:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages + 20}")

        from sqlalchemy import event
        from sqlalchemy.pool import Pool

        event.listen(Pool, "connect", full)
        try:
            client.get("/v1/policy", headers=headers)
            stored, refused = [], 0
            with site.client() as fresh:
                for number in range(400):
                    body = {"subject": "vpn " + "x" * 2_000, "ticket_id": f"T-{number}"}
                    answer = fresh.post("/v1/triage", json=body, headers=headers)
                    if answer.status_code == 200:
                        stored.append(answer.json()["decision_id"])
                    else:
                        assert answer.status_code == 503 and "Retry-After" in answer.headers
                        refused += 1
                    if refused > 5:
                        break
        finally:
            event.remove(Pool, "connect", full)
        assert refused > 5
        for decision_id in stored:
            assert client.get(f"/v1/decisions/{decision_id}", headers=headers).status_code == 200
    with live_again(tmp_path, url) as site, site.client() as client:
        assert ask(client, site.headers())[0] == 200


def live_again(home: Path, url: str):
    """The same home with room on the disk again."""
    import shutil

    shutil.rmtree(home / "models")
    return live(home, url)


@pytest.mark.parametrize("rounds", [2, pytest.param(25, marks=LONG)])
def test_a_stop_lets_what_was_taken_finish(tmp_path: Path, url: str, rounds: int):
    for number in range(rounds):
        home = tmp_path / str(number)
        home.mkdir()
        with live(home, url, seconds=0.5, threads=2) as site:
            headers = site.headers()
            with ThreadPoolExecutor(8) as pool, site.client() as client:
                waiting = [pool.submit(ask, client, headers) for _ in range(8)]
                for _ in range(500):
                    if len(site.server.server_state.tasks) == 8:
                        break
                    time.sleep(0.01)
                site.server.should_exit = True
                assert [one.result()[0] for one in waiting] == [200] * 8
