"""Alerts of volume that were raised, what people did with them, and what a planner set for them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Row, func, select, update

from triage.errors import NotFoundError
from triage.spikes.alert import Alert, AlertKind, AlertState, PlannerSettings
from triage.store.database import Store
from triage.store.planner_tables import planner_settings, volume_alerts

__all__ = [
    "StoredAlert",
    "count_alerts",
    "list_alerts",
    "read_settings",
    "set_state",
    "take_alerts",
    "write_settings",
]

_ALERT = tuple(Alert.__slots__)


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert as it was raised, and what became of it; ``state_at`` is None while it is open."""

    alert: Alert
    raised_at: datetime
    state: AlertState
    state_at: datetime | None
    state_by: str | None
    snoozed_until: datetime | None


def take_alerts(store: Store, workspace: str, alerts: Sequence[Alert], *, now: datetime) -> list[Alert]:
    """Keep alerts and return those that are new; one that is known is brought up to date.

    An alert that people have spoken about keeps its state; a burst that goes on gets its later end and count.
    """
    new = []
    with store.writing(workspace) as connection:
        for one in alerts:
            values = {name: getattr(one, name) for name in _ALERT} | {
                "kind": one.kind.value,
                "why": dict(one.why),
            }
            done = connection.execute(
                update(volume_alerts)
                .where(volume_alerts.c.alert_id == one.alert_id, volume_alerts.c.workspace == workspace)
                .values(values)
            )
            if not done.rowcount:
                connection.execute(
                    volume_alerts.insert().values(
                        **values, workspace=workspace, raised_at=now, state=AlertState.OPEN.value
                    )
                )
                new.append(one)
    return new


def list_alerts(
    store: Store,
    workspace: str,
    *,
    kind: AlertKind | None = None,
    state: AlertState | None = None,
    since: datetime | None = None,
    limit: int = 100,
) -> list[StoredAlert]:
    """Return the alerts of a workspace, newest first."""
    query = select(volume_alerts).where(volume_alerts.c.workspace == workspace)
    if kind is not None:
        query = query.where(volume_alerts.c.kind == kind.value)
    if state is not None:
        query = query.where(volume_alerts.c.state == state.value)
    if since is not None:
        query = query.where(volume_alerts.c.ends_at >= since)
    newest = query.order_by(volume_alerts.c.raised_at.desc(), volume_alerts.c.alert_id).limit(limit)
    with store.reading(workspace) as connection:
        return [_read(row) for row in connection.execute(newest)]


def count_alerts(store: Store, workspace: str, kind: AlertKind, since: datetime) -> int:
    """Return how many alerts of a kind were raised since."""
    query = select(func.count()).where(
        volume_alerts.c.workspace == workspace,
        volume_alerts.c.kind == kind.value,
        volume_alerts.c.raised_at >= since,
    )
    with store.reading(workspace) as connection:
        return int(connection.scalar(query) or 0)


def set_state(
    store: Store,
    workspace: str,
    alert_id: str,
    state: AlertState,
    actor: str,
    *,
    now: datetime,
    until: datetime | None = None,
) -> StoredAlert:
    """Note what somebody did with an alert, and return it.

    Raises
    ------
    NotFoundError
        If the workspace has no such alert.
    """
    with store.writing(workspace) as connection:
        done = connection.execute(
            update(volume_alerts)
            .where(volume_alerts.c.workspace == workspace, volume_alerts.c.alert_id == alert_id)
            .values(state=state.value, state_at=now, state_by=actor, snoozed_until=until)
        )
        if not done.rowcount:
            raise NotFoundError(
                "Got an alert that this workspace does not have; expected one of GET /v1/spikes."
            )
        row = connection.execute(select(volume_alerts).where(volume_alerts.c.alert_id == alert_id)).one()
    return _read(row)


def read_settings(store: Store, workspace: str) -> PlannerSettings:
    """Return what a planner set for the workspace's alerts; what nobody set is as it is by default."""
    query = select(planner_settings.c.document).where(planner_settings.c.workspace == workspace)
    with store.reading(workspace) as connection:
        document = connection.scalar(query)
    return PlannerSettings() if document is None else PlannerSettings(**document)


def write_settings(
    store: Store, workspace: str, settings: PlannerSettings, actor: str, *, now: datetime
) -> None:
    """Store what a planner set."""
    values = {"document": asdict(settings), "updated_at": now, "updated_by": actor}
    with store.writing(workspace) as connection:
        done = connection.execute(
            update(planner_settings).where(planner_settings.c.workspace == workspace).values(values)
        )
        if not done.rowcount:
            connection.execute(planner_settings.insert().values(workspace=workspace, **values))


def _read(row: Row[tuple[object, ...]]) -> StoredAlert:
    values = dict(row._mapping)
    alert = Alert(**{name: values[name] for name in _ALERT} | {"kind": AlertKind(values["kind"])})
    return StoredAlert(
        alert,
        values["raised_at"],
        AlertState(values["state"]),
        values["state_at"],
        values["state_by"],
        values["snoozed_until"],
    )
