"""How many requests are taken at once: more are refused at the door, quickly, so that the rest are answered.

Health is always let through, and some room is kept for administration, so that a kill switch works in a
flood. No client holds more than half of the room: who sends too much gets 429, when all is full 503, both
with ``Retry-After``. A client is known by what it carries, which may be made up: so where all is full,
whoever has been sending its body for longest gives way to the next. Who was just told that the queue behind
is full, or that its key asks too often, is told so again at the door for a moment: a flood is refused
without being read, so that what the machine can do goes into answers. Decides nothing about who may do what:
that is the endpoints' own business.
"""

import hashlib
import time
from collections import Counter, OrderedDict

import anyio
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.problems import RETRY_AFTER_SECONDS, framework_problem
from serving.work_queue import QUEUE_REFUSED

__all__ = ["ADMINISTRATION", "Shedder"]

HEALTH = ("/healthz", "/readyz", "/metrics")
ADMINISTRATION = ("/v1/policy", "/v1/models", "/v1/keys", "/v1/audit", "/v1/training-runs")
RESERVED = 4
"""One place in so many more is for administration alone."""
SLOW_S = 0.5
"""A body may take so long before its request gives way to another where all is full."""
SHUT_S = 0.05
"""So long the door stays shut for a client and an address after the queue refused it; it was told to wait a
second. A queue of 64 frees a place or two meanwhile."""
MOST_SHUT = 1_000


class Shedder:
    """ASGI middleware.

    Parameters
    ----------
    app : ASGIApp
        Everything else.
    at_once : int
        Requests taken at once; administration may have a quarter as many beyond.
    body_seconds : float
        Within which a request must have come to its end, else 408.
    """

    def __init__(self, app: ASGIApp, at_once: int, body_seconds: float) -> None:
        self.app = app
        self.at_once = at_once
        self.body_seconds = body_seconds
        self.taken = 0
        self._held: Counter[str] = Counter()
        self._sending: dict[_InTime, None] = {}
        self._shut: OrderedDict[tuple[str, str], tuple[float, int, int]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request, or refuse it."""
        if scope["type"] != "http" or scope["path"] in HEALTH:
            await self.app(scope, receive, send)
            return
        is_administration = scope["path"].startswith(ADMINISTRATION)
        room = self.at_once + (max(1, self.at_once // RESERVED) if is_administration else 0)
        client = _client(scope)
        full = self._refused(client, room, is_administration)
        refused = self._shut_for(client, scope["path"]) if full is None else (full, RETRY_AFTER_SECONDS)
        if refused is not None:
            status, wait_s = refused
            answer = framework_problem(status, scope["triage.request_id"], retry_after_s=wait_s)
            await answer(scope, receive, send)
            return
        self.taken += 1
        self._held[client] += 1
        body = _InTime(receive, self.body_seconds)
        self._sending[body] = None
        try:
            await self.app(scope, body, send)
        finally:
            self._sending.pop(body, None)
            self.taken -= 1
            self._held[client] -= 1
            if not self._held[client]:
                del self._held[client]
            if QUEUE_REFUSED in scope:
                self._shut[client, scope["path"]] = time.monotonic() + SHUT_S, *scope[QUEUE_REFUSED]
                if len(self._shut) > MOST_SHUT:
                    self._shut.popitem(last=False)

    def _shut_for(self, client: str, path: str) -> tuple[int, int] | None:
        """Return the status of what the client was refused with just now, and in how many seconds to ask."""
        until, status, wait_s = self._shut.get((client, path), (0.0, 0, 0))
        if not status:
            return None
        if time.monotonic() >= until:
            del self._shut[client, path]
            return None
        return status, wait_s

    def _refused(self, client: str, room: int, is_administration: bool) -> int | None:
        if self.taken >= room and not self._free_a_place():
            # Whoever holds most of what is full is told to slow down; the others only to come back.
            return 429 if self._held[client] > self.taken / 2 else 503
        if not is_administration and self._held[client] >= max(1, (self.at_once + 1) // 2):
            return 429
        return None

    def _free_a_place(self) -> bool:
        """Send away who has been sending a body for longest; say whether anybody was slow enough."""
        for body in list(self._sending):
            if body.give_way(SLOW_S):
                del self._sending[body]
                return True
        return False


class _InTime:
    """Receives a request's body, as long as it goes on within its time."""

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._began = time.monotonic()
        self._deadline = self._began + seconds
        self._is_complete = False
        self._waiting: anyio.CancelScope | None = None

    def give_way(self, after_s: float) -> bool:
        """End a request that has waited for more of its body for so long; say whether it did."""
        if self._waiting is None or time.monotonic() - self._began < after_s:
            return False
        self._waiting.cancel()
        return True

    async def __call__(self) -> Message:
        """Return the next part."""
        if self._is_complete:  # From here on it only waits for the client to go away.
            return await self._receive()
        with anyio.move_on_after(max(0.0, self._deadline - time.monotonic())) as self._waiting:
            message = await self._receive()
            self._waiting = None
            self._is_complete = not message.get("more_body", False)
            return message
        self._waiting = None
        raise HTTPException(408)


def _client(scope: Scope) -> str:
    """Name a client by what it carries, so that nobody can use up another's share, else by its address."""
    headers = Headers(scope=scope)
    carried = headers.get("authorization") or headers.get("cookie")
    if carried:
        return hashlib.sha256(carried.encode("utf-8", "replace")).hexdigest()
    return str(scope["client"][0]) if scope.get("client") else ""
