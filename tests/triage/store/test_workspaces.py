import pytest

from triage.errors import NotFoundError
from triage.store.workspaces import ensure_workspace, find_workspace, get_workspace, list_workspaces


def test_a_workspace_is_made_once_and_then_stays_as_it_is(store):
    made = ensure_workspace(store, "acme", name="ACME", zone="Europe/Berlin", country="DE", made_up=True)
    assert ensure_workspace(store, "acme", zone="UTC") == made
    assert get_workspace(store, "acme") == made
    assert [one.workspace for one in list_workspaces(store)] == ["acme"]


def test_a_workspace_that_is_not_there_is_named(store):
    assert find_workspace(store, "acme") is None
    with pytest.raises(NotFoundError, match="'acme'"):
        get_workspace(store, "acme")
