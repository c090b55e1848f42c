"""Two real servers on one store: what one is told about articles, the other knows in the next request."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from serving.auth import create_key
from serving.roles import Role
from tests.contract.test_server_process import ROOT, ask
from tests.ports import free_port
from tests.serving.fakes import promote_fake
from triage.knowledge import ArticleLink
from triage.store import open_store
from triage.store.links import put_links
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

pytestmark = pytest.mark.proof

NOW = datetime.now(UTC)
PAST = [PastTicket(Ticket(f"T-{one}", "vpn drops", created_at=NOW - timedelta(days=2))) for one in range(3)]


def serve(home: Path) -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    environ |= {"TRIAGE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "serving.cli.main", "serve", "--port", str(port)]
    with (home / f"log-{port}").open("w") as errors:
        return subprocess.Popen(command, env=environ, stderr=errors, cwd=ROOT), port


def wait_for(server: subprocess.Popen[bytes], port: int, token: str) -> None:
    for _ in range(1_200):
        try:
            assert ask(port, "/readyz", token)[0] == 200
            return
        except OSError:
            assert server.poll() is None
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)
    server.wait(120)


def found(port: int, token: str) -> list[tuple[str, float]]:
    articles = ask(port, "/v1/triage", token, {"subject": "vpn drops"})[1]["articles"]
    return [(one["article_id"], round(one["score"], 4)) for one in articles]


def ids(port: int, token: str) -> list[str]:
    return [article_id for article_id, _ in found(port, token)]


def test_articles_links_and_dismissals_count_on_every_server_and_after_a_restart(
    tmp_path: Path, empty_sqlite: bytes
):
    (tmp_path / "triage.db").write_bytes(empty_sqlite)
    promote_fake(tmp_path, "v1")
    store = open_store(f"sqlite:///{tmp_path / 'triage.db'}")
    token, _ = create_key(store, "acme", "test", Role.ADMIN)
    put_tickets(store, "acme", PAST, source="test")
    servers = [serve(tmp_path) for _ in range(2)]
    ports = [port for _, port in servers]
    try:
        for server, port in servers:
            wait_for(server, port, token)
        first, second = ports
        vpn = {"article_id": "VPN", "title": "When the vpn drops", "body": "Update the vpn client."}
        assert ask(first, "/v1/knowledge", token, vpn)[0] == 201
        assert ids(second, token) == ["VPN"]
        jam = {"article_id": "JAM", "title": "Paper jam", "body": "Open the printer."}
        assert ask(second, "/v1/knowledge", token, jam)[0] == 201
        assert ids(first, token) == ["VPN", "JAM"]

        put_links(store, "acme", [ArticleLink(one.ticket.ticket_id, "JAM") for one in PAST])
        assert [ids(port, token) for port in ports] == [["JAM", "VPN"]] * 2
        dismissed = [ArticleLink(one.ticket.ticket_id, "JAM", dismissed=True) for one in PAST[:2]]
        put_links(store, "acme", dismissed)
        put_links(store, "acme", [ArticleLink("T-0", "VPN")])
        assert [ids(port, token) for port in ports] == [["VPN", "JAM"]] * 2

        stop(servers[1][0])
        servers[1] = serve(tmp_path)
        wait_for(*servers[1], token)
        assert found(first, token) == found(servers[1][1], token)

        request = urllib.request.Request(
            f"http://127.0.0.1:{first}/v1/knowledge/VPN",
            method="DELETE",
            headers={"Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200
        assert ids(servers[1][1], token) == ["JAM"]
    finally:
        for server, _ in servers:
            stop(server)
        store.close()
