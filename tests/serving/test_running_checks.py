"""Each check of a running installation, and what makes it speak up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import joblib
import numpy as np
import pytest
from sqlalchemy import text

from serving.check import Check, CheckState
from serving.running_checks import running_checks
from serving.settings import Settings
from tests.serving.fakes import FakeModel, promote_fake
from tests.serving.test_drift_watch import store_decisions
from tests.triage.test_live_drift import documents, reference
from triage.audit import AuditEntry
from triage.bundle import Manifest, seal
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import Store, open_store
from triage.store.audit import AuditLog
from triage.store.runs import ask_for_run, start_run
from triage.store.scope import Across
from triage.store.worker_slots import take_slot
from triage.taxonomy import Taxonomy

NOW = datetime.now(UTC)


@pytest.fixture
def settings(tmp_path: Path, empty_sqlite: bytes, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("TRIAGE_SIGNING_KEY", raising=False)
    (tmp_path / "triage.db").write_bytes(empty_sqlite)
    signing_key({"TRIAGE_HOME": str(tmp_path)})
    found = Settings.from_env({"TRIAGE_HOME": str(tmp_path)})
    return replace(found, audit_anchor=tmp_path / "elsewhere" / "anchors.jsonl")


@pytest.fixture
def opened(settings: Settings) -> Iterator[Store]:
    store = open_store(settings.store_url)
    yield store
    store.close()


def log_of(settings: Settings, store: Store) -> AuditLog:
    return AuditLog(store, signing_key({"TRIAGE_HOME": str(settings.home)}))


def note(settings: Settings, store: Store, action: str = "replace_policy", at: datetime = NOW) -> None:
    log_of(settings, store).record("acme", [AuditEntry(at, "user:ada", "admin", action)])


def anchor(settings: Settings, store: Store, age: timedelta = timedelta()) -> None:
    head = replace(log_of(settings, store).head("acme"), at=NOW - age)
    settings.audit_anchor.parent.mkdir(exist_ok=True)
    with settings.audit_anchor.open("a") as file:
        file.write(head.to_line() + "\n")


def look(settings: Settings, name: str) -> Check:
    return next(one for one in running_checks(settings) if one.name == name)


def told(settings: Settings, name: str) -> tuple[str, str]:
    one = look(settings, name)
    assert (one.remedy is None) == (one.state is CheckState.OK)
    return one.state.value, one.found


def change(store: Store, statement: str, **values) -> None:
    with store.writing(Across.OPERATOR) as connection:
        connection.execute(text(statement), values)


def test_a_clock_that_stands_before_what_was_done_is_told(settings: Settings, opened: Store):
    note(settings, opened)
    assert told(settings, "clock")[0] == "ok"
    note(settings, opened, at=NOW + timedelta(days=1))
    state, found = told(settings, "clock")
    assert state == "failed" and "something was done at" in found


def test_an_audit_log_that_was_changed_or_cut_off_is_told(settings: Settings, opened: Store):
    for _ in range(3):
        note(settings, opened)
    anchor(settings, opened)
    assert told(settings, "audit log") == (
        "ok",
        "3 entries of 1 workspaces hold, 1 heads kept elsewhere agree.",
    )
    for (name,) in _triggers(opened):
        change(opened, f"DROP TRIGGER {name}")
    change(opened, "UPDATE audit_log SET actor = 'user:eve' WHERE seq = 2")
    assert told(settings, "audit log")[0] == "failed"
    change(opened, "UPDATE audit_log SET actor = 'user:ada' WHERE seq = 2")
    assert told(settings, "audit log")[0] == "ok"
    change(opened, "DELETE FROM audit_log WHERE seq = 3")
    change(opened, "UPDATE audit_heads SET seq = 2, hash = (SELECT hash FROM audit_log WHERE seq = 2)")
    state, found = told(settings, "audit log")
    assert state == "failed" and "was cut off" in found
    assert told(replace(settings, audit_anchor=None), "audit log")[0] == "warning"  # Nothing else could tell.


def _triggers(store: Store) -> list:
    with store.reading(Across.OPERATOR) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'"
        return list(connection.execute(text(query)))


def test_anchors_that_are_not_written_any_more_are_told(settings: Settings, opened: Store):
    note(settings, opened)
    state, found = told(settings, "audit log")
    assert state == "warning" and found.endswith("never.")
    anchor(settings, opened, age=timedelta(hours=4))
    assert told(settings, "audit log")[0] == "warning"
    settings.audit_anchor.write_text("not an anchor\n")
    assert told(settings, "audit log")[0] == "failed"


def test_a_missing_and_an_old_backup_are_told(settings: Settings, opened: Store):
    assert told(settings, "backup")[0] == "ok"
    note(settings, opened)
    assert told(settings, "backup") == ("warning", "None was ever made.")
    note(settings, opened, "create_backup", NOW - timedelta(days=8))
    assert told(settings, "backup") == ("warning", "The last one is 8 days old.")
    note(settings, opened, "create_backup")
    assert told(settings, "backup")[0] == "ok"


def test_a_run_that_waits_or_stands_still_is_told(settings: Settings, opened: Store):
    run = ask_for_run(opened, "acme", "train", {}, "ada")
    assert told(settings, "queue")[0] == "ok"
    change(opened, "UPDATE runs SET created_at = :at", at=(NOW - timedelta(hours=1)).isoformat(" "))
    assert look(settings, "queue").remedy == "Start a `triage worker`."
    slot = take_slot(opened)
    assert "one run at a time" in look(settings, "queue").remedy
    slot.release()
    start_run(opened, run.run_id)
    assert told(settings, "queue")[0] == "ok"
    change(opened, "UPDATE runs SET updated_at = :at", at=(NOW - timedelta(hours=2)).isoformat(" "))
    state, found = told(settings, "queue")
    assert state == "warning" and "has not moved" in found


def test_messages_that_nobody_sends_are_told(settings: Settings, opened: Store):
    change(
        opened,
        "INSERT INTO webhook_endpoints (endpoint_id, workspace, url, created_at) "
        "VALUES ('e1', 'acme', 'https://x', :at)",
        at=NOW.isoformat(" "),
    )
    change(
        opened,
        "INSERT INTO outbox (message_id, workspace, endpoint_id, kind, body, created_at, attempts, "
        "next_attempt_at) VALUES ('m1', 'acme', 'e1', 'breach', '{}', :at, 0, :at)",
        at=(NOW - timedelta(hours=2)).isoformat(" "),
    )
    assert told(settings, "queue") == ("warning", "1 messages wait to be sent.")


def test_drift_of_the_champion_is_told(settings: Settings, opened: Store):
    random = np.random.default_rng(0)
    _champion(settings, {"reference": reference(random)})
    assert "Too few" in told(settings, "drift of acme")[1]
    store_decisions(opened, "acme", documents(random, 400))
    assert told(settings, "drift of acme")[0] == "ok"
    change(opened, "DELETE FROM decisions")
    store_decisions(opened, "acme", documents(random, 400, shift=0.3))
    assert told(settings, "drift of acme") == (
        "warning",
        "Moved beyond chance, twice in a row: confidence of team.",
    )


def test_a_store_that_is_not_up_to_date_is_left_to_its_own_check(settings: Settings, opened: Store):
    promote_fake(settings.home, "v1")
    change(opened, "UPDATE alembic_version SET version_num = '0001'")
    assert running_checks(settings) == []


def _champion(settings: Settings, training: dict) -> None:
    draft = settings.models / ".draft"
    draft.mkdir(parents=True)
    joblib.dump(FakeModel(), draft / "model.joblib")
    manifest = Manifest("v1", NOW, {}, Taxonomy({}), 1, "0" * 64, training)
    target = settings.models / "acme" / "v1"
    target.parent.mkdir(parents=True)
    seal(draft, target, manifest, signing_key({"TRIAGE_HOME": str(settings.home)}))
    Registry(settings.models).promote("acme", "v1")
