from datetime import UTC, datetime, timedelta

import pytest

from serving.auth import authenticate, create_key
from serving.roles import Role
from triage.errors import InputError, UnauthenticatedError
from triage.store import Store
from triage.store.keys import revoke_key
from triage.store.scope import Across

NOW = datetime.now(UTC)


def test_a_key_says_who_calls_where_as_what(store: Store):
    token, key = create_key(store, "acme", "robot", Role.SERVICE)
    caller = authenticate(store, token)
    assert (caller.identity, caller.name, caller.workspace, caller.role) == (
        key.key_id,
        "robot",
        "acme",
        Role.SERVICE,
    )


def test_the_store_holds_no_secret(sqlite_store: Store):
    token, _ = create_key(sqlite_store, "acme", "robot", Role.SERVICE)
    with sqlite_store.reading(Across.OPERATOR) as connection:
        rows = connection.exec_driver_sql("SELECT * FROM api_keys").all()
    assert token.split("_", 2)[2] not in repr(rows)


def test_whatever_is_wrong_with_a_key_the_answer_is_the_same(sqlite_store: Store):
    token, key = create_key(sqlite_store, "acme", "robot", Role.SERVICE)
    expired, _ = create_key(sqlite_store, "acme", "old", Role.SERVICE, NOW - timedelta(seconds=1))
    wrong = [None, "", "tk", "tk__", "tk_a_b", token[:-1], token + "x", f"xx{token[2:]}", expired, "tk_é_\0"]
    revoked, lost = create_key(sqlite_store, "acme", "lost", Role.SERVICE)
    revoke_key(sqlite_store, "acme", lost.key_id, NOW)
    messages = set()
    for given in [*wrong, revoked]:
        with pytest.raises(UnauthenticatedError) as refused:
            authenticate(sqlite_store, given)
        messages.add(str(refused.value))
    assert len(messages) == 1
    assert authenticate(sqlite_store, token).identity == key.key_id


@pytest.mark.parametrize("workspace", ["", "a b", "../x", ".hidden", "ü", "x" * 65, "a/b"])
def test_a_workspace_is_a_plain_name(sqlite_store: Store, workspace: str):
    with pytest.raises(InputError, match="workspace"):
        create_key(sqlite_store, workspace, "robot", Role.SERVICE)
