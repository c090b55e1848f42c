"""What a worker does every few seconds beside its runs, in a thread of its own."""

import logging
import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

__all__ = ["Chores", "Every"]

EVERY_S = 15.0

log = logging.getLogger(__name__)


class Every:
    """A chore that is done when it was done some time ago, else not yet.

    Parameters
    ----------
    period : timedelta
        How long to wait after each time.
    now : callable
        Tells the time.
    do : callable
        What is to be done, told the time.
    """

    def __init__(
        self, period: timedelta, now: Callable[[], datetime], do: Callable[[datetime], object]
    ) -> None:
        self._period = period
        self._now = now
        self._do = do
        self._next: datetime | None = None

    def __call__(self) -> None:
        """Do it, or do nothing yet."""
        now = self._now()
        if self._next is None or now >= self._next:
            self._next = now + self._period
            self._do(now)


class Chores:
    """Does chores in turn until told to stop; one that fails is told of and done again next time.

    Parameters
    ----------
    chores : sequence of callable
        Each safe to do twice, and by several workers at once.
    every_s : float, default=15
        Seconds between rounds.
    """

    def __init__(self, chores: Sequence[Callable[[], object]], *, every_s: float = EVERY_S) -> None:
        self.chores = chores
        self.every_s = every_s

    def start(self, stop: threading.Event) -> threading.Thread:
        """Begin in a thread, which ends with the process at the latest."""
        thread = threading.Thread(target=self._go_on, args=(stop,), name="chores", daemon=True)
        thread.start()
        return thread

    def _go_on(self, stop: threading.Event) -> None:
        while True:
            for chore in self.chores:
                try:
                    chore()
                except Exception as error:  # a database that is away for a minute must not end promises
                    # The error's own words may hold ticket text; where it happened does not.
                    where = "".join(traceback.format_tb(error.__traceback__))
                    log.error("a chore met %s\n%s", type(error).__name__, where)
            if stop.wait(self.every_s):
                return
