from collections.abc import Sequence

import anyio
import pytest
from starlette.exceptions import HTTPException

from serving.shedder import SHUT_S, Shedder
from serving.work_queue import QUEUE_REFUSED

TAKEN = 200


class Site:
    """An application that answers when it is let, behind a shedder."""

    def __init__(self, at_once: int) -> None:
        self.may_go = anyio.Event()
        self.shedder = Shedder(self._app, at_once, 30.0)
        self.answers: list[tuple[str, int, bool]] = []

    async def _app(self, scope, receive, send) -> None:
        await receive()
        await self.may_go.wait()
        await send({"type": "http.response.start", "status": TAKEN, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def ask(self, who: str, path: str = "/v1/triage", is_whole: bool = True) -> None:
        headers = [(b"authorization", who.encode())] if who else []
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "headers": headers,
            "client": ("10.0.0.1", 1),
            "triage.request_id": "r",
        }

        async def receive() -> dict:
            if not is_whole:
                await self.may_go.wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message) -> None:
            if message["type"] == "http.response.start":
                names = {name.lower() for name, _ in message["headers"]}
                self.answers.append((who, message["status"], b"retry-after" in names))

        try:
            await self.shedder(scope, receive, send)
        except HTTPException as refused:
            self.answers.append((who, refused.status_code, False))


def run(at_once: int, ask: Sequence[tuple]) -> Site:
    made: list[Site] = []

    async def main() -> None:
        site = Site(at_once)
        made.append(site)
        async with anyio.create_task_group() as tasks:
            for one in ask:
                tasks.start_soon(site.ask, *one)
                await anyio.wait_all_tasks_blocked()
            site.may_go.set()
        assert site.shedder.taken == 0 and not site.shedder._held

    anyio.run(main)
    return made[0]


def statuses(site: Site, who: str) -> list[int]:
    return sorted(status for name, status, _ in site.answers if name == who)


def test_more_than_fits_is_refused_at_once_with_when_to_come_back():
    site = run(4, [(str(number),) for number in range(7)])
    assert [status for _, status, _ in site.answers].count(TAKEN) == 4
    assert all(wait for _, status, wait in site.answers if status != TAKEN)
    assert {status for _, status, _ in site.answers} == {TAKEN, 503}


def test_nobody_holds_more_than_half():
    site = run(4, [("a",)] * 5 + [("b",)] * 2)
    assert statuses(site, "a") == [TAKEN, TAKEN, 429, 429, 429]
    assert statuses(site, "b") == [TAKEN, TAKEN]


def test_health_is_always_answered_and_room_is_kept_for_administration():
    full = [(str(number),) for number in range(4)]
    site = run(
        4, [*full, ("5",), ("h", "/healthz"), ("r", "/readyz"), ("p", "/v1/policy"), ("k", "/v1/keys")]
    )
    assert statuses(site, "5") == [503]
    assert statuses(site, "h") == statuses(site, "r") == [TAKEN]
    assert statuses(site, "p") == [TAKEN]
    assert statuses(site, "k") == [503]  # A quarter as many again: one of four.


def test_where_all_is_full_who_is_slow_with_its_body_gives_way(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("serving.shedder.SLOW_S", 0.0)
    slow = [(f"slow {number}", "/v1/policy", False) for number in range(5)]
    site = run(4, [*slow, ("p", "/v1/policy"), ("t", "/v1/triage")])
    assert [statuses(site, name) for name, *_ in slow] == [[408], [408], [TAKEN], [TAKEN], [TAKEN]]
    assert statuses(site, "p") == statuses(site, "t") == [TAKEN]


def test_who_sends_a_body_in_time_gives_way_to_nobody():
    site = run(4, [(f"slow {number}", "/v1/triage", False) for number in range(4)] + [("t",)])
    assert statuses(site, "t") == [503]


def test_those_who_carry_nothing_share_their_address():
    site = run(4, [("",)] * 4)
    assert statuses(site, "") == [TAKEN, TAKEN, 429, 429]


def test_what_fails_gives_its_place_back():
    async def main() -> None:
        async def broken(scope, receive, send) -> None:
            raise ZeroDivisionError

        shedder = Shedder(broken, 1, 30.0)
        scope = {
            "type": "http",
            "path": "/v1/triage",
            "headers": [],
            "client": None,
            "triage.request_id": "r",
        }
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await shedder(scope, None, None)
        assert shedder.taken == 0

    anyio.run(main)


class Queue:
    """An application whose queue is full for some."""

    def __init__(self) -> None:
        self.shedder = Shedder(self._app, 8, 30.0)
        self.reached: list[tuple[str, str]] = []
        self.told: list[int] = []
        self.waits: list[int] = []

    async def _app(self, scope, receive, send) -> None:
        who = dict(scope["headers"])[b"authorization"].decode()
        self.reached.append((who, scope["path"]))
        if who == "flood":
            scope[QUEUE_REFUSED] = 429, 30
        status, _ = scope.get(QUEUE_REFUSED, (TAKEN, 0))
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def ask(self, who: str, path: str = "/v1/triage") -> int:
        headers = [(b"authorization", who.encode())]
        scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
        scope |= {"client": ("10.0.0.1", 1), "triage.request_id": "r"}

        async def send(message) -> None:
            if message["type"] == "http.response.start":
                self.told.append(message["status"])
                self.waits += [int(value) for name, value in message["headers"] if name == b"retry-after"]

        async def receive() -> dict:
            return {"type": "http.request", "body": b"", "more_body": False}

        anyio.run(self.shedder, scope, receive, send)
        return self.told[-1]


def test_whom_the_queue_refused_is_refused_at_the_door_for_a_moment_and_nobody_else(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("serving.shedder.time.monotonic", lambda: now[0])
    queue = Queue()
    assert [queue.ask("flood") for _ in range(3)] == [429] * 3
    assert queue.waits == [30, 30]  # Told at the door as behind it.
    assert queue.ask("calm") == TAKEN and queue.ask("flood", "/v1/tickets") == 429
    assert queue.reached == [("flood", "/v1/triage"), ("calm", "/v1/triage"), ("flood", "/v1/tickets")]
    now[0] += SHUT_S
    assert queue.ask("flood") == 429
    assert queue.reached[3:] == [("flood", "/v1/triage")]


def test_the_door_remembers_so_many_and_no_more(monkeypatch):
    monkeypatch.setattr("serving.shedder.MOST_SHUT", 2)
    queue = Queue()
    for number in range(3):
        queue.ask("flood", f"/{number}")
    assert len(queue.shedder._shut) == 2
    queue.ask("flood", "/0")
    assert [path for _, path in queue.reached] == ["/0", "/1", "/2", "/0"]
