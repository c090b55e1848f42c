from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import inspect

from triage.errors import ConflictError
from triage.store import Store
from triage.store.migrating import migration_config
from triage.store.open_ages import open_tickets
from triage.store.staffing import (
    StoredBaseline,
    delete_staffing_baseline,
    list_staffing_baselines,
    put_staffing_baseline,
    read_staffing_baseline,
    read_staffing_setup,
    write_staffing_setup,
)
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_setup_counts_its_versions_and_belongs_to_one_workspace(store: Store):
    assert read_staffing_setup(store, "acme") is None
    write_staffing_setup(store, "acme", {"teams": [{"name": "a"}]}, "dana", expected_version=0)
    changed = write_staffing_setup(store, "acme", {"teams": [{"name": "b"}]}, "eve", expected_version=1)
    assert changed.version == 2 and read_staffing_setup(store, "acme") == changed
    with pytest.raises(ConflictError, match="version 1; expected version 2"):
        write_staffing_setup(store, "acme", {}, "dana", expected_version=1)
    assert read_staffing_setup(store, "other") is None


def test_plans_are_kept_replaced_listed_and_forgotten(store: Store):
    for hours, name in enumerate(("old", "new", "old")):
        kept = StoredBaseline(name, {"a": 1}, {"rows": [hours]}, "s1", NOW + timedelta(hours=hours), "dana")
        put_staffing_baseline(store, "acme", kept)
    assert [one.name for one in list_staffing_baselines(store, "acme")] == ["old", "new"]
    assert read_staffing_baseline(store, "acme", "old") == kept
    assert read_staffing_baseline(store, "other", "old") is None
    assert delete_staffing_baseline(store, "acme", "old")
    assert not delete_staffing_baseline(store, "acme", "old")


def test_open_tickets_come_oldest_first_with_label_and_team(store: Store):
    def ticket(name: str, hours: int, **more: object) -> PastTicket:
        values = {"labels": {"category": "vpn", "team": "web"}, "status": "open"} | more
        return PastTicket(Ticket(name, created_at=NOW - timedelta(hours=hours), subject="x"), **values)

    done = ticket("c", 9, status="solved", resolved_at=NOW)
    put_tickets(store, "acme", [ticket("a", 1), ticket("b", 5, labels={}), done], source="history")
    found = open_tickets(store, "acme", "category")
    assert [(one.filed_at, one.label, one.team) for one in found] == [
        (NOW - timedelta(hours=5), None, None),
        (NOW - timedelta(hours=1), "vpn", "web"),
    ]


def test_the_tables_go_and_come_back(owned_store: Store):
    config = migration_config()
    with owned_store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0008")
        assert "staffing_setups" not in inspect(connection).get_table_names()
        command.upgrade(config, "head")
    assert list_staffing_baselines(owned_store, "acme") == []
