import json
import os
from pathlib import Path

import pytest

from tests.serving.cli.conftest import Run
from tests.serving.fakes import promote_fake


def test_the_drill_back_up_look_restore_elsewhere_and_find_everything_there(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    promote_fake(home, "v1", "default")
    run("keys", "create", "--role", "admin", "--name", "me")
    run("policy", "set", "--kill-switch")
    file = tmp_path / "away" / "one.backup"
    assert run("backup", str(file)) == 0
    assert "1 models" in capsys.readouterr().out
    assert run("audit", "verify", "--json") == 0
    assert json.loads(capsys.readouterr().out)["logs"][0]["entries"] == 3  # The key, the switch, the backup.
    assert run("restore", str(file), "--check") == 0
    assert "is whole" in capsys.readouterr().out
    assert run("backup", str(file)) == 1
    assert "exists" in capsys.readouterr().err

    drill = tmp_path / "drill"
    assert run("restore", str(file), "--home", str(drill), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["bundles"] == ["default/v1"] and told["rows"]["api_keys"] == 1
    assert os.stat(drill / "signing.key").st_mode & 0o777 == 0o600

    assert os.environ["TRIAGE_HOME"] == str(home)
    monkeypatch.setenv("TRIAGE_HOME", str(drill))
    assert run("policy", "show", "--json") == 0
    assert json.loads(capsys.readouterr().out)["kill_switch"] is True
    assert run("models", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["champion"] == "v1"
    assert run("audit", "verify") == 0


def test_a_restore_over_what_is_there_has_to_be_meant(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    run("backup", str(tmp_path / "one.backup"))
    run("policy", "set", "--kill-switch")
    capsys.readouterr()
    assert run("restore", str(tmp_path / "one.backup")) == 1
    assert "--replace" in capsys.readouterr().err
    assert run("restore", str(tmp_path / "one.backup"), "--replace") == 0
    capsys.readouterr()
    run("policy", "show", "--json")
    assert json.loads(capsys.readouterr().out)["kill_switch"] is False
    assert [*home.glob("triage.db.before-*")]


def test_what_is_no_backup_is_one_plain_line(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    (home / "wrong").write_text("nonsense")
    for name in ("wrong", "missing"):
        assert run("restore", str(home / name)) == 1
        message = capsys.readouterr().err
        assert message.startswith("triage: ") and message.count("\n") == 1
