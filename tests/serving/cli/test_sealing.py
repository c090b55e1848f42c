"""An operator's way with encryption: seal, rekey, backup, restore; what doctor and a server say of keys."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from serving.check import CheckState
from serving.checkup import check_up
from serving.settings import Settings
from tests.serving.cli.conftest import Run
from triage.encryption_keys import FILE
from triage.home import store_url
from triage.store import open_store
from triage.store.compact import clear_log
from triage.store.outbox import add_endpoint, list_endpoints
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

SECRET = "canary-17c9"
URL = f"https://example.org/{SECRET}"


@pytest.fixture(autouse=True)
def filled(home: Path) -> None:
    """One secret, encrypted, and tickets in the clear."""
    with closing(open_store(store_url())) as store:
        add_endpoint(store, "default", URL)
        rows = [PastTicket(Ticket(f"T-{n}", f"{SECRET} {n}")) for n in range(5)]
        put_tickets(store, "default", rows, source="test")


def keys(home: Path) -> list[str]:
    return (home / FILE).read_text().split()


def seen(home: Path) -> tuple[CheckState, str, str]:
    found = check_up(Settings.from_env({"TRIAGE_HOME": str(home)}), 1)
    one = next(one for one in found.checks if one.name == "encryption")
    return one.state, one.found, one.remedy or ""


def test_texts_are_encrypted_when_asked_for_and_no_byte_of_them_is_left(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert seen(home)[0] is CheckState.OK and "Texts of tickets are not" in seen(home)[1]
    monkeypatch.setenv("TRIAGE_ENCRYPT", "texts")
    state, found, remedy = seen(home)
    assert state is CheckState.WARNING and "5 of tickets.subject" in found and "triage store seal" in remedy
    assert run("store", "seal") == 0
    assert "Encrypted 5 rows." in capsys.readouterr().out
    assert all(SECRET.encode() not in one.read_bytes() for one in home.glob("triage.db*"))
    assert seen(home)[0] is CheckState.OK and "opens all 6 encrypted values" in seen(home)[1]


def test_the_way_back_leaves_texts_in_the_clear_and_doctor_tells_half_of_it(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    run("keys", "create", "--role", "admin", "--name", "me")
    monkeypatch.setenv("TRIAGE_ENCRYPT", "texts")
    run("store", "seal")
    assert run("store", "unseal") == 1
    assert "Got $TRIAGE_ENCRYPT=texts" in capsys.readouterr().err
    monkeypatch.delenv("TRIAGE_ENCRYPT")
    with closing(open_store(store_url())) as store:
        put_tickets(store, "default", [PastTicket(Ticket("T-0", f"{SECRET} 0"))], source="test")
    state, found, remedy = seen(home)
    assert state is CheckState.WARNING and "4 of tickets.subject (1 in the clear)" in found
    assert "triage store unseal" in remedy and "TRIAGE_ENCRYPT=texts" in remedy

    assert run("store", "unseal") == 0
    told = capsys.readouterr().out
    assert "Put 4 rows into the clear." in told and "Encrypted meanwhile" not in told
    assert seen(home)[0] is CheckState.OK and "opens all 1 encrypted values" in seen(home)[1]
    assert run("audit", "export", str(home / "log.jsonl")) == 0
    assert "unseal_texts" in (home / "log.jsonl").read_text()
    with closing(open_store(store_url())) as store:
        assert list_endpoints(store, "default")[0].url == URL


def test_a_new_key_is_first_and_the_log_tells_of_it(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    (before,) = keys(home)
    run("keys", "create", "--role", "admin", "--name", "me")
    assert run("store", "rekey", "--compact") == 0
    told = capsys.readouterr().out
    assert "Encrypted 1 rows." in told and "Nothing here needs" in told
    assert keys(home)[1:] == [before] and before not in told
    assert run("audit", "export", str(home / "log.jsonl")) == 0
    assert "make_encryption_key" in (home / "log.jsonl").read_text()
    with closing(open_store(store_url())) as store:
        assert list_endpoints(store, "default")[0].url == URL
        assert clear_log(store)


def test_what_a_key_added_by_hand_has_not_sealed_yet_is_told(home: Path):
    (before,) = keys(home)
    (home / FILE).write_text(f"{'11' * 32}\n{before}\n")
    state, found, remedy = seen(home)
    assert state is CheckState.WARNING and "1 values are still encrypted" in found and "seal" in remedy


def test_a_key_that_others_can_read_is_told(home: Path):
    (home / FILE).chmod(0o644)
    state, found, remedy = seen(home)
    assert state is CheckState.WARNING and "read by others" in found and "chmod 600" in remedy


def test_without_the_key_neither_server_nor_worker_starts_and_doctor_says_why(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    (home / FILE).write_text("22" * 32)
    state, found, remedy = seen(home)
    assert state is CheckState.FAILED and "1 values are encrypted with" in found and "Put that key" in remedy
    for command in ("serve", "worker", "up"):
        assert run(command) == 1
        told = capsys.readouterr().err
        assert "Got something encrypted with key" in told and "Traceback" not in told
    (home / FILE).unlink()
    for command in ("seal", "rekey", "unseal"):
        assert run("store", command) == 1
    capsys.readouterr()
    monkeypatch.setenv("TRIAGE_WEBHOOK_HOSTS", "example.org")
    assert run("sla", "endpoints", "add", URL) == 1
    assert "no new key was made" in capsys.readouterr().err
    assert not (home / FILE).exists()


def test_a_changed_value_fails_the_checkup(home: Path):
    with closing(open_store(store_url())) as store, store.writing("default") as connection:
        connection.exec_driver_sql("UPDATE webhook_endpoints SET endpoint_id = 'moved'")
    assert seen(home)[0] is CheckState.FAILED and "changed or moved" in seen(home)[1]


def test_a_backup_says_which_key_it_needs_and_a_drill_gets_it(
    home: Path,
    run: Run,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    file, drill = tmp_path / "one.backup", tmp_path / "drill"
    assert run("backup", str(file)) == 0
    assert f"keep a copy of {home / FILE}, apart" in capsys.readouterr().out
    assert keys(home)[0].encode() not in file.read_bytes()
    assert run("restore", str(file), "--home", str(drill)) == 0
    assert keys(drill) == keys(home) and (drill / FILE).stat().st_mode & 0o777 == 0o600
    (home / FILE).write_text("22" * 32)
    capsys.readouterr()
    assert run("restore", str(file), "--check") == 0
    assert "needs the encryption key" in capsys.readouterr().out
    assert run("restore", str(file), "--replace") == 1
    assert "--without-keys" in capsys.readouterr().err and not [*home.glob("triage.db.before-*")]
    assert run("restore", str(file), "--replace", "--without-keys", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["sealed_by"]) == 1
    monkeypatch.setenv("TRIAGE_HOME", str(drill))
    with closing(open_store(store_url())) as store:
        assert list_endpoints(store, "default")[0].url == URL
