"""Requests that are too large, too deep, too slow or broken: refused, and everybody else is answered (T9)."""

import resource
import time
from pathlib import Path

import pytest

from tests.reliability.live import Live, live

TOO = {400, 408, 413, 422, 431}


@pytest.fixture
def site(tmp_path: Path, url: str):
    with live(tmp_path, url, body_seconds=1.0, max_body_bytes=1_000_000) as running:
        yield running


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize("megabytes", [2, 20, pytest.param(100, marks=pytest.mark.reliability)])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_large_body_is_refused_in_bounded_memory(site: Live, megabytes: int, is_chunked: bool):
    before = peak_mb()
    piece = b"x" * 100_000

    def pieces():
        yield b'{"body": "'
        for _ in range(megabytes * 10):
            yield piece
        yield b'"}'

    headers = site.headers() | {"Content-Type": "application/json"}
    if not is_chunked:
        headers["Content-Length"] = str(megabytes * 1_000_000 + 12)
    with site.client() as client:
        try:
            assert client.post("/v1/triage", content=pieces(), headers=headers).status_code == 413
        except OSError:  # Refused while it was still sending, which ends the connection.
            pass
        except Exception as error:
            assert type(error).__name__ in ("WriteError", "ReadError", "RemoteProtocolError")
        assert client.get("/healthz").status_code == 200
    assert peak_mb() - before < 50


def test_a_body_that_comes_too_slowly_is_ended(site: Live):
    authorization = site.headers()["Authorization"]
    with site.connect() as connection:
        connection.sendall(
            f"POST /v1/triage HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n"
            "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{".encode()
        )
        began = time.monotonic()
        answer = b""
        while piece := connection.recv(10_000):  # Head and body may come apart; the server then hangs up.
            answer += piece
    assert b" 408 " in answer.splitlines()[0] and b"urn:triage:problem:too-slow" in answer
    assert 0.5 < time.monotonic() - began < 10


def test_a_hundred_slow_clients_keep_nobody_else_waiting(site: Live):
    connections = [site.connect() for _ in range(100)]
    try:
        for number, one in enumerate(connections):
            if number % 2:
                one.sendall(b"POST /v1/triage HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            else:
                one.sendall(b"POST /v1/triage HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        with site.client() as client:
            for path in ("/healthz", "/readyz"):
                assert client.get(path).status_code == 200
            answer = client.post("/v1/triage", json={"subject": "vpn"}, headers=site.headers())
            assert answer.status_code == 200
    finally:
        for one in connections:
            one.close()


def test_too_many_headers_and_broken_requests_are_refused(site: Live):
    many = "".join(f"X-{number}: {number}\r\n" for number in range(10_000))
    for request in (
        f"GET /v1/policy HTTP/1.1\r\nHost: x\r\n{many}\r\n",
        "GET /v1/policy HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        "GET /v1/policy HTTP/9.9\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "POST /v1/triage HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ):
        answer = site.answer_to(request.encode())
        assert not answer or int(answer.split()[1]) in TOO | {401}, request[:60]
    with site.client() as client:
        assert client.get("/readyz").status_code == 200


def test_deep_and_odd_json_is_refused(site: Live):
    headers = site.headers() | {"Content-Type": "application/json"}
    with site.client() as client:
        for content in (
            b"[" * 100_000,
            b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
            b'{"body": ' + b"9" * 50_000 + b"}",
            b'{"body": "\xff\xfe"}',
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
            b'{"custom": {"x": NaN}}',
            b'{"custom": {"x": 1e999}}',
            b'{"subject": "\\ud800"}',
            b'{"subject": "a\\u0000b"}',
            b'{"subject": "a", "subject": 5}',
            b"",
            b"null",
        ):
            answer = client.post("/v1/triage", content=content, headers=headers)
            assert answer.status_code in TOO, content[:40]
            assert answer.headers["content-type"] == "application/problem+json"
