from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from serving.passwords import Passwords
from serving.people import MOST_WRONG, add_user, let_in, new_password, set_password
from serving.roles import Role
from triage.errors import ConflictError, InputError, NotFoundError, UnauthenticatedError
from triage.store import Store
from triage.store.scope import Across
from triage.store.users import User, change_user, find_user, get_user, list_users

GOOD = "correct horse battery"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""Weak on purpose: these tests are about who gets in, not about how slow guessing is."""


def add(store: Store, name: str = "dana", workspace: str = "acme", **more):
    return add_user(store, QUICK, workspace, name, Role.AGENT, GOOD, **more)


def waits(store: Store, user: User) -> float:
    now = find_user(store, user.user_id)
    assert now is not None and now.locked_until is not None
    return (now.locked_until - datetime.now(UTC)).total_seconds()


def test_who_was_added_gets_in_with_the_right_password_only(store: Store):
    user = add(store, teams=["web"], agent="ada")
    assert let_in(store, QUICK, "dana", GOOD).user_id == user.user_id
    for name, password in [("dana", GOOD + "x"), ("dana", ""), ("Dana", GOOD), ("nobody", GOOD), ("", "")]:
        with pytest.raises(UnauthenticatedError, match="open nothing here"):
            let_in(store, QUICK, name, password)
    (listed,) = list_users(store, "acme")
    assert (listed.teams, listed.agent, listed.role) == (("web",), "ada", "agent")
    assert listed.last_seen_at is not None


def test_the_store_holds_argon2id_and_no_password(sqlite_store: Store):
    add_user(sqlite_store, Passwords(), "acme", "dana", Role.AGENT, GOOD)
    with sqlite_store.reading(Across.OPERATOR) as connection:
        rows = repr(connection.exec_driver_sql("SELECT * FROM users").all())
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in rows and GOOD not in rows


def test_a_digest_with_old_parameters_is_written_anew(sqlite_store: Store):
    user = add(sqlite_store)
    let_in(sqlite_store, Passwords(), "dana", GOOD)
    now = find_user(sqlite_store, user.user_id)
    assert now is not None and "m=65536" in str(now.password_hash)


def test_the_same_name_in_two_workspaces_needs_the_workspace(sqlite_store: Store):
    add(sqlite_store)
    other = add(sqlite_store, workspace="other")
    with pytest.raises(UnauthenticatedError):
        let_in(sqlite_store, QUICK, "dana", GOOD)
    assert let_in(sqlite_store, QUICK, "dana", GOOD, "other").user_id == other.user_id
    with pytest.raises(ConflictError, match="has already"):
        add(sqlite_store)


def test_ten_wrong_passwords_lock_for_longer_and_longer_and_a_reset_unlocks(sqlite_store: Store):
    user = add(sqlite_store)
    for _ in range(MOST_WRONG):
        with pytest.raises(UnauthenticatedError):
            let_in(sqlite_store, QUICK, "dana", "wrong password")
    for given in (GOOD, "wrong password"):
        with pytest.raises(UnauthenticatedError, match="open nothing here"):  # As for nobody's name.
            let_in(sqlite_store, QUICK, "dana", given)
    assert 50 <= waits(sqlite_store, user) <= 61
    change_user(sqlite_store, user, locked_until=datetime.now(UTC) - timedelta(seconds=1))
    with pytest.raises(UnauthenticatedError):
        let_in(sqlite_store, QUICK, "dana", "wrong password")
    with pytest.raises(UnauthenticatedError):
        let_in(sqlite_store, QUICK, "dana", GOOD)
    assert waits(sqlite_store, user) > 100
    set_password(sqlite_store, QUICK, "acme", "dana", "another good one")
    assert let_in(sqlite_store, QUICK, "dana", "another good one").session == 2


def test_a_disabled_person_and_one_without_a_password_do_not_get_in(sqlite_store: Store):
    user = add(sqlite_store)
    change_user(sqlite_store, user, disabled_at=datetime.now(UTC))
    add_user(sqlite_store, QUICK, "acme", "elsewhere", Role.AGENT, None)
    for name, password in [("dana", GOOD), ("elsewhere", ""), ("elsewhere", GOOD)]:
        with pytest.raises(UnauthenticatedError):
            let_in(sqlite_store, QUICK, name, password)


@pytest.mark.parametrize("password", ["", "short", "x" * 1_001, "aaaaaaaaaaaaaaaa", "my-dana-password"])
def test_a_password_that_is_easily_guessed_is_refused(sqlite_store: Store, password: str):
    with pytest.raises(InputError, match="password"):
        add_user(sqlite_store, QUICK, "acme", "dana", Role.AGENT, password)
    assert list_users(sqlite_store) == []


@pytest.mark.parametrize("name", ["", " dana", "da\nna", "x" * 321, "da\u202ena", "da\0na"])
def test_a_name_is_visible_text(sqlite_store: Store, name: str):
    with pytest.raises(InputError, match="name"):
        add_user(sqlite_store, QUICK, "acme", name, Role.AGENT, GOOD)


def test_a_password_that_is_made_up_is_long_and_never_the_same():
    made = {new_password() for _ in range(100)}
    assert len(made) == 100 and min(map(len, made)) >= 20


def test_nobody_of_that_name_is_said_so(sqlite_store: Store):
    with pytest.raises(NotFoundError, match="users list"):
        get_user(sqlite_store, "acme", "nobody")
