"""The workspaces (tenants) of a store: name, time zone, country."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from triage.errors import NotFoundError
from triage.store.database import Store
from triage.store.schema import workspaces
from triage.store.scope import Across
from triage.store.upsert import upsert

__all__ = ["Workspace", "ensure_workspace", "find_workspace", "get_workspace", "list_workspaces"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """One tenant.

    Parameters
    ----------
    workspace : str
        Identity.
    name : str
        For people.
    zone : str
        IANA name of the zone of times that carry none, and in which days begin.
    created_at : datetime
        When it was made, with a zone.
    country : str or None, default=None
        Whose public holidays count.
    made_up : bool, default=False
        True for a sample helpdesk: shown wherever its data are.
    """

    workspace: str
    name: str
    zone: str
    created_at: datetime
    country: str | None = None
    made_up: bool = False


_COLUMNS = [workspaces.c[name] for name in Workspace.__slots__]


def ensure_workspace(
    store: Store,
    workspace: str,
    *,
    name: str | None = None,
    zone: str = "UTC",
    country: str | None = None,
    made_up: bool = False,
) -> Workspace:
    """Return a workspace, making it first where there is none; one that is there stays as it is.

    Parameters
    ----------
    store : Store
        Where.
    workspace : str
        Identity.
    name, zone, country, made_up
        For a new one; the name defaults to the identity.
    """
    with store.writing(workspace) as connection:
        if (found := find_workspace(store, workspace)) is not None:
            return found
        made = Workspace(workspace, name or workspace, zone, datetime.now(UTC), country, made_up)
        row = {column: getattr(made, column) for column in Workspace.__slots__}
        upsert(connection, workspaces, [row])
    return made


def get_workspace(store: Store, workspace: str) -> Workspace:
    """Return a workspace.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    """
    found = find_workspace(store, workspace)
    if found is None:
        raise NotFoundError(
            f"Got the workspace {workspace!r}, which does not exist; import something into it."
        )
    return found


def list_workspaces(store: Store) -> list[Workspace]:
    """Return all workspaces by identity."""
    with store.reading(Across.CHORES) as connection:
        rows = connection.execute(select(*_COLUMNS).order_by(workspaces.c.workspace))
        return [Workspace(*row) for row in rows]


def find_workspace(store: Store, workspace: str) -> Workspace | None:
    """Return a workspace, None when there is none of that name."""
    with store.reading(workspace) as connection:
        row = connection.execute(select(*_COLUMNS).where(workspaces.c.workspace == workspace)).first()
    return None if row is None else Workspace(*row)
