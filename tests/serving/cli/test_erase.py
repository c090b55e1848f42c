import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from serving.checkup import CheckState, check_up
from serving.settings import Settings
from tests.serving.cli.conftest import Run
from tests.serving.fakes import promote_fake
from triage.policy import Policy
from triage.privacy import Kept, PrivacyPolicy
from triage.signing import signing_key
from triage.store import open_store
from triage.store.audit import AuditLog
from triage.store.erasures import erased_after
from triage.store.policies import write_policy
from triage.store.tickets import count_tickets, get_tickets, put_tickets
from triage.ticket import PastTicket, Ticket

CANARY = "quokka4711"


@pytest.fixture
def url(home: Path) -> str:
    """Of a store with a ticket each of ada and bob, closed long ago."""
    url = f"sqlite:///{home / 'triage.db'}"
    store = open_store(url)
    old = datetime.now(UTC) - timedelta(days=400)
    tickets = [
        Ticket("T-1", CANARY, CANARY * 2_000, old, "ada"),
        Ticket("T-2", "vpn", "vpn", old, "bob"),
    ]
    put_tickets(store, "default", [PastTicket(one, closed_at=old) for one in tickets], source="x")
    write_policy(store, "default", Policy(privacy=PrivacyPolicy({Kept.TICKETS: 365})), "dana")
    store.close()
    return url


def holds(home: Path) -> bool:
    return any(CANARY.encode() in path.read_bytes() for path in home.glob("triage.db*"))


@pytest.mark.parametrize(
    "what", [("--ticket", "T-1"), ("--requester", "ADA"), ("--ticket", "T-1", "--compact")]
)
def test_the_file_of_the_store_holds_nothing_any_more(
    home: Path, url: str, run: Run, capsys: pytest.CaptureFixture[str], what: tuple[str, ...]
):
    assert holds(home)
    assert run("erase", *what, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["tickets"] == 1 and told["rows"]["tickets"] == 1
    assert not holds(home)
    store = open_store(url)
    assert count_tickets(store, "default") == 1
    (entry,) = [one.entry for one in AuditLog(store, signing_key()).entries("default")]
    assert entry.object == f"erasure/{told['erasure_id']}" and entry.facts["rows"] == told["rows"]
    store.close()


def test_a_store_from_before_this_version_is_rewritten_once(
    home: Path, url: str, run: Run, capsys: pytest.CaptureFixture[str]
):
    import sqlite3

    raw = sqlite3.connect(home / "triage.db")
    raw.execute("PRAGMA secure_delete=OFF")
    raw.execute("PRAGMA user_version=0")
    raw.execute("UPDATE tickets SET body = 'short' WHERE ticket_id = 'T-1'")
    raw.execute("UPDATE tickets SET subject = 'short' WHERE ticket_id = 'T-1'")
    raw.commit()
    raw.close()
    assert holds(home)
    assert run("erase", "--ticket", "T-1") == 0
    assert "is gone" in capsys.readouterr().out.replace("are gone", "is gone")
    assert not holds(home)


def test_somebody_has_to_be_named(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("erase") == 1
    assert "--requester" in capsys.readouterr().err


def test_models_and_doctor_say_what_learnt_from_it_and_by_when_to_train(
    home: Path, url: str, run: Run, capsys: pytest.CaptureFixture[str]
):
    promote_fake(home, "v1", "default")
    run("erase", "--ticket", "T-1")
    assert "Model v1 (champion) learnt from what was erased" in capsys.readouterr().out
    run("models", "list")
    assert "perhaps" in capsys.readouterr().out
    found = {one.name: one for one in check_up(Settings.from_env(), 1).checks}
    check = found["erasures of default"]
    assert check.state is CheckState.WARNING and "due on" in check.found and "was due" not in check.found
    store = open_store(url)
    write_policy(store, "default", Policy(privacy=PrivacyPolicy(retrain_days=0)), "dana")
    store.close()
    found = {one.name: one for one in check_up(Settings.from_env(), 1).checks}
    assert "was due" in found["erasures of default"].found


def test_retention_says_what_is_due_and_then_removes_it(
    home: Path, url: str, run: Run, capsys: pytest.CaptureFixture[str]
):
    for dry, left in (("--dry-run", True), ("--json", False)):
        assert run("retention", dry, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert [(one["kind"], one["records"]) for one in told["overdue"]] == [("tickets", 2)]
        assert told["is_dry_run"] is holds(home) is left
    run("retention")
    assert "tickets" in capsys.readouterr().out
    run("audit", "verify")
    assert "entries hold" in capsys.readouterr().out


def test_a_restore_does_not_bring_back_what_was_erased_since(
    home: Path, url: str, run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    run("backup", str(tmp_path / "away" / "one.backup"))
    run("erase", "--requester", "ada")
    capsys.readouterr()
    assert run("restore", str(tmp_path / "away" / "one.backup"), "--replace") == 0
    assert "1 tickets of it had been erased since" in capsys.readouterr().out
    store = open_store(url)
    assert set(get_tickets(store, "default", ["T-1", "T-2"])) == {"T-2"}
    assert len(erased_after(store, "default")) == 3
    store.close()
    assert run("audit", "verify") == 0
