from datetime import UTC, datetime

from sqlalchemy import select

from triage.store import Store
from triage.store.schema import workspaces
from triage.store.scope import Across
from triage.store.upsert import upsert

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def row(workspace: str, name: str) -> dict:
    return {"workspace": workspace, "name": name, "zone": "UTC", "created_at": NOW}


def names(store: Store) -> dict[str, str]:
    with store.reading(Across.OPERATOR) as connection:
        return {one.workspace: one.name for one in connection.execute(select(workspaces))}


def test_a_new_key_is_inserted_and_a_known_one_replaced(store: Store):
    with store.writing(Across.OPERATOR) as connection:
        upsert(connection, workspaces, [row("acme", "Acme"), row("other", "Other")])
    with store.writing(Across.OPERATOR) as connection:
        upsert(connection, workspaces, [row("acme", "Acme Ltd"), row("third", "Third")])
    assert names(store) == {"acme": "Acme Ltd", "other": "Other", "third": "Third"}


def test_writing_the_same_rows_again_changes_nothing(store: Store):
    for _ in range(2):
        with store.writing(Across.OPERATOR) as connection:
            upsert(connection, workspaces, [row("acme", "Acme")])
    assert names(store) == {"acme": "Acme"}


def test_no_rows_are_no_statement(store: Store):
    with store.writing(Across.OPERATOR) as connection:
        upsert(connection, workspaces, [])
    assert names(store) == {}
