"""Published forecasts, frozen: a snapshot is written once, read by its newness and never changed.

Says nothing of how a forecast is made; rows have the columns of ``FORECAST.parquet``.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from triage.errors import InputError
from triage.store.database import Store
from triage.store.schema import snapshot_rows, snapshots

__all__ = ["Snapshot", "SnapshotRow", "has_snapshot", "latest_snapshot", "past_snapshots", "put_snapshot"]

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """The forecast of one series for the interval that begins at ``start``; counts of tickets."""

    series: str
    start: datetime
    mean: float
    q05: float
    q10: float
    q20: float
    q50: float
    q80: float
    q90: float
    q95: float
    spike_threshold: float
    spike_probability: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published forecast.

    Parameters
    ----------
    snapshot_id, workspace : str
        Identity and owner.
    interval : str
        ``day``, ``hour`` or ``30min``.
    horizon : int
        Intervals forecast after the origin.
    origin : datetime
        End of the history that it was made from.
    basis : Mapping
        What the forecast rests on: length of history, pool, weights.
    created_at : datetime
        When it was published.
    rows : tuple of SnapshotRow
        By series, then start.
    """

    snapshot_id: str
    workspace: str
    interval: str
    horizon: int
    origin: datetime
    basis: Mapping[str, Any]
    created_at: datetime
    rows: tuple[SnapshotRow, ...]


def put_snapshot(
    store: Store,
    workspace: str,
    interval: str,
    horizon: int,
    origin: datetime,
    basis: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    *,
    snapshot_id: str | None = None,
) -> str:
    """Publish a forecast, all of it or nothing.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose forecast it is.
    interval : str
        ``day``, ``hour`` or ``30min``.
    horizon : int
        Intervals forecast after the origin.
    origin : datetime
        End of the history, with a zone.
    basis : Mapping
        What the forecast rests on; values that JSON can hold.
    rows : sequence of mappings
        At least the columns of :class:`SnapshotRow`; other columns (such as ``origin``) are left out.
    snapshot_id : str, optional
        Names the snapshot; publishing the same name again changes nothing, so that a job which was
        interrupted can simply be repeated. By default a new one.

    Returns
    -------
    str
        The snapshot's id.

    Raises
    ------
    InputError
        If there are no rows, or one lacks a column.
    """
    if not rows:
        raise InputError("Got a forecast without rows; expected at least one series and one interval.")
    columns = list(SnapshotRow.__slots__)
    missing = sorted({name for row in rows for name in columns if name not in row})
    if missing:
        raise InputError(f"Got forecast rows without {', '.join(missing)}; expected {', '.join(columns)}.")
    name = snapshot_id or uuid.uuid4().hex
    values = [{"snapshot_id": name} | {column: row[column] for column in columns} for row in rows]
    with store.writing(workspace) as connection:
        known = connection.execute(select(snapshots.c.workspace).where(snapshots.c.snapshot_id == name))
        if known.first() is None:
            connection.execute(
                insert(snapshots).values(
                    snapshot_id=name,
                    workspace=workspace,
                    interval=interval,
                    horizon=horizon,
                    origin=origin,
                    basis=dict(basis),
                    created_at=datetime.now(UTC),
                )
            )
            for first in range(0, len(values), CHUNK):
                connection.execute(insert(snapshot_rows), values[first : first + CHUNK])
    return name


def latest_snapshot(store: Store, workspace: str, interval: str) -> Snapshot | None:
    """Return the newest snapshot of a workspace at an interval, None when there is none."""
    newest = (
        select(snapshots)
        .where(snapshots.c.workspace == workspace, snapshots.c.interval == interval)
        .order_by(snapshots.c.created_at.desc(), snapshots.c.snapshot_id)
        .limit(1)
    )
    with store.reading(workspace) as connection:
        head = connection.execute(newest).mappings().first()
        if head is None:
            return None
        found = connection.execute(
            select(*(snapshot_rows.c[name] for name in SnapshotRow.__slots__))
            .where(snapshot_rows.c.snapshot_id == head["snapshot_id"])
            .order_by(snapshot_rows.c.series, snapshot_rows.c.start)
        )
        return Snapshot(**head, rows=tuple(SnapshotRow(*row) for row in found))


def has_snapshot(store: Store, workspace: str, interval: str) -> bool:
    """Tell whether a workspace was ever forecast at an interval."""
    query = select(snapshots.c.snapshot_id).where(
        snapshots.c.workspace == workspace, snapshots.c.interval == interval
    )
    with store.reading(workspace) as connection:
        return connection.execute(query.limit(1)).first() is not None


def past_snapshots(
    store: Store, workspace: str, interval: str, series: str, since: datetime
) -> list[Snapshot]:
    """Return the snapshots with an origin since, oldest first, each with the rows of one series.

    Of several with one origin the first published counts: it is what people planned by.
    """
    heads = (
        select(snapshots)
        .where(
            snapshots.c.workspace == workspace, snapshots.c.interval == interval, snapshots.c.origin >= since
        )
        .order_by(snapshots.c.origin, snapshots.c.created_at, snapshots.c.snapshot_id)
    )
    found: dict[datetime, Snapshot] = {}
    with store.reading(workspace) as connection:
        for head in connection.execute(heads).mappings().all():
            if head["origin"] in found:
                continue
            rows = connection.execute(
                select(*(snapshot_rows.c[name] for name in SnapshotRow.__slots__))
                .where(snapshot_rows.c.snapshot_id == head["snapshot_id"], snapshot_rows.c.series == series)
                .order_by(snapshot_rows.c.start)
            )
            found[head["origin"]] = Snapshot(**head, rows=tuple(SnapshotRow(*row) for row in rows))
    return list(found.values())
