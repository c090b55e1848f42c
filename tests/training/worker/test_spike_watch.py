from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.training.worker.test_sla_tick import HOSTS, KEY, URL, Receiver  # noqa: F401
from training.worker.chores import Every
from training.worker.nightly import ask_for_nightly_forecasts
from training.worker.spike_watch import EVERY, look_at_volume
from triage.incident import Incident, Member, Volume, WordBurst
from triage.spikes.alert import AlertKind, AlertState, PlannerSettings
from triage.store import Store
from triage.store.incidents import save_incidents
from triage.store.outbox import add_endpoint, list_messages
from triage.store.runs import ask_for_run, cancel_run, list_runs
from triage.store.snapshots import put_snapshot
from triage.store.tickets import put_tickets
from triage.store.volume_alerts import list_alerts, set_state, write_settings
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
NOW = BEGIN + timedelta(weeks=5, days=1, hours=12, minutes=30)


def tickets(moments, label, prefix):
    return [
        PastTicket(Ticket(f"{prefix}-{n}", subject="x", created_at=moment), labels={"category": label})
        for n, moment in enumerate(moments)
    ]


@pytest.fixture
def desk(store: Store) -> Store:
    """Five weeks of two tickets an hour at day, then thirty of vpn within two hours."""
    ensure_workspace(store, "acme")
    rng = np.random.default_rng(0)
    calm = []
    for hour in range(int((NOW - BEGIN) / timedelta(hours=1))):
        start = BEGIN + timedelta(hours=hour)
        mean = 3.0 if 8 <= start.hour < 18 and start.weekday() < 5 else 0.3
        calm += [start + timedelta(minutes=float(m)) for m in rng.uniform(0, 60, rng.poisson(mean))]
    put_tickets(store, "acme", tickets(calm, "mail", "M"), source="x")
    burst = [NOW - timedelta(minutes=120 - 3.5 * n) for n in range(30)]
    put_tickets(store, "acme", tickets(burst, "vpn", "V"), source="x")
    add_endpoint(store, "acme", URL, now=BEGIN)
    return store


def test_a_burst_is_raised_once_named_and_put_out(desk: Store):
    assert look_at_volume(desk, now=NOW) == 1
    assert look_at_volume(desk, now=NOW + timedelta(minutes=5)) == 0
    (one,) = list_alerts(desk, "acme")
    assert one.alert.kind is AlertKind.BURST and one.state is AlertState.OPEN
    assert one.alert.count > 2 * one.alert.expected
    assert {part["series"] for part in one.alert.why["too_many"]} & {"total", "category=vpn"}
    (message,) = list_messages(desk, "acme")
    assert message.kind == "spike.burst" and message.body["data"]["alert_id"] == one.alert.alert_id
    assert "subject" not in str(message.body)


def test_a_burst_is_named_by_the_suspected_incident_of_its_hours(desk: Store):
    members = tuple(Member(f"V-{n}", NOW - timedelta(minutes=120 - 3.5 * n)) for n in range(30))
    burst = WordBurst("sso", 30, 0.5, 9.0, 2.0)
    found = Incident("i1", "V-9", NOW, (burst,), {"sso": "SSO"}, members, Volume(60, 30.0), 9.0)
    save_incidents(desk, "acme", [found], now=NOW)
    look_at_volume(desk, now=NOW)
    (one,) = list_alerts(desk, "acme", kind=AlertKind.BURST)
    behind = one.alert.why["incident"]
    assert (behind["incident_id"], behind["words"], behind["count"]) == ("i1", ["SSO"], 30)


def test_a_burst_that_goes_on_does_not_reach_into_the_future(desk: Store):
    look_at_volume(desk, now=NOW)
    (one,) = list_alerts(desk, "acme", kind=AlertKind.BURST)
    assert one.alert.ends_at == NOW
    look_at_volume(desk, now=NOW + timedelta(hours=2))
    (later,) = list_alerts(desk, "acme", kind=AlertKind.BURST)
    assert later.alert.alert_id == one.alert.alert_id and later.alert.ends_at <= NOW + timedelta(hours=2)


def test_what_somebody_did_with_an_alert_stays(desk: Store):
    look_at_volume(desk, now=NOW)
    (one,) = list_alerts(desk, "acme")
    set_state(desk, "acme", one.alert.alert_id, AlertState.ACKNOWLEDGED, "dana", now=NOW)
    look_at_volume(desk, now=NOW + timedelta(minutes=20))
    (again,) = list_alerts(desk, "acme")
    assert (again.state, again.state_by) == (AlertState.ACKNOWLEDGED, "dana")


def test_without_a_budget_nothing_is_raised(desk: Store):
    write_settings(desk, "acme", PlannerSettings(alerts_per_month=0.0), "dana", now=NOW)
    assert look_at_volume(desk, now=NOW) == 0


def test_old_bursts_are_history(desk: Store):
    assert look_at_volume(desk, now=NOW + timedelta(days=3)) == 0


def test_a_likely_day_of_the_newest_forecast_is_raised(store: Store):
    ensure_workspace(store, "acme")
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=4)
    values = dict.fromkeys(("mean", "q05", "q10", "q20", "q50", "q80", "q90", "q95"), 60.0)
    row = {"series": "total", "start": start, "spike_threshold": 50.0, "spike_probability": 0.8, **values}
    put_snapshot(store, "acme", "day", 1, start - timedelta(days=4), {"zone": "UTC"}, [row])
    now = datetime.now(UTC)
    assert look_at_volume(store, now=now) == 1 and look_at_volume(store, now=now) == 0
    (one,) = list_alerts(store, "acme", kind=AlertKind.AHEAD)
    assert one.alert.probability == 0.8


def test_the_chore_looks_every_five_minutes(desk: Store):
    at = [NOW]
    chore = Every(EVERY, lambda: at[0], lambda now: look_at_volume(desk, now=now))
    write_settings(desk, "acme", PlannerSettings(alerts_per_month=0.0), "dana", now=NOW)
    chore()
    write_settings(desk, "acme", PlannerSettings(), "dana", now=NOW)
    at[0] = NOW + timedelta(minutes=1)
    chore()
    assert list_alerts(desk, "acme") == []
    at[0] = NOW + timedelta(minutes=6)
    chore()
    assert len(list_alerts(desk, "acme")) == 1


def test_who_was_forecast_is_forecast_again_every_night_and_once(store: Store):
    ensure_workspace(store, "acme", zone="Europe/Zurich")
    ensure_workspace(store, "never")
    run = ask_for_run(store, "acme", "forecast", {"days": 7, "hours": 24, "by": ["team"]}, "dana")
    cancel_run(store, "acme", run.run_id)
    now = datetime.now(UTC)
    assert ask_for_nightly_forecasts(store, now=now) == 0
    assert ask_for_nightly_forecasts(store, now=now + timedelta(days=1)) == 1
    assert ask_for_nightly_forecasts(store, now=now + timedelta(days=1)) == 0
    newest = list_runs(store, "acme", kind="forecast")[0]
    assert newest.parameters == run.parameters and newest.requested_by == "worker"
    assert list_runs(store, "never") == []
