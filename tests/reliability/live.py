"""A real server on a port of its own, with a model that takes its time: for floods, slow clients, stops."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from serving.api_keys import create_key
from serving.roles import Role
from serving.settings import Settings
from tests.serving.fakes import FakeModel, seal_fake
from tests.serving.house import app_of
from triage.registry import Registry
from triage.store import Store, open_store


class SlowModel(FakeModel):
    """Takes so long for each ticket."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def assess(self, tickets, **more):
        time.sleep(self.seconds * len(tickets))
        return super().assess(tickets, **more)


@dataclass
class Live:
    """A running server and what is needed to talk to it."""

    address: str
    port: int
    store: Store
    server: uvicorn.Server

    def headers(
        self, role: str = "service", workspace: str = "acme", per_minute: int | None = None
    ) -> dict[str, str]:
        """The header of a new key."""
        token, _ = create_key(self.store, workspace, role, Role(role), per_minute=per_minute)
        return {"Authorization": f"Bearer {token}"}

    def client(self, **more) -> httpx.Client:
        """A client that waits long enough, and for as many connections as it likes."""
        limits = httpx.Limits(max_connections=400, max_keepalive_connections=400)
        return httpx.Client(base_url=self.address, timeout=30, limits=limits, trust_env=False, **more)

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def answer_to(self, request: bytes) -> bytes:
        """What a bare connection hears until the head is whole or the server hangs up, which it may early."""
        heard = b""
        with self.connect() as connection, suppress(ConnectionError):
            connection.sendall(request)
            while b"\r\n\r\n" not in heard and (piece := connection.recv(10_000)):
                heard += piece
        return heard


@contextmanager
def live(home: Path, url: str, *, seconds: float = 0.0, **settings) -> Iterator[Live]:
    """Start a server in a thread of this process."""
    seal_fake(home, "slow", model=SlowModel(seconds))
    Registry(home / "models").promote("acme", "slow")
    given = Settings(home=home, store_url=url, models=home / "models", poll_seconds=0.05, **settings)
    store = open_store(url)
    config = uvicorn.Config(app_of(given), port=0, log_config=None, timeout_graceful_shutdown=20)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Live(f"http://127.0.0.1:{port}", port, store, server)
    finally:
        server.should_exit = True
        thread.join()
        store.close()
