import pytest

from triage.errors import ConflictError, InputError, NotFoundError
from triage.store.revisions import Kind, read_revisions
from triage.store.workspaces import (
    change_zone,
    ensure_workspace,
    ensure_zone,
    find_workspace,
    get_workspace,
    list_workspaces,
)


def test_a_workspace_is_made_once_and_then_stays_as_it_is(store):
    made = ensure_workspace(store, "acme", name="ACME", zone="Europe/Berlin", country="DE", made_up=True)
    assert ensure_workspace(store, "acme", zone="UTC") == made
    assert get_workspace(store, "acme") == made
    assert [one.workspace for one in list_workspaces(store)] == ["acme"]


def test_a_workspace_that_is_not_there_is_named(store):
    assert find_workspace(store, "acme") is None
    with pytest.raises(NotFoundError, match="'acme'"):
        get_workspace(store, "acme")


def test_a_zone_is_changed_and_servers_see_that_shifts_did(store):
    ensure_workspace(store, "acme")
    seen = read_revisions(store, "acme")[Kind.AGENTS]
    assert change_zone(store, "acme", "Europe/Berlin").zone == "UTC"
    place = get_workspace(store, "acme")
    assert (place.zone, place.zone_told) == ("Europe/Berlin", True)
    assert read_revisions(store, "acme")[Kind.AGENTS] > seen
    with pytest.raises(InputError, match="IANA"):
        change_zone(store, "acme", "Berlin")
    with pytest.raises(NotFoundError):
        change_zone(store, "other", "Europe/Berlin")


def test_an_import_sets_the_zone_where_nobody_said_one(store):
    assert not ensure_zone(store, "acme", None).zone_told
    assert ensure_zone(store, "acme", "Asia/Tokyo").zone == "Asia/Tokyo"
    assert ensure_zone(store, "acme", None).zone == "Asia/Tokyo"
    assert ensure_zone(store, "acme", "Asia/Tokyo").zone_told
    with pytest.raises(ConflictError, match="triage store zone UTC --workspace acme"):
        ensure_zone(store, "acme", "UTC")


def test_utc_can_be_meant(store):
    assert ensure_zone(store, "acme", "UTC").zone_told
    with pytest.raises(ConflictError, match="is in UTC"):
        ensure_zone(store, "acme", "Asia/Tokyo")
