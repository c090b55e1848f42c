from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from serving.check import Check, CheckState
from serving.retention_check import retention_check
from triage.policy import Policy
from triage.privacy import Kept, PrivacyPolicy
from triage.store import Store
from triage.store.policies import write_policy
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket


@pytest.fixture
def filed(store: Store) -> Store:
    """A ticket of ten days ago."""
    ensure_workspace(store, "acme")
    ensure_workspace(store, "other")
    at = datetime.now(UTC) - timedelta(days=10)
    put_tickets(
        store, "acme", [PastTicket(Ticket("T-1", "vpn", "", at), closed_at=at, resolved_at=at)], source="x"
    )
    return store


def keep(store: Store, days: int) -> Check:
    privacy = PrivacyPolicy(retention={Kept.TICKETS: days})
    write_policy(store, "acme", replace(Policy(), privacy=privacy), "user:ada")
    return retention_check(store)


def test_where_nothing_is_limited_nothing_is_late(filed: Store):
    found = retention_check(filed)
    assert found.state is CheckState.OK and "No policy limits" in found.found


@pytest.mark.parametrize("days", [30, 9])
def test_what_a_worker_may_yet_remove_in_its_daily_round_is_not_late(filed: Store, days: int):
    found = keep(filed, days)
    assert found.state is CheckState.OK and "Nothing is older" in found.found


def test_what_no_worker_removed_is_told_with_its_workspace(filed: Store):
    found = keep(filed, 7)
    assert found.state is CheckState.WARNING
    assert "1 tickets of acme" in found.found and "triage worker" in (found.remedy or "")
