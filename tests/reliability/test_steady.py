"""A steady load of mixed requests (T6): no 5xx, quick, and memory does not grow."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.reliability.live import Live, live

MIX = (
    ("POST", "/v1/triage", {"subject": "vpn drops every few minutes", "ticket_id": None}),
    ("POST", "/v1/triage", {"subject": "password", "ticket_id": None}),
    ("GET", "/v1/policy", None),
    ("POST", "/v1/triage/batch", {"tickets": [{"subject": "laptop"}, {"subject": "vpn"}]}),
    ("GET", "/v1/knowledge/search?q=vpn", None),
    ("GET", "/v1/agents", None),
)


def send(site: Live, headers: dict[str, str], rate: float, seconds: float) -> list[tuple[int, float]]:
    """Send so many requests a second, each at its moment whatever the one before does."""
    count, began = round(rate * seconds), time.monotonic() + 0.2

    def one(number: int) -> tuple[int, float]:
        due = began + number / rate
        time.sleep(max(0.0, due - time.monotonic()))
        method, path, body = MIX[number % len(MIX)]
        if body and "ticket_id" in body:
            body = body | {"ticket_id": f"T-{number}"}
        client = clients.get()
        answer = client.request(method, path, json=body, headers=headers)
        return answer.status_code, time.monotonic() - due

    clients = _Clients(site)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(one, range(count)))
    clients.close()
    return found


class _Clients:
    """A client for each thread."""

    def __init__(self, site: Live) -> None:
        self.site = site
        self.here = threading.local()
        self.all = []

    def get(self):
        if not hasattr(self.here, "client"):
            self.here.client = self.site.client()
            self.all.append(self.here.client)
        return self.here.client

    def close(self) -> None:
        for one in self.all:
            one.close()


@pytest.mark.parametrize(
    ("rate", "seconds", "p99_s"), [(20, 3, 2.0), pytest.param(50, 120, 0.15, marks=pytest.mark.reliability)]
)
def test_a_steady_load_is_answered_in_time_with_memory_that_does_not_grow(
    tmp_path: Path, url: str, rate: int, seconds: int, p99_s: float
):
    with live(tmp_path, url, threads=2, waiting=64) as site:
        headers, process = site.headers(), psutil.Process()
        send(site, headers, rate, max(1, seconds / 10))  # Warm.
        before = process.memory_info().rss
        answers = send(site, headers, rate, seconds)
        grown = process.memory_info().rss / before - 1
    assert len(answers) == rate * seconds
    assert {status for status, _ in answers} == {200}
    p99 = sorted(taken for _, taken in answers)[round(0.99 * len(answers)) - 1]
    print(f"{len(answers)} requests, p99 {1000 * p99:.0f} ms, memory {grown:+.1%}")  # noqa: T201
    # 150 ms on a machine that does nothing else; the quick run shares it with other tests.
    assert p99 <= p99_s
    assert grown <= 0.10
