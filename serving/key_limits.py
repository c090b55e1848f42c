"""How often a key may ask: what it took lately, over all processes of a server.

The generic cell rate algorithm (ITU-T I.371, annex A): of each key one moment is kept, the one at which all
that it took would be paid off at its rate; it may ask while that lies no further ahead than ten seconds. The
moments lie in memory that processes forked from this one share. Knows no keys and no requests.
"""

import fcntl
import hashlib
import mmap
import os
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

import numpy as np

from triage.errors import TooManyRequestsError

__all__ = ["AHEAD_S", "MOST_PER_MINUTE", "KeyLimits", "OverLimitError"]

AHEAD_S = 10.0
"""So many seconds' worth may be taken at once by who asked for nothing before; at least one request."""

MOST_PER_MINUTE = 1_000_000

PLACES = 4_096
"""Limited keys that are remembered; of more, who is nearest to having paid is forgotten."""
LOOKED_AT = 8

_PLACE = np.dtype([("key", "<u8"), ("paid", "<f8")])


class OverLimitError(TooManyRequestsError):
    """A key asks more often than it may."""


class KeyLimits:
    """Counts what limited keys ask for; to be made before processes are forked.

    Parameters
    ----------
    clock : callable, default=time.monotonic
        Seconds, the same in all processes of the machine.

    Examples
    --------
    >>> limits = KeyLimits(clock=lambda: 100.0)
    >>> for _ in range(10):
    ...     limits.take("8f3a61c09b2d4e75", 60)
    >>> limits.take("8f3a61c09b2d4e75", 60)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    serving.key_limits.OverLimitError: Got a request of a key that may ask 60 times a minute and has; ...
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._places = np.frombuffer(mmap.mmap(-1, PLACES * _PLACE.itemsize), _PLACE)
        # A lock on a file is let go when its process dies, however it does.
        with tempfile.TemporaryFile() as file:
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
        self._turn = threading.Lock()

    def take(self, key_id: str, per_minute: int) -> None:
        """Count one request.

        Parameters
        ----------
        key_id : str
            Whose.
        per_minute : int
            How many it may ask for.

        Raises
        ------
        OverLimitError
            If it asked for too many; says for how long to wait.
        """
        each = 60.0 / per_minute
        ahead = max(AHEAD_S, each)
        with self._place(key_id) as place:
            now = self._clock()
            wait = place["paid"] - now + each - ahead
            if wait <= 1e-9:
                place["paid"] = max(float(place["paid"]), now) + each
                return
        raise OverLimitError(
            f"Got a request of a key that may ask {per_minute} times a minute and has; expected none for "
            f"{wait:.1f} seconds. Wait, send fewer, or let an admin make a key with a higher limit.",
            retry_after_s=max(1, ceil(wait)),
        )

    def charge(self, key_id: str, per_minute: int, more: int) -> None:
        """Count so many more: of a request that was let through and holds several tickets."""
        if more > 0:
            with self._place(key_id) as place:
                place["paid"] = max(float(place["paid"]), self._clock()) + more * 60.0 / per_minute

    @contextmanager
    def _place(self, key_id: str) -> Iterator[np.void]:
        """Give a key's place, to nobody else meanwhile."""
        digest = hashlib.blake2b(key_id.encode("utf-8", "replace"), digest_size=8).digest()
        named = int.from_bytes(digest, "little") or 1  # 0 is an empty place.
        numbers = (named + np.arange(LOOKED_AT, dtype=np.uint64)) % np.uint64(PLACES)
        with self._turn:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                found = numbers[self._places["key"][numbers] == named]
                # Who is forgotten is let through too early, never held up for another.
                number = found[0] if len(found) else numbers[self._places["paid"][numbers].argmin()]
                if not len(found):
                    self._places[number] = (named, 0.0)
                yield self._places[number]
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
