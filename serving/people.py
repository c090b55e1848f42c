"""People who sign in with a password: adding them, changing them, letting them in."""

import secrets
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from serving.api_keys import check_workspace
from serving.caller import Caller
from serving.passwords import Passwords
from serving.roles import Role
from triage.errors import InputError, UnauthenticatedError
from triage.store import Store
from triage.store.users import User, change_user, find_user, get_user, put_user, users_named

__all__ = ["add_user", "caller_of_user", "let_in", "new_password", "set_password"]

MOST_WRONG = 10
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
SAME_FOR_ALL = (
    "Got a name and a password that open nothing here; expected those of somebody who was added, is not "
    "disabled and has not to wait after ten wrong ones. An admin can set a new password "
    "with `triage users password`."
)


def new_password() -> str:
    """Return a random password: 128 bits."""
    return secrets.token_urlsafe(16)


def add_user(
    store: Store,
    passwords: Passwords,
    workspace: str,
    name: str,
    role: Role,
    password: str | None,
    *,
    teams: Sequence[str] | None = None,
    agent: str | None = None,
) -> User:
    """Add a person to a workspace.

    Parameters
    ----------
    store : Store
        Where to.
    passwords : Passwords
        Makes the digest.
    workspace : str
        The one that they open; the same name may stand in others as well.
    name : str
        How they sign in: 1 to 320 visible characters.
    role : Role
        As what they act.
    password : str or None
        None: they sign in at the identity provider, and can be disabled here.
    teams : sequence of str, optional
        Teams whose tickets they reach; by default all.
    agent : str, optional
        Who they are among the agents.

    Raises
    ------
    InputError
        If the name or the password cannot be used.
    ConflictError
        If the workspace has somebody of that name.
    """
    check_workspace(workspace)
    if not (1 <= len(name) <= 320 and name.isprintable() and name == name.strip()):
        raise InputError(
            f"Got a user's name of {len(name)} characters; expected 1 to 320 visible ones, no space around."
        )
    digest = None if password is None else passwords.digest(password, name)
    user = User(
        uuid.uuid4().hex,
        workspace,
        name,
        role.value,
        datetime.now(UTC),
        teams=tuple(teams) if teams else None,
        agent=agent,
        password_hash=digest,
    )
    put_user(store, user)
    return user


def set_password(store: Store, passwords: Passwords, workspace: str, name: str, password: str) -> User:
    """Give a person another password; it unlocks them and ends all their sessions.

    Raises
    ------
    NotFoundError
        If the workspace has none of that name.
    InputError
        If the password cannot be used.
    """
    user = get_user(store, workspace, name)
    digest = passwords.digest(password, name)
    change_user(store, user, ends_sessions=True, password_hash=digest, wrong_passwords=0, locked_until=None)
    return user


def let_in(
    store: Store,
    passwords: Passwords,
    name: str,
    password: str,
    workspace: str | None = None,
    note: Callable[[User, bool], None] | None = None,
) -> User:
    """Say who signs in.

    Parameters
    ----------
    store : Store
        Knows the people.
    passwords : Passwords
        Checks.
    name, password : str
        As given.
    workspace : str, optional
        Needed only where the same name stands in several.
    note : callable, optional
        Given who was tried with a wrong password, and whether it was one that locks; called in the
        transaction that counts it. Ten times at most, then once a wait.

    Raises
    ------
    UnauthenticatedError
        If anything is wrong, or after ten wrong passwords in a row: a minute's wait at first, doubling up to
        an hour. The message is the same for all, so that nobody learns whether somebody has that name.
    """
    found = [one for one in users_named(store, name) if not workspace or one.workspace == workspace]
    user = found[0] if len(found) == 1 else None
    now = datetime.now(UTC)
    # Whoever has to wait costs the same look at the password as everybody else.
    is_right = passwords.is_right(None if user is None else user.password_hash, password)
    is_waiting = user is not None and user.locked_until is not None and now < user.locked_until
    if user is None or is_waiting or not is_right or user.disabled_at is not None:
        if user is not None and not is_right and not is_waiting:
            _note_wrong(store, user, now, note)
        raise UnauthenticatedError(SAME_FOR_ALL)
    changes: dict[str, Any] = {"wrong_passwords": 0, "locked_until": None, "last_seen_at": now}
    if user.password_hash is not None and passwords.is_outdated(user.password_hash):
        changes["password_hash"] = passwords.digest(password, name)
    change_user(store, user, **changes)
    return user


def caller_of_user(user: User) -> Caller:
    """Say as whom a person acts."""
    teams = None if user.teams is None else frozenset(user.teams)
    return Caller(
        "user",
        user.user_id,
        user.name,
        user.workspace,
        Role(user.role),
        teams=teams,
        agent=user.agent,
        session=user.session,
    )


def _note_wrong(store: Store, tried: User, now: datetime, note: Callable[[User, bool], None] | None) -> None:
    with store.writing(tried.workspace):
        user = find_user(store, tried.user_id)
        if user is None:
            return
        wrong = user.wrong_passwords + 1
        changes: dict[str, Any] = {"wrong_passwords": wrong}
        if wrong >= MOST_WRONG:
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(10, wrong - MOST_WRONG))
            changes["locked_until"] = now + wait
        change_user(store, user, **changes)
        if note is not None:
            note(user, wrong >= MOST_WRONG)
