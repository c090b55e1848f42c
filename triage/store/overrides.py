"""Figures that a planner puts beside the model's, with author and reason; the model's stay as they are."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from triage.errors import NotFoundError
from triage.store.database import Store
from triage.store.planner_tables import overrides

__all__ = ["Override", "figures_of", "list_overrides", "put_override", "withdraw_override"]


@dataclass(frozen=True, slots=True)
class Override:
    """One figure for one interval of one series.

    Parameters
    ----------
    override_id, interval, series : str
    start : datetime
        When the interval begins.
    value : float
        Tickets that the planner expects.
    model_mean : float
        What the newest forecast expected when the override was made.
    author, reason : str
    made_at : datetime
    withdrawn_at : datetime or None, default=None
    withdrawn_by : str or None, default=None
    """

    override_id: str
    interval: str
    series: str
    start: datetime
    value: float
    model_mean: float
    author: str
    reason: str
    made_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None


_COLUMNS = [overrides.c[name] for name in Override.__slots__]


def put_override(
    store: Store,
    workspace: str,
    interval: str,
    series: str,
    start: datetime,
    value: float,
    *,
    model_mean: float,
    author: str,
    reason: str,
    now: datetime,
) -> Override:
    """Store an override; an earlier one of the same interval is withdrawn and kept."""
    made = Override(uuid.uuid4().hex, interval, series, start, value, model_mean, author, reason, now)
    with store.writing(workspace) as connection:
        connection.execute(
            update(overrides)
            .where(
                overrides.c.workspace == workspace,
                overrides.c.interval == interval,
                overrides.c.series == series,
                overrides.c.start == start,
                overrides.c.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=now, withdrawn_by=author)
        )
        values = {name: getattr(made, name) for name in Override.__slots__}
        connection.execute(overrides.insert().values(**values, workspace=workspace))
    return made


def list_overrides(
    store: Store,
    workspace: str,
    *,
    interval: str | None = None,
    series: str | None = None,
    since: datetime | None = None,
    with_withdrawn: bool = False,
) -> list[Override]:
    """Return overrides in the order of their intervals, then of their making."""
    query = select(*_COLUMNS).where(overrides.c.workspace == workspace)
    if interval is not None:
        query = query.where(overrides.c.interval == interval)
    if series is not None:
        query = query.where(overrides.c.series == series)
    if since is not None:
        query = query.where(overrides.c.start >= since)
    if not with_withdrawn:
        query = query.where(overrides.c.withdrawn_at.is_(None))
    with store.reading(workspace) as connection:
        return [
            Override(*row)
            for row in connection.execute(query.order_by(overrides.c.start, overrides.c.made_at))
        ]


def figures_of(found: Iterable[Override]) -> dict[tuple[str, datetime], float]:
    """Return the figures of overrides of one interval that hold, by series and start."""
    return {(one.series, one.start): one.value for one in found if one.withdrawn_at is None}


def withdraw_override(
    store: Store, workspace: str, override_id: str, actor: str, *, now: datetime
) -> Override:
    """Take an override back: the model's figure holds again.

    Raises
    ------
    NotFoundError
        If the workspace has no such override that still holds.
    """
    with store.writing(workspace) as connection:
        done = connection.execute(
            update(overrides)
            .where(
                overrides.c.workspace == workspace,
                overrides.c.override_id == override_id,
                overrides.c.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=now, withdrawn_by=actor)
        )
        if not done.rowcount:
            raise NotFoundError(
                "Got an override that this workspace does not have or that was withdrawn; "
                "GET /v1/forecasts/overrides lists them."
            )
        row = connection.execute(select(*_COLUMNS).where(overrides.c.override_id == override_id)).one()
    return Override(*row)
