"""The workspaces (tenants) of a store: name, time zone, country."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update

from triage.errors import ConflictError, NotFoundError
from triage.store.database import Store
from triage.store.revisions import Kind, take_revision
from triage.store.schema import workspaces
from triage.store.scope import Across
from triage.store.upsert import upsert
from triage.zone import find_zone

__all__ = [
    "Workspace",
    "change_zone",
    "ensure_workspace",
    "ensure_zone",
    "find_workspace",
    "get_workspace",
    "list_workspaces",
]

USUAL = "UTC"
"""The zone of a workspace that nobody told one."""


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
    zone_told : bool, default=False
        Whether somebody said the zone; else it is UTC for want of a better one.
    """

    workspace: str
    name: str
    zone: str
    created_at: datetime
    country: str | None = None
    made_up: bool = False
    zone_told: bool = False


_COLUMNS = [workspaces.c[name] for name in Workspace.__slots__]


def ensure_workspace(
    store: Store,
    workspace: str,
    *,
    name: str | None = None,
    zone: str | None = None,
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
        For a new one; the name defaults to the identity, the zone to UTC until somebody says one.
    """
    with store.writing(workspace) as connection:
        if (found := find_workspace(store, workspace)) is not None:
            return found
        named = USUAL if zone is None else zone
        made = Workspace(
            workspace, name or workspace, named, datetime.now(UTC), country, made_up, zone is not None
        )
        row = {column: getattr(made, column) for column in Workspace.__slots__}
        upsert(connection, workspaces, [row])
    return made


def ensure_zone(store: Store, workspace: str, zone: str | None) -> Workspace:
    """Return a workspace whose zone is the one that an import was told, making it where there is none.

    Parameters
    ----------
    store : Store
        Where.
    workspace : str
        Identity.
    zone : str or None
        IANA name; it becomes the workspace's where nobody said one before. None: it stays as it is.

    Raises
    ------
    InputError
        If no such zone is known.
    ConflictError
        If somebody said another zone before.
    """
    with store.writing(workspace):
        place = ensure_workspace(store, workspace, zone=zone)
        if zone is None or (zone == place.zone and place.zone_told):
            return place
        if place.zone_told:
            raise ConflictError(
                f"Got --zone {zone} for the workspace {workspace!r}, which is in {place.zone}; expected that "
                f"zone or none. To change the workspace's: triage store zone {zone} --workspace {workspace}. "
                "For one file whose times are in another zone, say `zone` in its mapping."
            )
        change_zone(store, workspace, zone)
        return get_workspace(store, workspace)


def change_zone(store: Store, workspace: str, zone: str) -> Workspace:
    """Put a workspace into another zone and return it as it was.

    Whoever counts days or reads shifts sees it with the next look. Times that are stored are moments and
    stay; published forecasts stay as they are until the next one.

    Parameters
    ----------
    store : Store
        Where.
    workspace : str
        Which.
    zone : str
        IANA name.

    Raises
    ------
    InputError
        If no such zone is known.
    NotFoundError
        If there is no such workspace.
    """
    find_zone(zone)
    with store.writing(workspace) as connection:
        before = get_workspace(store, workspace)
        connection.execute(
            update(workspaces).where(workspaces.c.workspace == workspace).values(zone=zone, zone_told=True)
        )
        # Servers keep rosters by the count of changes of agents: shifts without a zone go by this one.
        take_revision(connection, workspace, Kind.AGENTS)
    return before


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
