import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from serving.jwks import MOST_BYTES, KeySet
from tests.serving.test_oidc import JWKS
from triage.errors import UnavailableError


@pytest.fixture
def provider():
    """A real server of this machine: its answers by path, and how often it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/keys")
                self.end_headers()
                return
            content = {"/keys": json.dumps(JWKS).encode(), "/long": b" " * (MOST_BYTES + 10) + b"{}"}.get(
                self.path, b"<html>"
            )
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_keys_come_from_the_address_and_are_kept(provider):
    address, asked = provider
    now = [0.0]
    keys = KeySet(f"{address}/keys", clock=lambda: now[0])
    assert keys.find("one") is not None and keys.find("two") is not None
    assert asked == ["/keys"]
    for _ in range(50):  # Tokens cannot make it ask around.
        assert keys.find("unknown") is None
    assert asked == ["/keys"]
    now[0] = 61.0
    assert keys.find("unknown") is None
    assert asked == ["/keys"] * 2
    assert keys.find("shared") is None  # A shared secret is no public key.
    assert keys.find(None) is None  # Which of two?


@pytest.mark.parametrize("path", ["/moved", "/page", "/long"])
def test_a_redirect_a_page_and_too_much_are_no_keys(provider, path: str):
    address, asked = provider
    with pytest.raises(UnavailableError, match="TRIAGE_OIDC_JWKS"):
        KeySet(address + path).find("one")
    assert asked == [path]


def test_a_file_that_is_missing_is_said_so(tmp_path: Path):
    with pytest.raises(UnavailableError):
        KeySet(str(tmp_path / "missing.json")).find("one")
