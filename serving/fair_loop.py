"""An event loop for several processes that listen on one socket: each takes its turn at new connections.

An asyncio server accepts all that wait at once, so that the process which wakes first gets a whole burst of
connections, and keeps them, while the others idle. Here a process accepts one at a time and, the more
connections it holds, the longer it leaves the next to the others (ADR 0049).
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any

__all__ = ["FairLoop"]

REST_S = 0.0005
LONGEST_REST_S = 0.005
"""After an accepted connection, for each that is open; a client never waits longer than the longest rest,
even where every process has many."""
NO_FILES_S = 1.0
"""Rest where this process may open no more files."""

Protocols = Callable[[], asyncio.BaseProtocol]


class FairLoop(asyncio.SelectorEventLoop):
    """As its parent, but for servers of a socket that is given: others may be listening on it, too."""

    async def create_server(self, protocol_factory: Protocols, *args: Any, **options: Any) -> Any:
        """Serve; with ``sock`` fairly, of the other options ``ssl`` and ``backlog`` alone."""
        listener = options.get("sock")
        if listener is None:
            return await super().create_server(protocol_factory, *args, **options)
        return _FairServer(self, protocol_factory, listener, options.get("ssl"), options.get("backlog", 100))


class _FairServer:
    def __init__(
        self, loop: FairLoop, protocols: Protocols, listener: socket.socket, ssl: Any, backlog: int
    ) -> None:
        self.sockets = (listener,)
        self._loop = loop
        self._protocols = protocols
        self._ssl = ssl
        self._is_closed = False
        self._open: set[asyncio.BaseTransport] = set()
        self._arriving: set[asyncio.Task[None]] = set()
        listener.setblocking(False)
        listener.listen(backlog)
        self._attend()

    def close(self) -> None:
        """Accept no more; connections that there are go on."""
        self._is_closed = True
        self._loop.remove_reader(self.sockets[0])

    async def wait_closed(self) -> None:
        """Return at once: nothing is left to do here, and requests that have begun are the application's."""

    def _attend(self) -> None:
        if not self._is_closed:
            self._loop.add_reader(self.sockets[0], self._accept)

    def _accept(self) -> None:
        self._open = {one for one in self._open if not one.is_closing()}
        rest = min(LONGEST_REST_S, REST_S * (1 + len(self._open)))
        try:
            connection, _ = self.sockets[0].accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another process was quicker, or the client has gone
        except OSError:
            rest = NO_FILES_S
        else:
            connection.setblocking(False)
            _send_at_once(connection)
            arriving = self._loop.create_task(self._take_up(connection))
            self._arriving.add(arriving)
            arriving.add_done_callback(self._arriving.discard)
        self._loop.remove_reader(self.sockets[0])
        self._loop.call_later(rest, self._attend)

    async def _take_up(self, connection: socket.socket) -> None:
        # A client that has gone meanwhile, or speaks no TLS, is nobody's error but its own.
        with contextlib.suppress(OSError):
            transport, _ = await self._loop.connect_accepted_socket(
                self._protocols, connection, ssl=self._ssl
            )
            self._open.add(transport)


def _send_at_once(connection: socket.socket) -> None:
    """Have small writes sent as they come.

    asyncio does so where a socket names TCP as its protocol; one made without naming it, as uvicorn's is, and
    what it accepts, say 0. An answer's body would then wait until the client has acknowledged its head, which
    clients put off by 40 ms.
    """
    if connection.family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
