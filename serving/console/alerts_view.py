"""Alerts of volume in words for the console."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from serving.console import wording
from triage.spikes.alert import AlertKind, AlertState
from triage.spikes.said import say
from triage.store import Store
from triage.store.volume_alerts import StoredAlert, list_alerts, read_settings

__all__ = ["AlertView", "budget_of", "view_alerts"]

SHOWN = 20
PAST = timedelta(days=14)
TITLES = {
    AlertKind.AHEAD: "Day ahead",
    AlertKind.BURST: "Burst",
    AlertKind.CAPACITY: "Too few people",
}


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
    if alert.kind is AlertKind.CAPACITY:
        when = _days(one, zone)
    fates = {
        AlertState.OPEN: "",
        AlertState.ACKNOWLEDGED: f"Acknowledged by {one.state_by}.",
        AlertState.SNOOZED: f"Snoozed by {one.state_by}.",
        AlertState.FALSE: f"Marked as nothing by {one.state_by}; later alerts need more evidence.",
    }
    why = _why_short(one, zone) if alert.kind is AlertKind.CAPACITY else _why(one)
    return AlertView(alert.alert_id, TITLES[alert.kind], when, say(alert), why, state.value, fates[state])


def _why(one: StoredAlert) -> str:
    said = []
    parts = [part for part in one.alert.why.get("too_many", ()) if part["series"] != "total"]
    if parts:
        named = ", ".join(
            f"{part['series'].partition('=')[2] or part['series']} (+{part['tickets']:.0f})"
            for part in parts[:3]
        )
        said.append(f"Too many came in {named}.")
    incident = one.alert.why.get("incident")
    if incident:
        words = ", ".join(f"“{word}”" for word in incident["words"][:3])
        examples = ", ".join(incident["tickets"][:3])
        said.append(f"{incident['count']} of them read alike: {words}; such as {examples}.")
    return " ".join(said)


def _days(one: StoredAlert, zone: ZoneInfo) -> str:
    """Say on which days people lack: the first and the last of them."""
    # A day may end at midnight, which is the next one's.
    end = one.alert.ends_at - timedelta(minutes=1)
    first, last = wording.day(one.alert.begins_at, zone), wording.day(end, zone)
    return first if first == last else f"{first} to {last}"


def _why_short(one: StoredAlert, zone: ZoneInfo) -> str:
    why, found = one.alert.why, []
    days = why.get("days", ())
    if len(days) > 1:
        worst = wording.day(datetime.fromisoformat(why["day"]), zone)
        found.append(f"{len(days)} days; these are the figures of {worst}, the worst.")
    if why.get("due_hours", 0.0) >= 0.5:
        found.append(f"{why['due_hours']:.0f} of the hours are for tickets that are open now.")
    if why.get("away"):
        people = "1 person is" if why["away"] == 1 else f"{why['away']} people are"
        found.append(f"{people} away then.")
    return " ".join(found)
