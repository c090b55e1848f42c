"""One command makes a working product out of an empty folder, and the second start goes on from there."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
TICKETS = 120


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up") / "home"


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@contextmanager
def up(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    words = ["up", "--home", str(home), "--port", str(port), "--tickets", str(TICKETS)]
    process = subprocess.Popen(
        [sys.executable, "-m", "serving.cli.main", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")},
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def words_until_answering(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            return said
    raise AssertionError(f"it ended without answering:\n{said}")


def call(port: int, path: str, key: str, body: dict | None = None) -> dict:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def test_an_empty_folder_becomes_a_helpdesk_that_answers_and_ctrl_c_stops_it(home: Path, port: int):
    with up(home, port) as process:
        said = words_until_answering(process)
        key = re.search(r"tk_\S+", said)[0]
        assert f"http://127.0.0.1:{port}/" in said
        assert "made up" in said and "Training: " in said
        assert (home / "up.key").read_text().strip() == key
        assert stat.S_IMODE((home / "up.key").stat().st_mode) == 0o600
        decision = call(port, "/v1/triage", key, {"subject": "VPN drops every hour", "body": "Since today."})
        assert decision["model_version"] in said
        assert {"category", "priority", "team"} <= set(decision["fields"])
        assert decision["articles"]
        for _ in range(1_200):
            forecast = call(port, "/v1/training-runs?kind=forecast", key)["runs"][0]
            if forecast["state"] not in ("queued", "running"):
                break
            time.sleep(0.1)
        assert forecast["state"] == "succeeded", forecast["problem"]
        days = call(port, "/v1/forecasts?interval=day&series=total", key)
        assert len(days["series"][0]["points"]) == 28
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate()
        assert "Stopped" in rest
        assert process.returncode == 0
    with pytest.raises(OSError):
        call(port, "/healthz", key)


def test_the_second_start_has_the_same_key_and_the_same_model_and_a_dead_worker_ends_it(
    home: Path, port: int
):
    if not (home / "up.key").exists():
        pytest.skip("the first start did not come to answer")
    first = (home / "up.key").read_text().strip()
    with up(home, port) as process:
        said = words_until_answering(process)
        assert first in said and "empty" not in said
        versions = call(port, "/v1/models", first)["models"]
        assert len(versions) == 1
        for child in children(process.pid):
            if "worker" in Path(f"/proc/{child}/cmdline").read_text().split("\0"):
                os.kill(child, signal.SIGKILL)
        rest, _ = process.communicate()
        assert "worker that ended" in rest
        assert process.returncode == 1
    with pytest.raises(OSError):
        call(port, "/healthz", first)


def children(process_id: int) -> list[int]:
    found = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    return [int(child) for child in found.split()]
