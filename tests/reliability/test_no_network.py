"""Nobody is called (T19): connections leaving this machine fail here, and nothing even tries."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.house import open_house
from tests.trained import KEY, Trained
from triage.registry import Registry

ROOT = Path(__file__).parents[2]
LOCAL = ("127.", "::1", "localhost", "/", "\0")
GUARD = """
import socket
really = socket.socket.connect
def connect(self, address):
    host = address if isinstance(address, (str, bytes)) else address[0]
    if self.family == socket.AF_UNIX or str(host).startswith(("127.", "::1", "localhost")):
        return really(self, address)
    with open({log!r}, "a") as file:
        file.write(f"{{address}}\\n")
    raise OSError("no network")
socket.socket.connect = connect
def lookup(host, *more, real=socket.getaddrinfo, **named):
    if host in (None, "", "localhost", "127.0.0.1", "::1", b"127.0.0.1"):
        return real(host, *more, **named)
    with open({log!r}, "a") as file:
        file.write(f"lookup {{host}}\\n")
    raise OSError("no network")
socket.getaddrinfo = lookup
"""


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list]:
    """Make every connection to elsewhere fail, in this process, and note it."""
    found: list = []
    really, real_lookup = socket.socket.connect, socket.getaddrinfo

    def connect(self, address):
        host = address if isinstance(address, str | bytes) else address[0]
        if self.family == socket.AF_UNIX or str(host).startswith(LOCAL):
            return really(self, address)
        found.append(address)
        raise OSError("no network")

    def lookup(host, *more, **named):
        if host in (None, "", "localhost", "127.0.0.1", "::1", b"127.0.0.1"):
            return real_lookup(host, *more, **named)
        found.append(host)
        raise OSError("no network")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    yield found


def test_the_guard_notices(attempts: list):
    import httpx

    with pytest.raises(httpx.ConnectError):
        httpx.get("http://192.0.2.1/", trust_env=False, timeout=2)
    with pytest.raises(httpx.ConnectError):
        httpx.get("https://huggingface.co/", trust_env=False, timeout=2)
    assert {str(one) for one in attempts} <= {"192.0.2.1", "('192.0.2.1', 80)", "huggingface.co"}
    assert len(attempts) == 2


def test_a_server_with_a_real_model_calls_nobody(
    trained: Trained, tmp_path: Path, empty_sqlite: bytes, attempts: list, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("TRIAGE_SIGNING_KEY", KEY.hex())
    (tmp_path / "house.db").write_bytes(empty_sqlite)
    target = tmp_path / "models" / "acme" / trained.manifest.version
    shutil.copytree(trained.folder, target)
    Registry(tmp_path / "models").promote("acme", trained.manifest.version)
    with open_house(tmp_path, f"sqlite:///{tmp_path / 'house.db'}", champion=None) as house:
        body = {
            "ticket_id": "T-1",
            "subject": "VPN",
            "body": "See https://huggingface.co and http://192.0.2.1/x",
        }
        asked = "/v1/triage?explain=true&similar=3&articles=3&duplicates=3&replies=3&detail=true"
        for path, given in ((asked, body), ("/v1/suggest", {"subject": "VPN drops"})):
            answer = house.client.post(path, json=given, headers=house.key("admin"))
            assert answer.status_code == 200, answer.text
        for path in ("/readyz", "/metrics", "/console/sign-in", "/v1/knowledge/search?q=vpn", "/v1/models"):
            assert house.client.get(path, headers=house.key("admin")).status_code == 200
    assert attempts == []


@pytest.mark.reliability
def test_sample_check_training_and_evaluation_call_nobody(tmp_path: Path):
    """In processes of their own, with a guard that is there before anything of ours is."""
    log, guard = tmp_path / "attempts", tmp_path / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(GUARD.format(log=str(log)))
    environ = {name: part for name, part in os.environ.items() if not name.startswith(("TRIAGE_", "HF_"))}
    environ |= {"TRIAGE_HOME": str(tmp_path / "home"), "PYTHONPATH": f"{guard}:{ROOT}"}

    def run(*words: str, code: int = 0) -> None:
        command = [sys.executable, "-m", "serving.cli.main", *words]
        done = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=900)
        assert done.returncode == code, done.stderr

    run("sample", "desk", "--tickets", "600")
    run("check", "desk/tickets.csv", "--out", "check.html")
    run(
        "train",
        "desk/tickets.csv",
        "--articles",
        "desk/articles.csv",
        "--links",
        "desk/links.csv",
        "--out",
        "b",
    )
    run("evaluate", "b", "desk/tickets.csv", "--out", "evaluation.html")
    run("forecast", "desk/tickets.csv", "--interval", "day", "--horizon", "7", "--out", "forecast.parquet")
    assert not log.exists(), log.read_text()
    probe = "import socket; socket.create_connection(('192.0.2.1', 80))"
    subprocess.run([sys.executable, "-c", probe], env=environ, capture_output=True, check=False)
    assert "192.0.2.1" in log.read_text()  # The guard was there.
