"""Staffing of a workspace: the setup as it was last left, and the plans that were kept as baselines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select

from triage.errors import ConflictError
from triage.store.database import Store
from triage.store.staffing_tables import staffing_baselines, staffing_setups
from triage.store.upsert import upsert

__all__ = [
    "StoredBaseline",
    "StoredSetup",
    "delete_staffing_baseline",
    "list_staffing_baselines",
    "put_staffing_baseline",
    "read_staffing_baseline",
    "read_staffing_setup",
    "write_staffing_setup",
]


@dataclass(frozen=True, slots=True)
class StoredSetup:
    """A setup document with its version, which counts the changes."""

    document: Mapping[str, Any]
    version: int
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class StoredBaseline:
    """A plan that was kept.

    Parameters
    ----------
    name : str
    setup : Mapping
        The setup document that it was made with, changes included in the plan but not in it.
    plan : Mapping
        The plan's document; empty in lists.
    snapshot_id : str
        The forecast that it was made from.
    saved_at : datetime
    saved_by : str
    """

    name: str
    setup: Mapping[str, Any]
    plan: Mapping[str, Any]
    snapshot_id: str
    saved_at: datetime
    saved_by: str


def read_staffing_setup(store: Store, workspace: str) -> StoredSetup | None:
    """Return the workspace's setup, None when nobody ever wrote one."""
    columns = [staffing_setups.c[name] for name in StoredSetup.__slots__]
    with store.reading(workspace) as connection:
        row = connection.execute(select(*columns).where(staffing_setups.c.workspace == workspace)).first()
    return None if row is None else StoredSetup(*row)


def write_staffing_setup(
    store: Store,
    workspace: str,
    document: Mapping[str, Any],
    actor: str,
    *,
    expected_version: int | None = None,
) -> StoredSetup:
    """Replace the workspace's setup.

    Parameters
    ----------
    store : Store
    workspace : str
    document : Mapping
        As :func:`triage.staffing.document.read_setup` reads it; values that JSON can hold.
    actor : str
        Who changes it.
    expected_version : int, optional
        The version that the change was made from, 0 for none; by default whatever stands there is replaced.

    Raises
    ------
    ConflictError
        If somebody else changed it since.
    """
    with store.writing(workspace) as connection:
        stands = read_staffing_setup(store, workspace)
        version = 0 if stands is None else stands.version
        if expected_version is not None and expected_version != version:
            raise ConflictError(
                f"Got a change of staffing setup version {expected_version}; expected version {version}, "
                "which "
                "stands now. Read the setup again and repeat the change on it."
            )
        changed = StoredSetup(dict(document), version + 1, datetime.now(UTC), actor)
        row = {name: getattr(changed, name) for name in StoredSetup.__slots__}
        upsert(connection, staffing_setups, [{"workspace": workspace} | row])
    return changed


def put_staffing_baseline(store: Store, workspace: str, baseline: StoredBaseline) -> None:
    """Keep a plan; one of the same name is replaced."""
    row = {name: getattr(baseline, name) for name in StoredBaseline.__slots__}
    with store.writing(workspace) as connection:
        upsert(connection, staffing_baselines, [{"workspace": workspace} | row])


def read_staffing_baseline(store: Store, workspace: str, name: str) -> StoredBaseline | None:
    """Return a plan that was kept, None when there is none of that name."""
    columns = [staffing_baselines.c[one] for one in StoredBaseline.__slots__]
    query = select(*columns).where(
        staffing_baselines.c.workspace == workspace, staffing_baselines.c.name == name
    )
    with store.reading(workspace) as connection:
        row = connection.execute(query).first()
    return None if row is None else StoredBaseline(*row)


def list_staffing_baselines(store: Store, workspace: str, *, limit: int = 200) -> list[StoredBaseline]:
    """Return what was kept, without plans and setups, the newest first."""
    columns = [staffing_baselines.c[one] for one in ("name", "snapshot_id", "saved_at", "saved_by")]
    query = (
        select(*columns)
        .where(staffing_baselines.c.workspace == workspace)
        .order_by(staffing_baselines.c.saved_at.desc(), staffing_baselines.c.name)
        .limit(limit)
    )
    with store.reading(workspace) as connection:
        return [StoredBaseline(row[0], {}, {}, *row[1:]) for row in connection.execute(query)]


def delete_staffing_baseline(store: Store, workspace: str, name: str) -> bool:
    """Forget a plan that was kept; tell whether there was one."""
    query = delete(staffing_baselines).where(
        staffing_baselines.c.workspace == workspace, staffing_baselines.c.name == name
    )
    with store.writing(workspace) as connection:
        return bool(connection.execute(query).rowcount)
