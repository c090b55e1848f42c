"""Alerts of volume in words for the console."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from serving.console import wording
from serving.schemas.spikes import say
from triage.spikes.alert import AlertKind, AlertState
from triage.store import Store
from triage.store.volume_alerts import StoredAlert, list_alerts, read_settings

__all__ = ["AlertView", "budget_of", "view_alerts"]

SHOWN = 20
PAST = timedelta(days=14)
TITLES = {AlertKind.AHEAD: "Day ahead", AlertKind.BURST: "Burst"}


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert: what, when, why, and what became of it."""

    alert_id: str
    title: str
    when: str
    said: str
    why: str
    state: str
    fate: str


def view_alerts(
    store: Store, workspace: str, zone: ZoneInfo, *, now: datetime | None = None
) -> list[AlertView]:
    """Return the alerts of the last two weeks and of days ahead; the snoozed and the false come last.

    A snoozed alert whose time is over is open again.
    """
    moment = now or datetime.now(UTC)
    found = list_alerts(store, workspace, since=moment - PAST, limit=SHOWN)
    order = {AlertState.OPEN: 0, AlertState.ACKNOWLEDGED: 1, AlertState.SNOOZED: 2, AlertState.FALSE: 3}
    return [
        _view(one, zone, moment)
        for one in sorted(found, key=lambda one: (order[_state(one, moment)], -one.raised_at.timestamp()))
    ]


def budget_of(store: Store, workspace: str) -> str:
    """Return how many alerts a month the planner lets through."""
    return f"{read_settings(store, workspace).alerts_per_month:g}"


def _state(one: StoredAlert, now: datetime) -> AlertState:
    over = one.state is AlertState.SNOOZED and one.snoozed_until is not None and one.snoozed_until <= now
    return AlertState.OPEN if over else one.state


def _view(one: StoredAlert, zone: ZoneInfo, now: datetime) -> AlertView:
    alert, state = one.alert, _state(one, now)
    begins = alert.begins_at.astimezone(zone)
    when = wording.day(alert.begins_at, zone)
    if alert.kind is AlertKind.BURST:
        when += f", {begins:%H:%M} to {alert.ends_at.astimezone(zone):%H:%M}"
    fates = {
        AlertState.OPEN: "",
        AlertState.ACKNOWLEDGED: f"Acknowledged by {one.state_by}.",
        AlertState.SNOOZED: f"Snoozed by {one.state_by}.",
        AlertState.FALSE: f"Marked as nothing by {one.state_by}; later alerts need more evidence.",
    }
    return AlertView(alert.alert_id, TITLES[alert.kind], when, say(one), _why(one), state.value, fates[state])


def _why(one: StoredAlert) -> str:
    parts = [part for part in one.alert.why.get("too_many", ()) if part["series"] != "total"]
    if not parts:
        return ""
    named = ", ".join(
        f"{part['series'].partition('=')[2] or part['series']} (+{part['tickets']:.0f})" for part in parts[:3]
    )
    return f"Too many came in {named}."
