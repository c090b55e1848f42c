"""The real `triage serve` in a process of its own: what it loads, that it answers, that it stops."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from serving.auth import create_key
from serving.roles import Role
from tests.ports import free_port
from tests.serving.fakes import promote_fake
from triage.store import open_store

ROOT = Path(__file__).parents[2]
NEVER = {"torch", "mlflow", "pandas", "pyarrow", "training", "sentence_transformers", "transformers"}


def ask(port: int, path: str, token: str, body: dict | None = None) -> tuple[int, dict]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.status, json.loads(answer.read())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_answers_loads_nothing_of_the_trainer_and_stops_when_told(
    tmp_path: Path, empty_sqlite: bytes, workers: int
):
    (tmp_path / "triage.db").write_bytes(empty_sqlite)
    promote_fake(tmp_path, "v1")
    store = open_store(f"sqlite:///{tmp_path / 'triage.db'}")
    token, _ = create_key(store, "acme", "test", Role.ADMIN)
    store.close()
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    environ |= {"TRIAGE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONPROFILEIMPORTTIME": "1"}
    log = tmp_path / "log"
    with log.open("w") as errors:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "serving.cli.main",
                "serve",
                "--port",
                str(port),
                "--workers",
                str(workers),
            ],
            env=environ,
            stderr=errors,
            cwd=ROOT,
        )
    try:
        for _ in range(1_200):
            try:
                status, ready = ask(port, "/readyz", token)
                break
            except OSError:
                assert server.poll() is None, log.read_text()[-2000:]
                time.sleep(0.1)
        assert (status, ready["status"]) == (200, "ready")
        status, decision = ask(port, "/v1/triage", token, {"subject": "vpn"})
        assert (status, decision["model_version"]) == (200, "v1")
        assert ask(port, "/v1/knowledge/search?q=vpn", token)[1] == {"articles": []}
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(120)
    assert code in (0, -signal.SIGTERM)
    said = log.read_text()
    assert said.count("model v1 answers in workspace acme") == 1  # However many processes answer by it.
    assert said.count("Application startup complete") == workers
    loaded = set(re.findall(r"^import time:.*\|\s+(\S+)$", said, re.MULTILINE))
    assert {"fastapi", "serving.model_host", "triage.engine", "features.encoder"} <= loaded
    assert {name for name in loaded if name.partition(".")[0] in NEVER} == set()


def test_a_port_that_is_taken_is_one_plain_line(tmp_path: Path):
    environ = os.environ | {"TRIAGE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = subprocess.run(
            [sys.executable, "-m", "serving.cli.main", "serve", "--port", str(other.getsockname()[1])],
            env=environ,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "--port" in done.stderr


def test_a_subcommand_imports_only_its_own_module():
    code = (
        "import sys\nfrom serving.cli.main import main\n"
        "try:\n    main(['serve', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted(name for name in sys.modules if name.startswith(('serving.', 'training', 'features'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == "['serving.cli', 'serving.cli.main', 'serving.cli.serve']"
