import io
import json
from pathlib import Path

import pytest

from serving.passwords import Passwords
from serving.people import let_in
from tests.serving.cli.conftest import Run
from triage.errors import UnauthenticatedError
from triage.store import Store, open_store


@pytest.fixture
def store(home: Path):
    opened = open_store(f"sqlite:///{home / 'triage.db'}")
    yield opened
    opened.close()


def test_a_person_is_added_listed_changed_disabled_and_let_in_again(
    home: Path, run: Run, store: Store, capsys: pytest.CaptureFixture[str]
):
    assert run("users", "add", "dana", "--role", "agent", "-w", "acme", "--team", "web", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert let_in(store, Passwords(), "dana", made["password"]).role == "agent"
    assert run("users", "list", "--json") == 0
    listed = capsys.readouterr().out
    assert json.loads(listed)["users"][0]["teams"] == ["web"] and made["password"] not in listed

    assert run("users", "role", "dana", "--role", "lead", "-w", "acme") == 0
    user = let_in(store, Passwords(), "dana", made["password"])
    assert (user.role, user.teams, user.session) == ("lead", None, 2)
    assert run("users", "disable", "dana", "-w", "acme") == 0
    with pytest.raises(UnauthenticatedError):
        let_in(store, Passwords(), "dana", made["password"])
    assert run("users", "enable", "dana", "-w", "acme") == 0
    assert let_in(store, Passwords(), "dana", made["password"]).session == 4
    assert run("users", "list") == 0
    assert "lead" in capsys.readouterr().out

    assert run("audit", "verify", "--json") == 0
    assert json.loads(capsys.readouterr().out)["logs"][0]["entries"] == 4


def test_a_password_from_standard_input_is_not_printed(
    home: Path, run: Run, store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert run("users", "add", "dana", "--role", "admin", "--stdin") == 0
    captured = capsys.readouterr()
    assert captured.out == "" and "battery" not in captured.err
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert run("users", "password", "dana", "--stdin") == 1
    assert "12 to" in capsys.readouterr().err
    assert run("users", "password", "dana") == 0
    made = capsys.readouterr().out.strip()
    assert let_in(store, Passwords(), "dana", made).name == "dana"


def test_nobody_of_that_name_and_no_such_role(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("users", "disable", "nobody") == 1
    assert "users list" in capsys.readouterr().err
    assert run("users", "add", "dana", "--role", "king") == 2
    assert run("users", "add", "dana", "--role", "agent", "--elsewhere") == 0
    assert run("users", "add", "dana", "--role", "agent") == 1
