"""Messages to webhook endpoints when receivers misbehave (T17, outgoing): each arrives once."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from training.worker.deliver import deliver_messages, open_client
from triage.store import Store
from triage.store.outbox import add_endpoint, list_endpoints, list_messages, put_messages

KEY = b"k" * 32
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOSTS = frozenset({"localhost"})


class Receiver(ThreadingHTTPServer):
    """A real receiver: answers as told, and counts what came, by message id."""

    daemon_threads = True

    def __init__(self, status: int = 204, location: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.location = status, location
        self.came: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_address[1]}/hooks"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        name = str(self.headers["webhook-id"])
        self.server.came[name] += 1
        self.server.taken[name] += self.server.status < 300
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_) -> None:
        """Say nothing."""


@pytest.fixture
def receivers() -> Iterator[dict[str, Receiver]]:
    inside = Receiver()
    made = {
        "good": Receiver(),
        "down": Receiver(503),
        "gone": Receiver(410),
        "leads astray": Receiver(302, inside.url.replace("localhost", "127.0.0.1")),
        "inside": inside,
    }
    yield made
    for one in made.values():
        one.shutdown()
        one.server_close()


def deliver_by_two(store: Store, now: datetime) -> None:
    """Two workers send what is due, at the same moment."""

    def work(_: int) -> None:
        with open_client() as client:
            while deliver_messages(store, client, KEY, hosts=HOSTS, now=lambda: now, jitter=lambda: 0.0):
                pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))


@pytest.mark.parametrize("count", [12, pytest.param(100, marks=pytest.mark.reliability)])
def test_each_message_is_taken_once_whatever_the_receivers_do(
    store: Store, receivers: dict[str, Receiver], count: int
):
    for name in ("good", "down", "gone", "leads astray"):
        add_endpoint(store, "acme", receivers[name].url, now=START)
    messages = [(f"event-{number}", "sla.reminder", {"ticket_id": f"T-{number}"}) for number in range(count)]
    assert put_messages(store, "acme", messages, now=START) == 4 * count
    assert put_messages(store, "acme", messages, now=START) == 0  # The same events again: the same messages.
    for minute in (0, 1, 2, 10, 20, 40, 60):
        deliver_by_two(store, START + timedelta(minutes=minute))
    receivers["down"].status = 204  # After an hour.
    for minute in (65, 95, 130, 260):
        deliver_by_two(store, START + timedelta(minutes=minute))
    assert len(receivers["good"].taken) == count and set(receivers["good"].came.values()) == {1}
    assert len(receivers["down"].taken) == count and set(receivers["down"].taken.values()) == {1}
    assert min(receivers["down"].came.values()) >= 3
    assert receivers["inside"].came == {}  # Nobody followed the redirect.
    enabled = {one.url for one in list_endpoints(store, "acme", only_enabled=True)}
    assert enabled == {receivers[name].url for name in ("good", "down", "leads astray")}
    # One that is gone was asked by the two workers at most until the first of them heard it.
    assert sum(receivers["gone"].came.values()) <= 100
    kept = Counter(
        "taken" if one.delivered_at else "given up" if one.given_up_at else "waits"
        for one in list_messages(store, "acme", limit=1_000)
    )
    assert kept == {"taken": 2 * count, "given up": count, "waits": count}
