from collections.abc import Callable
from pathlib import Path

import pytest

from serving.cli.main import main

Run = Callable[..., int]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_sqlite: bytes) -> Path:
    """A home folder with an empty store, named by the environment as for an operator."""
    for name in ("TRIAGE_STORE", "TRIAGE_MODELS", "TRIAGE_SIGNING_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path))
    (tmp_path / "triage.db").write_bytes(empty_sqlite)
    return tmp_path


@pytest.fixture
def run() -> Run:
    """Runs a command as the terminal does and returns its exit code."""

    def run_command(*argv: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(argv)
        return int(ended.value.code or 0)

    return run_command
