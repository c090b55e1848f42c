"""People who may sign in to one workspace. Holds digests of passwords, never passwords."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from triage.errors import ConflictError, NotFoundError
from triage.store.access_tables import users
from triage.store.database import Store
from triage.store.scope import Across

__all__ = [
    "User",
    "change_user",
    "count_users",
    "find_user",
    "get_user",
    "list_users",
    "put_user",
    "users_named",
]


@dataclass(frozen=True, slots=True)
class User:
    """One person in one workspace.

    Parameters
    ----------
    user_id, workspace, name, role : str
        Identity; what they open; how they sign in; as what they act.
    created_at : datetime
        When they were added.
    teams : tuple of str or None, default=None
        The teams whose tickets they reach; None: all.
    agent : str or None, default=None
        Who they are among the agents.
    password_hash : str or None, default=None
        Argon2id with its parameters; None: they sign in elsewhere.
    session : int, default=1
        Counts what ends all their sessions: a new password, another role.
    wrong_passwords : int, default=0
        Since the last right one.
    locked_until, disabled_at, last_seen_at : datetime or None, default=None
        Until when no password is tried; since when they may not come in; when they last signed in.
    """

    user_id: str
    workspace: str
    name: str
    role: str
    created_at: datetime
    teams: tuple[str, ...] | None = None
    agent: str | None = None
    password_hash: str | None = None
    session: int = 1
    wrong_passwords: int = 0
    locked_until: datetime | None = None
    disabled_at: datetime | None = None
    last_seen_at: datetime | None = None


COLUMNS = [users.c[name] for name in User.__slots__]


def put_user(store: Store, user: User) -> None:
    """Store a new person.

    Raises
    ------
    ConflictError
        If the workspace has one of that name.
    """
    row = {name: getattr(user, name) for name in User.__slots__}
    row["teams"] = None if user.teams is None else list(user.teams)
    with store.writing(user.workspace) as connection:
        if _one(store, user.workspace, user.name) is not None:
            raise ConflictError(
                f"Got a new user {user.name!r}, whom workspace {user.workspace!r} has already; expected "
                "another name. `triage users role` and `triage users password` change the one there is."
            )
        connection.execute(insert(users).values(row))


def find_user(store: Store, user_id: str) -> User | None:
    """Return a person by id, in whichever workspace; None when there is none."""
    with store.reading(Across.SIGN_IN) as connection:
        row = connection.execute(select(*COLUMNS).where(users.c.user_id == user_id)).first()
    return None if row is None else _user(row)


def get_user(store: Store, workspace: str, name: str) -> User:
    """Return a person by name.

    Raises
    ------
    NotFoundError
        If the workspace has none of that name.
    """
    found = _one(store, workspace, name)
    if found is None:
        raise NotFoundError(
            f"Got user {name!r}; expected one of workspace {workspace!r} that `triage users list` shows."
        )
    return found


def users_named(store: Store, name: str) -> list[User]:
    """Return the people of that name in all workspaces, by workspace."""
    query = select(*COLUMNS).where(users.c.name == name).order_by(users.c.workspace)
    with store.reading(Across.SIGN_IN) as connection:
        return [_user(row) for row in connection.execute(query)]


def list_users(store: Store, workspace: str | None = None) -> list[User]:
    """Return the people of a workspace, or of all, by workspace and name; disabled ones too."""
    query = select(*COLUMNS).order_by(users.c.workspace, users.c.name)
    if workspace is not None:
        query = query.where(users.c.workspace == workspace)
    with store.reading(workspace or Across.OPERATOR) as connection:
        return [_user(row) for row in connection.execute(query)]


def count_users(store: Store) -> int:
    """Return how many people there are, in all workspaces."""
    with store.reading(Across.SIGN_IN) as connection:
        return int(connection.execute(select(func.count()).select_from(users)).scalar_one())


def change_user(store: Store, user: User, *, ends_sessions: bool = False, **values: Any) -> None:
    """Set columns of a person; with ``ends_sessions`` whoever is signed in has to sign in again."""
    if "teams" in values and values["teams"] is not None:
        values["teams"] = list(values["teams"])
    if ends_sessions:
        values["session"] = users.c.session + 1
    mine = users.c.workspace == user.workspace, users.c.user_id == user.user_id
    with store.writing(user.workspace) as connection:
        connection.execute(update(users).where(*mine).values(**values))


def _one(store: Store, workspace: str, name: str) -> User | None:
    query = select(*COLUMNS).where(users.c.workspace == workspace, users.c.name == name)
    with store.reading(workspace) as connection:
        row = connection.execute(query).first()
    return None if row is None else _user(row)


def _user(row: Row[Any]) -> User:
    values = {name: getattr(row, name) for name in User.__slots__}
    values["teams"] = None if values["teams"] is None else tuple(values["teams"])
    return User(**values)
