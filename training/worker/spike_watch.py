"""A look at the volume of all workspaces every few minutes: bursts now, and days ahead that stand out."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from features.wall_clock import WallClock
from training.worker.alert_message import put_alerts
from triage.spikes.ahead import MONTH, days_to_expect
from triage.spikes.alert import Alert, AlertKind, AlertState, PlannerSettings, alert_id
from triage.spikes.incident_behind import incident_behind
from triage.spikes.watch import TOTAL, Noticed, Quiet, watch
from triage.store import Store
from triage.store.incidents import watched_incidents
from triage.store.recent import filed_between
from triage.store.snapshots import latest_snapshot
from triage.store.volume_alerts import count_alerts, list_alerts, read_settings
from triage.store.workspaces import Workspace, list_workspaces

__all__ = ["EVERY", "look_at_volume"]

EVERY = timedelta(minutes=5)
BY = ("category", "team")
"""Fields whose labels are watched beside the total."""
LOOK_BACK = timedelta(weeks=13)
FRESH = timedelta(hours=24)
"""Bursts that began to show longer ago are history: limits are learnt from them, nobody is told."""
STRONG = 2.0
"""A burst with so many times the evidence needed is told of even when the month's budget is used up."""

SHORTEST = timedelta(seconds=1)
"""An alert may end within an hour, the one that ran when it was raised: that hour is part of it."""

log = logging.getLogger(__name__)


def look_at_volume(store: Store, *, now: datetime) -> int:
    """Raise what stands out in every workspace; return how many alerts are new.

    Doing it twice, or by several workers at once, raises each alert once. Alert and message are kept in one
    transaction.
    """
    raised = 0
    for place in list_workspaces(store):
        settings = read_settings(store, place.workspace)
        alerts = _bursts(store, place, settings, now) + _ahead(store, place.workspace, settings, now)
        raised += put_alerts(store, place.workspace, alerts, now=now)
    if raised:
        log.info("raised %s alerts of volume", raised)
    return raised


def _bursts(store: Store, place: Workspace, settings: PlannerSettings, now: datetime) -> list[Alert]:
    filed = filed_between(store, place.workspace, now - LOOK_BACK, now)
    if not filed:
        return []
    clock = WallClock.since(filed[0][0], place.zone)
    n = clock.hour(now) + 1
    names, counts = _count(filed, clock, n)
    known = list_alerts(store, place.workspace, kind=AlertKind.BURST, since=clock.instant(0), limit=500)
    told = [
        Quiet(
            clock.hour(one.alert.begins_at), clock.hour(one.alert.ends_at - SHORTEST) + 1, one.alert.series,
            one.state is AlertState.FALSE,
        )
        for one in known
        if one.state in (AlertState.FALSE, AlertState.ACKNOWLEDGED)
    ]  # fmt: skip
    noticed = watch(names, counts, clock.weekdays(n), settings.alerts_per_month, told)
    room = max(1.0, settings.alerts_per_month) - count_alerts(
        store, place.workspace, AlertKind.BURST, now - MONTH
    )
    incidents = watched_incidents(store, place.workspace, now - 2 * FRESH) if noticed else []
    found = []
    for one in noticed:
        if clock.instant(one.burst.end) < now - FRESH:
            continue
        # A burst that goes on is known by the hour it was first told of, even if it now seems older.
        begins = clock.instant(one.burst.begin)
        same = next((other.alert for other in known if _overlap(other.alert, one, clock)), None)
        if same is None and room < 1.0 and one.burst.strength < STRONG:
            continue
        room -= same is None
        alert = _alert(place.workspace, one, clock, same, begins)
        # The hour that is going on is not over.
        alert = replace(alert, ends_at=min(alert.ends_at, now))
        if (incident := incident_behind(incidents, alert.begins_at, alert.ends_at)) is not None:
            alert = replace(alert, why={**alert.why, "incident": incident})
        found.append(alert)
    return found


def _overlap(alert: Alert, one: Noticed, clock: WallClock) -> bool:
    begin, end = clock.instant(one.burst.begin), clock.instant(one.burst.end)
    return alert.begins_at < end + timedelta(hours=6) and begin < alert.ends_at + timedelta(hours=6)


def _alert(workspace: str, one: Noticed, clock: WallClock, same: Alert | None, begins: datetime) -> Alert:
    burst = one.burst
    series = one.series if same is None else same.series
    begins = begins if same is None else same.begins_at
    return Alert(
        alert_id(workspace, AlertKind.BURST, series, begins) if same is None else same.alert_id,
        AlertKind.BURST,
        series,
        begins,
        clock.instant(burst.end),
        burst.count,
        burst.expected,
        None,
        None,
        burst.strength,
        {
            "first_alarm_at": clock.instant(burst.found + 1).isoformat(),
            "too_many": [{"series": name, "tickets": round(many, 1)} for name, many in one.excess[:5]],
            "seen_in": one.series,
        },
    )


def _count(
    filed: Sequence[tuple[datetime, dict[str, str]]], clock: WallClock, n: int
) -> tuple[list[str], np.ndarray]:
    rows: dict[str, np.ndarray] = {TOTAL: np.zeros(n)}
    for moment, labels in filed:
        hour, weight = clock.place(moment)
        rows[TOTAL][hour] += weight
        for field in BY:
            if labels.get(field):
                rows.setdefault(f"{field}={labels[field]}", np.zeros(n))[hour] += weight
    return list(rows), np.stack(list(rows.values()))


def _ahead(store: Store, workspace: str, settings: PlannerSettings, now: datetime) -> list[Alert]:
    snapshot = latest_snapshot(store, workspace, "day")
    if snapshot is None or now - snapshot.created_at > timedelta(days=3):
        return []
    known = {one.alert.alert_id for one in list_alerts(store, workspace, kind=AlertKind.AHEAD, since=now)}
    told = count_alerts(store, workspace, AlertKind.AHEAD, now - MONTH)
    found = days_to_expect(workspace, snapshot.rows, settings, now=now, told=0)
    again = [one for one in found if one.alert_id in known]
    new = [one for one in found if one.alert_id not in known]
    return again + new[: max(0, settings.ahead_per_month - told)]
