"""Who works across workspaces, and that nobody does so unasked."""

import re
from pathlib import Path

import pytest

from triage.errors import ConflictError, InputError
from triage.store import Store
from triage.store.scope import Across, check_scope

ROOT = Path(__file__).parents[3]
ACROSS = {
    "serving/running_checks.py": {"OPERATOR"},
    "triage/store/audit.py": {"CHORES"},
    "triage/store/copying.py": {"BACKUP"},
    "triage/store/erasure_follower.py": {"CHORES"},
    "triage/store/erasures.py": {"OPERATOR"},
    "triage/store/idempotency.py": {"CHORES"},
    "triage/store/keys.py": {"OPERATOR", "SIGN_IN"},
    "triage/store/migrating.py": {"MIGRATION"},
    "triage/store/outbox.py": {"CHORES"},
    "triage/store/runs.py": {"CHORES"},
    "triage/store/sealing_keys.py": {"BACKUP", "OPERATOR"},
    "triage/store/sealing_pass.py": {"OPERATOR"},
    "triage/store/sla_books.py": {"CHORES"},
    "triage/store/users.py": {"OPERATOR", "SIGN_IN"},
    "triage/store/waiting.py": {"CHORES"},
    "triage/store/workspaces.py": {"CHORES"},
}
"""Every file of the product that works across workspaces, and why it does: to be added to knowingly."""


def test_only_these_files_work_across_workspaces():
    found: dict[str, set[str]] = {}
    for room in ("triage", "features", "training", "serving"):
        for path in (ROOT / room).rglob("*.py"):
            reasons = set(re.findall(r"\bAcross\.([A-Z_]+)", path.read_text()))
            if reasons:
                found[str(path.relative_to(ROOT))] = reasons
    assert found == ACROSS


def test_every_transaction_says_whose_it_is(store: Store):
    for begin in (store.reading, store.writing):
        with pytest.raises(TypeError):
            begin()  # type: ignore[call-arg]
        with pytest.raises(InputError, match="without a name"), begin(""):
            pass


def test_one_transaction_is_one_workspaces(store: Store):
    with store.writing("acme"):
        for begin in (store.reading, store.writing):
            with pytest.raises(ConflictError, match="one workspace in a transaction"), begin("other"):
                pass
        with store.reading("acme"), store.reading(Across.CHORES), store.reading("other"):
            pass
    check_scope("acme", Across.CHORES)
