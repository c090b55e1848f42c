"""Blocking work beside the event loop: a few threads, a short queue, fair turns, a plain no when it is full.

Workspaces take turns, and within a workspace its callers, so that who sends much waits for itself. When the
queue is full, the longest line gives up its newest request to make room for another line's.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from serving.caller import CALLER
from triage.errors import TooManyRequestsError, UnavailableError

__all__ = ["QUEUE_REFUSED", "QueueFullError", "TooLongLineError", "WorkQueue"]

QUEUE_REFUSED = "triage.queue_refused"
"""In the scope of a request that the queue, or its key's limit, refused: its status, and seconds to wait."""

Result = TypeVar("Result")


class QueueFullError(UnavailableError):
    """The queue has no room."""


class TooLongLineError(TooManyRequestsError):
    """The queue has no room, and this caller has the longest line in it."""


class _Waiting:
    """One request in line."""

    def __init__(self, workspace: str, who: str) -> None:
        self.workspace = workspace
        self.who = who
        self.called = anyio.Event()
        self.is_shed = False


class WorkQueue:
    """Runs functions in threads of their own, so many at a time, so many waiting.

    Parameters
    ----------
    threads : int
        Functions that run side by side.
    waiting : int
        Functions that may wait for their turn; more are refused at once, so that whoever asks can try
        elsewhere or later.
    note_wait : callable, optional
        Told how many seconds each function that runs has waited.
    """

    def __init__(
        self, threads: int, waiting: int, note_wait: Callable[[float], object] = lambda _: None
    ) -> None:
        self.threads = threads
        self.waiting = waiting
        self._note_wait = note_wait
        self._running = 0
        self._lines: OrderedDict[str, OrderedDict[str, deque[_Waiting]]] = OrderedDict()
        self._limiter: anyio.CapacityLimiter | None = None

    @property
    def running(self) -> int:
        """How many functions run."""
        return self._running

    @property
    def busy(self) -> int:
        """How many functions run or wait."""
        return self._running + sum(self._length(one) for one in self._lines)

    async def run(self, function: Callable[[], Result]) -> Result:
        """Run a function in a thread and return what it returns.

        Raises
        ------
        QueueFullError
            If all threads are busy and the queue is full.
        TooLongLineError
            If it is full, and this caller's workspace has the longest line in it.
        """
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self.threads)
        arrived = time.perf_counter()
        if self._running < self.threads:
            self._running += 1
        else:
            await self._wait()
        try:
            self._note_wait(time.perf_counter() - arrived)
            return await anyio.to_thread.run_sync(function, limiter=self._limiter)
        finally:
            self._call_next()

    async def _wait(self) -> None:
        """Stand in line until called; being called is having a thread."""
        caller = CALLER.get()
        one = _Waiting("", "") if caller is None else _Waiting(caller.workspace, caller.actor)
        if self.busy >= self.threads + self.waiting:
            self._make_room(one)
        lines = self._lines.setdefault(one.workspace, OrderedDict())
        lines.setdefault(one.who, deque()).append(one)
        try:
            await one.called.wait()
        except BaseException:
            if one.called.is_set() and not one.is_shed:
                self._call_next()
            elif not one.is_shed:
                self._remove(one)
            raise
        if one.is_shed:
            raise self._too_many()

    def _call_next(self) -> None:
        """Give a thread that became free to the next in line: the next workspace, its next caller."""
        if not self._lines:
            self._running -= 1
            return
        workspace, lines = self._lines.popitem(last=False)
        who, line = lines.popitem(last=False)
        line.popleft().called.set()
        if line:
            lines[who] = line  # Back to the end: the others come first.
        if lines:
            self._lines[workspace] = lines

    def _make_room(self, arriving: _Waiting) -> None:
        """Take the newest request from the longest line, unless the arriving one's line is as long."""
        if not self._lines:
            raise self._full()
        longest = max(self._lines, key=self._length)
        if self._length(longest) <= self._length(arriving.workspace):
            longest = arriving.workspace
        lines = self._lines[longest]
        who = max(lines, key=lambda one: len(lines[one]))
        if longest == arriving.workspace and len(lines[who]) <= len(lines.get(arriving.who, ())):
            raise self._too_many() if len(self._lines) + len(lines) > 2 else self._full()
        shed = lines[who][-1]
        shed.is_shed = True
        self._remove(shed)
        shed.called.set()

    def _remove(self, one: _Waiting) -> None:
        lines = self._lines[one.workspace]
        lines[one.who].remove(one)
        if not lines[one.who]:
            del lines[one.who]
        if not lines:
            del self._lines[one.workspace]

    def _length(self, workspace: str) -> int:
        return sum(len(line) for line in self._lines.get(workspace, {}).values())

    def _full(self) -> QueueFullError:
        return QueueFullError(
            f"Got a request while {self.busy} are being worked on, as many as this server takes; "
            "send it again in a second."
        )

    def _too_many(self) -> TooLongLineError:
        return TooLongLineError(
            "Got a request from a caller with the longest line while others wait as well; expected fewer at "
            "once. Send it again in a second."
        )
