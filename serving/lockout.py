"""Refusing those who guess: too many wrong keys or passwords from one place, and it has to wait.

Counts in the memory of one server process; with several workers each counts its part of the allowance.
Bounded: the oldest counts are forgotten when there are too many.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from triage.errors import TooManyRequestsError

__all__ = ["MOST_WRONG", "Lockout"]

MOST_WRONG = 20
"""Wrong tries in a row from one place, over all workers, before it has to wait."""
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 3600.0
FORGOTTEN_AFTER_S = 900.0
MOST_PLACES = 10_000


@dataclass(slots=True)
class _Count:
    wrong: int
    last: float
    locked_until: float = 0.0
    wait_s: float = FIRST_WAIT_S


class Lockout:
    """Counts wrong tries by place: an address, or an address and what it tries to open.

    Parameters
    ----------
    allowed : int, default=20
        Wrong tries before the place has to wait; a right one begins anew. The wait is 30 s at first and
        doubles up to an hour with each further wrong try.
    clock : callable, default=time.monotonic
        Seconds.
    """

    def __init__(self, allowed: int = MOST_WRONG, clock: Callable[[], float] = time.monotonic) -> None:
        self.allowed = allowed
        self._clock = clock
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._turn = threading.Lock()

    def check(self, place: str) -> None:
        """See whether a place may try.

        Raises
        ------
        TooManyRequestsError
            If it has to wait; says for how long.
        """
        with self._turn:
            count = self._counts.get(place)
            left = 0.0 if count is None else count.locked_until - self._clock()
        if left > 0:
            raise TooManyRequestsError(
                f"Got another try after {self.allowed} wrong ones; expected a pause of {left:.0f} seconds "
                "first. Check the key or the password meanwhile.",
                retry_after_s=max(1, round(left + 0.5)),
            )

    def note_wrong(self, place: str) -> bool:
        """Count a wrong try; tell whether it was the one that locks."""
        now = self._clock()
        with self._turn:
            count = self._counts.get(place)
            if count is None or (now - count.last > FORGOTTEN_AFTER_S and now > count.locked_until):
                count = self._counts[place] = _Count(0, now)
            self._counts.move_to_end(place)
            count.wrong, count.last = count.wrong + 1, now
            is_locking = count.wrong >= self.allowed
            if is_locking:
                count.locked_until = now + count.wait_s
                count.wait_s = min(LONGEST_WAIT_S, count.wait_s * 2)
            while len(self._counts) > MOST_PLACES:
                self._counts.popitem(last=False)
        return is_locking

    def note_right(self, place: str) -> None:
        """Begin the count of a place anew; a wait that it has to keep goes on."""
        with self._turn:
            count = self._counts.get(place)
            if count is not None and count.locked_until <= self._clock():
                del self._counts[place]
