"""The log in the store: whoever changes it behind our back is noticed (T29)."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DBAPIError

from triage.audit import GENESIS, AuditEntry
from triage.store import Store
from triage.store.audit import AuditLog
from triage.store.scope import Across

KEY = b"k" * 32
NOON = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


def entry(action: str = "replace_policy", **more) -> AuditEntry:
    return AuditEntry(NOON, "user:dana", "admin", action, **more)


@pytest.fixture
def log(store: Store) -> AuditLog:
    made = AuditLog(store, KEY)
    for number in range(6):
        made.record(
            "acme", [entry(object=f"o/{number}", after_hash="1" * 64, facts={"n": number, "é": True})]
        )
    made.record("other", [entry(), entry("promote_model", object="model/v1")])
    return made


def test_what_was_written_is_read_and_holds(log: AuditLog):
    page = log.read("acme", after=1, limit=2)
    assert [one.seq for one in page] == [2, 3]
    assert page[0].entry == entry(object="o/1", after_hash="1" * 64, facts={"n": 1, "é": True})
    assert [one.seq for one in log.read("other", action="promote_model")] == [2]
    assert [one.seq for one in log.read("acme", object="o/4")] == [5]
    assert log.last_digest("acme", "o/4") == "1" * 64 and log.last_digest("acme", "nothing") is None
    assert log.workspaces() == ["acme", "other"]
    assert log.head("acme").seq == 6 and log.head("nobody").hash == GENESIS
    verified = log.verify("acme", [log.head("acme"), log.head("other")])
    assert (verified.entries, verified.problem) == (6, None)


def test_an_entry_stands_or_falls_with_what_it_tells(store: Store, log: AuditLog):
    with pytest.raises(ZeroDivisionError), store.writing(Across.OPERATOR):
        log.record("acme", [entry()])
        _ = 1 / 0
    assert log.head("acme").seq == 6
    assert log.verify("acme").problem is None


def test_it_cannot_be_changed_or_deleted_by_mistake(store: Store, log: AuditLog):
    for statement in (
        "UPDATE audit_log SET actor = 'x' WHERE seq = 2",
        "DELETE FROM audit_log WHERE seq = 2",
    ):
        with (
            pytest.raises(DBAPIError, match="only ever appended to"),
            store.writing(Across.OPERATOR) as connection,
        ):
            connection.exec_driver_sql(statement)
    assert log.verify("acme").problem is None


def without_triggers(store: Store) -> None:
    with store.writing(Across.OPERATOR) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP TRIGGER audit_log_appends ON audit_log")
        else:
            connection.exec_driver_sql("DROP TRIGGER audit_log_no_update")
            connection.exec_driver_sql("DROP TRIGGER audit_log_no_delete")


TAMPERED = {
    "another actor": "UPDATE audit_log SET actor = 'user:eve' WHERE workspace = 'acme' AND seq = 3",
    "another time": "UPDATE audit_log SET at = '2026-01-01 12:00:01' WHERE workspace = 'acme' AND seq = 3",
    "other facts": "UPDATE audit_log SET facts = '{}' WHERE workspace = 'acme' AND seq = 3",
    "another digest": "UPDATE audit_log SET after_hash = NULL WHERE workspace = 'acme' AND seq = 3",
    "another seal": "UPDATE audit_log SET hash = prev_hash WHERE workspace = 'acme' AND seq = 3",
    "taken out": "DELETE FROM audit_log WHERE workspace = 'acme' AND seq = 3",
    "first taken out": "DELETE FROM audit_log WHERE workspace = 'acme' AND seq = 1",
    "last taken out": "DELETE FROM audit_log WHERE workspace = 'acme' AND seq = 6",
    "all taken out": "DELETE FROM audit_log WHERE workspace = 'acme'",
    "put elsewhere": "UPDATE audit_log SET workspace = 'third' WHERE workspace = 'acme' AND seq = 6",
    "head put forward": "UPDATE audit_heads SET seq = 7 WHERE workspace = 'acme'",
    "head put back": "UPDATE audit_heads SET seq = 3 WHERE workspace = 'acme'",
    "head lost": "DELETE FROM audit_heads WHERE workspace = 'acme'",
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_change_behind_our_back_is_found(store: Store, owned_store: Store, log: AuditLog, name: str):
    without_triggers(owned_store)
    with store.writing(Across.OPERATOR) as connection:
        connection.exec_driver_sql(TAMPERED[name])
    assert log.verify("acme").problem is not None
    assert log.verify("other").problem is None


def test_cutting_off_the_end_with_the_head_is_found_by_an_anchor_only(
    store: Store, owned_store: Store, log: AuditLog
):
    anchors = [log.head("acme")]
    without_triggers(owned_store)
    with store.writing(Across.OPERATOR) as connection:
        connection.exec_driver_sql("DELETE FROM audit_log WHERE workspace = 'acme' AND seq > 4")
        last = connection.exec_driver_sql("SELECT hash FROM audit_log WHERE workspace = 'acme' AND seq = 4")
        sealed = last.scalar_one()
        connection.exec_driver_sql(
            f"UPDATE audit_heads SET seq = 4, hash = '{sealed}' WHERE workspace = 'acme'"
        )
    assert log.verify("acme").problem is None
    assert "cut off" in str(log.verify("acme", anchors).problem)
    # Whoever goes on writing over the gap is found as well.
    log.record("acme", [entry(), entry(), entry()])
    assert "written anew" in str(log.verify("acme", anchors).problem)


def test_a_log_that_was_lost_altogether_is_found_by_an_anchor(
    store: Store, owned_store: Store, log: AuditLog
):
    anchors = [log.head("acme")]
    without_triggers(owned_store)
    with store.writing(Across.OPERATOR) as connection:
        connection.exec_driver_sql("DELETE FROM audit_log WHERE workspace = 'acme'")
        connection.exec_driver_sql("DELETE FROM audit_heads WHERE workspace = 'acme'")
    assert log.verify("acme", anchors).problem is not None


def test_two_hundred_edits_two_hundred_found(sqlite_store: Store):
    log = AuditLog(sqlite_store, KEY)
    log.record("acme", [entry(facts={"n": number}) for number in range(200)])
    without_triggers(sqlite_store)
    found = 0
    for seq in range(1, 201):
        with sqlite_store.writing(Across.OPERATOR) as connection:
            connection.exec_driver_sql(f"UPDATE audit_log SET role = 'x' WHERE seq = {seq}")
        found += f"Entry {seq} " in str(log.verify("acme").problem)
        with sqlite_store.writing(Across.OPERATOR) as connection:
            connection.exec_driver_sql(f"UPDATE audit_log SET role = 'admin' WHERE seq = {seq}")
    assert found == 200
    assert log.verify("acme").problem is None


def test_writers_at_once_make_one_chain(store: Store, log: AuditLog):
    failures: list[Exception] = []

    def repeat(do: Callable[[], None]) -> None:
        try:
            for _ in range(15):
                do()
        except Exception as error:
            failures.append(error)

    threads = [
        threading.Thread(target=repeat, args=(lambda one=name: log.record(one, [entry(), entry()]),))
        for name in ("acme", "acme", "other")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (log.head("acme").seq, log.head("other").seq) == (66, 32)
    assert log.verify("acme").problem is None and log.verify("other").problem is None
