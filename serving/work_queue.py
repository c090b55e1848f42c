"""Blocking work beside the event loop: a few threads, a short queue, and a plain no when it is full."""

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from triage.errors import UnavailableError

__all__ = ["WorkQueue"]

Result = TypeVar("Result")


class WorkQueue:
    """Runs functions in threads of their own, so many at a time, so many waiting.

    Parameters
    ----------
    threads : int
        Functions that run side by side.
    waiting : int
        Functions that may wait for their turn; more are refused at once, so that whoever asks can try
        elsewhere or later.
    """

    def __init__(self, threads: int, waiting: int) -> None:
        self.threads = threads
        self.waiting = waiting
        self.busy = 0
        self._limiter: anyio.CapacityLimiter | None = None

    async def run(self, function: Callable[[], Result]) -> Result:
        """Run a function in a thread and return what it returns.

        Raises
        ------
        UnavailableError
            If all threads are busy and the queue is full.
        """
        if self.busy >= self.threads + self.waiting:
            raise UnavailableError(
                f"Got a request while {self.busy} are being worked on, as many as this server takes; "
                "send it again in a second."
            )
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self.threads)
        self.busy += 1
        try:
            return await anyio.to_thread.run_sync(function, limiter=self._limiter)
        finally:
            self.busy -= 1
