from datetime import UTC, datetime, timedelta

import pytest

from serving.api_keys import authenticate, create_key, rotate_key
from serving.caller import Caller, may
from serving.roles import PERMISSIONS, Role
from triage.errors import ConflictError, InputError, NotFoundError, UnauthenticatedError
from triage.store import Store
from triage.store.keys import find_key, revoke_key

NOW = datetime.now(UTC)


def test_a_rotated_key_and_its_successor_both_work_for_a_while(store: Store):
    old, key = create_key(store, "acme", "robot", Role.SERVICE, scopes=["triage_*"], teams=["web"])
    new, successor = rotate_key(store, "acme", key.key_id, timedelta(hours=1))
    assert authenticate(store, old).identity == key.key_id
    caller = authenticate(store, new)
    assert (caller.identity, caller.scopes, caller.teams) == (
        successor.key_id,
        ("triage_*",),
        frozenset({"web"}),
    )
    stored = find_key(store, key.key_id)
    assert stored is not None and stored.expires_at is not None
    assert timedelta(minutes=59) < stored.expires_at - successor.created_at < timedelta(minutes=61)


def test_at_most_two_keys_of_a_row_live_at_once(sqlite_store: Store):
    _, key = create_key(sqlite_store, "acme", "robot", Role.SERVICE)
    _, second = rotate_key(sqlite_store, "acme", key.key_id)
    with pytest.raises(ConflictError, match="at most two"):
        rotate_key(sqlite_store, "acme", key.key_id)
    revoke_key(sqlite_store, "acme", second.key_id, NOW)
    rotate_key(sqlite_store, "acme", key.key_id)


def test_rotating_without_overlap_ends_the_old_key_at_once(sqlite_store: Store):
    old, key = create_key(sqlite_store, "acme", "robot", Role.SERVICE)
    rotate_key(sqlite_store, "acme", key.key_id, timedelta(0))
    with pytest.raises(UnauthenticatedError):
        authenticate(sqlite_store, old)
    with pytest.raises(ConflictError, match="over"):
        rotate_key(sqlite_store, "acme", key.key_id)


def test_a_successor_lives_as_long_as_its_key_did_and_never_prolongs_it(sqlite_store: Store):
    soon = datetime.now(UTC) + timedelta(hours=2)
    _, key = create_key(sqlite_store, "acme", "robot", Role.SERVICE, soon)
    _, successor = rotate_key(sqlite_store, "acme", key.key_id, timedelta(days=7))
    assert successor.expires_at is not None
    assert abs(successor.expires_at - successor.created_at - timedelta(hours=2)) < timedelta(seconds=5)
    stored = find_key(sqlite_store, key.key_id)
    assert stored is not None and stored.expires_at == soon


def test_another_workspaces_key_is_not_rotated(sqlite_store: Store):
    _, key = create_key(sqlite_store, "acme", "robot", Role.SERVICE)
    with pytest.raises(NotFoundError):
        rotate_key(sqlite_store, "other", key.key_id)


@pytest.mark.parametrize("scope", ["promote_model", "nothing", "", "triage ticket", "TRIAGE_TICKET"])
def test_a_scope_names_something_that_the_role_may_do(sqlite_store: Store, scope: str):
    with pytest.raises(InputError, match="scope"):
        create_key(sqlite_store, "acme", "robot", Role.SERVICE, scopes=[scope])


def test_scopes_only_ever_take_away():
    for role in Role:
        for operation, roles in PERMISSIONS.items():
            whole = Caller("key", "k", "n", "acme", role)
            assert may(whole, operation) == (role in roles)
            everything = Caller("key", "k", "n", "acme", role, scopes=("*",))
            assert may(everything, operation) == may(whole, operation)
            nothing = Caller("key", "k", "n", "acme", role, scopes=("no_such",))
            assert not may(nothing, operation)
    assert not may(Caller("key", "k", "n", "acme", Role.ADMIN), "an_operation_that_stands_nowhere")
