import json
from pathlib import Path

import pytest

from serving.auth import authenticate
from tests.serving.cli.conftest import Run
from triage.errors import UnauthenticatedError
from triage.store import open_store


def test_a_key_is_made_listed_and_revoked(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    assert (
        run("keys", "create", "--role", "agent", "--name", "desk", "-w", "acme", "--days", "3", "--json") == 0
    )
    made = json.loads(capsys.readouterr().out)
    store = open_store(f"sqlite:///{home / 'triage.db'}")
    assert authenticate(store, made["token"]).workspace == "acme"

    assert run("keys", "list", "--json") == 0
    listed = capsys.readouterr().out
    assert [one["name"] for one in json.loads(listed)["keys"]] == ["desk"]
    assert made["token"].split("_", 2)[2] not in listed

    assert run("keys", "revoke", made["key"]["key_id"]) == 0
    with pytest.raises(UnauthenticatedError):
        authenticate(store, made["token"])
    assert run("keys", "list") == 0
    assert "revoked" in capsys.readouterr().out
    store.close()


def test_the_token_alone_is_on_standard_output(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    run("keys", "create", "--role", "admin", "--name", "me")
    captured = capsys.readouterr()
    assert captured.out.startswith("tk_") and len(captured.out.split()) == 1
    assert "not shown again" in captured.err


def test_a_limited_key_is_listed_with_its_limit(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("keys", "create", "--role", "service", "--name", "shop", "--per-minute", "600", "--json") == 0
    assert json.loads(capsys.readouterr().out)["key"]["per_minute"] == 600
    assert run("keys", "list") == 0
    assert "600" in capsys.readouterr().out
    assert run("keys", "create", "--role", "service", "--name", "shop", "--per-minute", "0") == 2


def test_a_key_that_does_not_exist_cannot_be_revoked(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
):
    assert run("keys", "revoke", "nothing") == 1
    assert "keys list" in capsys.readouterr().err


def test_a_role_that_does_not_exist_is_wrong_usage(home: Path, run: Run):
    assert run("keys", "create", "--role", "king", "--name", "me") == 2


def test_a_store_that_cannot_be_opened_is_one_plain_line(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    (home / "broken.db").write_text("this is no database" * 100)
    monkeypatch.setenv("TRIAGE_STORE", f"sqlite:///{home / 'broken.db'}")
    assert run("keys", "list") == 1
    message = capsys.readouterr().err
    assert message.startswith("triage: ") and message.count("\n") == 1 and "doctor" in message
