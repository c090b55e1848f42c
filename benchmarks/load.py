"""A small HTTP client that costs little beside a server on the same machine: closed and open load.

Closed: so many clients, each asks again as soon as it was answered (what a server can do). Open: requests
begin at a fixed rate whatever comes back, and a request's time counts from when it was due (Tene's
"coordinated omission"), so that a stall is paid by all who would have come in it.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np

__all__ = ["Load", "closed_load", "open_load"]


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load.

    Parameters
    ----------
    seconds : float
        From the first request to the last answer.
    times : ndarray of shape (n,)
        Milliseconds of each request that was answered by 200.
    failed : int
        Requests answered otherwise or not at all.
    """

    seconds: float
    times: np.ndarray
    failed: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the milliseconds that this share of the requests (0 to 100) took at most."""
        return float(np.percentile(self.times, share)) if len(self.times) else float("nan")


class _Connection:
    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> bool:
        """Send a request and return whether it was answered by 200."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if b"transfer-encoding: chunked" in head.lower():
                while (size := int(await reader.readline(), 16)) > 0:
                    await reader.readexactly(size + 2)
                await reader.readline()
            else:
                length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
                await reader.readexactly(int(length))
        except (OSError, asyncio.IncompleteReadError, IndexError, ValueError):
            self.close()
            return False
        if b"connection: close" in head.lower():
            self.close()
        return head.split(b" ", 2)[1] == b"200"

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def closed_load(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Load:
    """Ask with so many clients at once for so long."""

    async def run() -> Load:
        given, times, failed = cycle(requests), [], 0
        start = time.perf_counter()

        async def client() -> None:
            nonlocal failed
            connection = _Connection(port)
            while time.perf_counter() - start < seconds:
                began = time.perf_counter()
                if await connection.ask(next(given)):
                    times.append(1000 * (time.perf_counter() - began))
                else:
                    failed += 1
            connection.close()

        await asyncio.gather(*(client() for _ in range(clients)))
        return Load(time.perf_counter() - start, np.array(times), failed)

    return asyncio.run(run())


def open_load(port: int, requests: Sequence[bytes], rate: float, seconds: float) -> Load:
    """Ask so many times a second, each on a connection that is free, for so long."""

    async def run() -> Load:
        free: list[_Connection] = []
        times, failed = [], 0
        start = time.perf_counter()

        async def ask(request: bytes, due: float) -> None:
            nonlocal failed
            connection = free.pop() if free else _Connection(port)
            if await connection.ask(request):
                times.append(1000 * (time.perf_counter() - due))
            else:
                failed += 1
            free.append(connection)

        waiting = []
        for place, request in zip(range(int(rate * seconds)), cycle(requests), strict=False):
            due = start + place / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            waiting.append(asyncio.create_task(ask(request, due)))
        await asyncio.gather(*waiting)
        for connection in free:
            connection.close()
        return Load(time.perf_counter() - start, np.array(times), failed)

    return asyncio.run(run())
