import json
from pathlib import Path

import pytest

from tests.serving.cli.conftest import Run
from triage.store import open_store
from triage.store.scope import Across


def test_what_commands_change_is_in_the_log_which_is_verified_exported_and_anchored(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    run("keys", "create", "--role", "admin", "--name", "me", "-w", "acme", "--json")
    key_id = json.loads(capsys.readouterr().out)["key"]["key_id"]
    run("policy", "set", "-w", "acme", "--kill-switch")
    run("keys", "rotate", key_id, "-w", "acme", "--hours", "1")
    run("keys", "revoke", key_id)
    anchors = tmp_path / "elsewhere" / "anchors"
    assert run("audit", "anchor", str(anchors)) == 0
    capsys.readouterr()
    assert run("audit", "verify", "--anchor", str(anchors)) == 0
    assert "acme: 4 entries hold" in capsys.readouterr().out

    assert run("audit", "export", str(tmp_path / "log.jsonl"), "-w", "acme") == 0
    told = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [one["action"] for one in told] == ["create_key", "replace_policy", "rotate_key", "revoke_key"]
    assert all(one["actor"].startswith("command:") and one["role"] == "operator" for one in told)
    assert told[1]["facts"] == {"kill_switch": True, "version": 1}

    store = open_store(f"sqlite:///{home / 'triage.db'}")
    with store.writing(Across.OPERATOR) as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_log_no_delete")
        connection.exec_driver_sql("DELETE FROM audit_log WHERE seq = 4")
        connection.exec_driver_sql(
            "UPDATE audit_heads SET seq = 3, hash = (SELECT hash FROM audit_log WHERE seq = 3)"
        )
    store.close()
    assert run("audit", "verify") == 0
    assert "can go unnoticed" in capsys.readouterr().err
    assert run("audit", "verify", "--anchor", str(anchors), "--json") == 1
    assert "cut off" in json.loads(capsys.readouterr().out)["logs"][0]["problem"]


def test_an_empty_log_and_a_file_that_is_no_anchor(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    assert run("audit", "verify") == 0
    assert "no entries yet" in capsys.readouterr().out
    (tmp_path / "wrong").write_text("nonsense\n")
    assert run("audit", "verify", "--anchor", str(tmp_path / "wrong")) == 1
    assert run("audit", "verify", "--anchor", str(tmp_path / "missing")) == 1
