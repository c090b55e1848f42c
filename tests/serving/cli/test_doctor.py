import json
from pathlib import Path

import pytest

from tests.serving.cli.conftest import Run
from tests.serving.fakes import promote_fake


def test_warnings_alone_are_a_good_end(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("doctor", "--port", "1") == 0
    shown = capsys.readouterr().out
    assert "ok       store" in shown and "-> " in shown


def test_a_failure_is_exit_code_one_and_json_says_the_same(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
):
    promote_fake(home, "v1")
    (home / "models" / "acme" / "v1" / "card.html").write_text("other")
    assert run("doctor", "--port", "1", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["is_healthy"] is False
    assert [one["name"] for one in found["checks"] if one["state"] == "failed"] == ["model of acme"]
