import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from serving.fair_loop import FairLoop

CLIENTS = 12


class Naming(asyncio.Protocol):
    """Answers whatever it is sent by the name of its loop."""

    def __init__(self, name: bytes, open_: set[asyncio.BaseTransport]) -> None:
        self.name = name
        self.open = open_

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.open.add(transport)

    def connection_lost(self, _error) -> None:
        self.open.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self.transport.write(self.name)


class Listening:
    """A loop in a thread that serves a socket, as one process of several does."""

    def __init__(self, name: bytes, listener: socket.socket, context: ssl.SSLContext | None = None) -> None:
        self.loop = FairLoop()
        self.open: set[asyncio.BaseTransport] = set()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.server = self.call(
            self.loop.create_server(lambda: Naming(name, self.open), sock=listener, ssl=context, backlog=50)
        )

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def close(self) -> None:
        async def stop() -> None:
            self.server.close()
            await self.server.wait_closed()

        self.call(stop())

    def end(self) -> None:
        """Stop once those who were connected have gone."""

        async def wait() -> None:
            while self.open:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)  # for those who were refused and are in nobody's book

        self.call(wait())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@contextmanager
def two() -> Iterator[tuple[Listening, Listening, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listener, listener.dup() as same:
        first, second = Listening(b"a", listener), Listening(b"b", same)
        try:
            yield first, second, listener.getsockname()[1]
        finally:
            for one in (first, second):
                one.close()
                one.end()


def ask(client: socket.socket) -> bytes:
    client.sendall(b"?")
    return client.recv(1)


def test_a_burst_of_connections_is_shared_by_those_who_listen():
    with two() as (_, _, port), ExitStack() as held:
        clients = [
            held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            for _ in range(CLIENTS)
        ]
        names = [ask(one) for one in clients]
        assert min(names.count(b"a"), names.count(b"b")) >= CLIENTS // 4
        assert [ask(one) for one in clients] == names  # a connection stays where it is


def test_who_has_closed_accepts_no_more_and_goes_on_with_what_it_has():
    with two() as (first, _, port), ExitStack() as held:

        def connect() -> socket.socket:
            return held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))

        before = [connect() for _ in range(CLIENTS)]
        names = [ask(one) for one in before]
        first.close()
        assert {ask(connect()) for _ in range(CLIENTS)} == {b"b"}
        assert [ask(one) for one in before] == names


def test_a_client_that_speaks_no_tls_is_left_and_others_are_taken():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        one = Listening(b"a", listener, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        try:
            for _ in range(3):  # each is answered by an alert or an end, not by silence
                with socket.create_connection(listener.getsockname(), timeout=10) as client:
                    client.sendall(b"GET / HTTP/1.1\r\n\r\n")
                    assert b"a" != client.recv(1)
        finally:
            one.close()
            one.end()


def test_a_server_of_an_address_is_the_usual_one():
    async def serve() -> bytes:
        server = await asyncio.get_running_loop().create_server(lambda: Naming(b"c", set()), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"?")
            found = await reader.read(1)
            writer.close()
            await writer.wait_closed()
        await asyncio.sleep(0.05)  # until the server has seen it
        return found

    loop = FairLoop()
    try:
        assert loop.run_until_complete(serve()) == b"c"
    finally:
        loop.close()


def test_what_is_written_goes_out_at_once():
    with two() as (first, second, port), socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        assert ask(client) in (b"a", b"b")  # so that it is connected on the other side, too
        held = [one.get_extra_info("socket") for server in (first, second) for one in server.open]
        assert [one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in held] == [1]
