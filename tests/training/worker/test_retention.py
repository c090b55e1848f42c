from datetime import UTC, datetime, timedelta

from training.worker.retention import RetentionChore
from triage.policy import Policy
from triage.privacy import Kept, PrivacyPolicy
from triage.store import Store, retention
from triage.store.audit import AuditLog
from triage.store.policies import write_policy
from triage.store.tickets import count_tickets, put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = b"k" * 32


def fill(store: Store, count: int) -> None:
    ensure_workspace(store, "acme")
    policy = Policy(privacy=PrivacyPolicy({Kept.TICKETS: 30}))
    write_policy(store, "acme", policy, "dana")
    old = NOON - timedelta(days=40)
    past = [PastTicket(Ticket(f"T-{number}", created_at=old), closed_at=old) for number in range(count)]
    put_tickets(store, "acme", past, source="x")


def test_it_is_done_once_a_day_and_noted(sqlite_store: Store):
    now = [NOON]
    chore = RetentionChore(sqlite_store, KEY, lambda: now[0])
    fill(sqlite_store, 3)
    assert chore() == 3 and count_tickets(sqlite_store, "acme") == 0
    fill(sqlite_store, 2)
    assert chore() == 0
    now[0] += timedelta(days=1)
    assert chore() == 2
    log = AuditLog(sqlite_store, KEY)
    facts = [one.entry.facts for one in log.entries("acme") if one.entry.action == "apply_retention"]
    assert facts == [{"kind": "tickets", "days": 30, "records": count} for count in (3, 2)]
    assert log.verify("acme").problem is None


def test_a_long_one_lets_other_chores_in_and_goes_on(sqlite_store: Store, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    chore = RetentionChore(sqlite_store, KEY, lambda: NOON, budget_s=0.0)
    fill(sqlite_store, 5)
    assert [chore() for _ in range(4)] == [2, 2, 1, 0]
