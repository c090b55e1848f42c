from datetime import UTC, datetime, timedelta

import pytest

from tests.training.worker.test_sla_tick import URL
from training.worker.capacity_watch import EVERY, look_at_capacity
from training.worker.chores import Every
from triage.absence import Absence
from triage.agent import Agent
from triage.spikes.alert import AlertKind, AlertState, PlannerSettings
from triage.store import Store
from triage.store.agents import put_agents
from triage.store.outbox import add_endpoint, list_messages
from triage.store.snapshots import put_snapshot
from triage.store.staffing import write_staffing_setup
from triage.store.volume_alerts import list_alerts, set_state, write_settings
from triage.store.workspaces import ensure_workspace

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
NOW = TODAY + timedelta(hours=6)
SETUP = {
    "by": "total",
    "paths": 100,
    "teams": [{"name": "desk", "hours": "Mon-Sun 08:00-18:00"}, {"name": "night", "skills": ["none"]}],
    "channels": [{"name": "tickets", "occupancy": 1.0, "shrinkage": 0.0}],
    "handle_time": {"default": {"mean_s": 600, "sd_s": 0}},
}

FACTORS = {"q05": 0.7, "q10": 0.8, "q20": 0.9, "q50": 1.0, "q80": 1.1, "q90": 1.2, "q95": 1.3}


def publish(store: Store, interval: str, n: int, means: list[float]) -> None:
    step = timedelta(days=1) if interval == "day" else timedelta(hours=1)
    rows = [
        {"series": "total", "start": TODAY + i * step, "mean": means[i % len(means)]}
        | {name: means[i % len(means)] * factor for name, factor in FACTORS.items()}
        | {"spike_threshold": 900.0, "spike_probability": 0.0}
        for i in range(n)
    ]
    put_snapshot(store, "acme", interval, n, TODAY, {"zone": "UTC"}, rows)


@pytest.fixture
def desk(store: Store) -> Store:
    """Two people for ten hours a day; sixty tickets of ten minutes come, but on the fifth day two hundred."""
    ensure_workspace(store, "acme")
    write_staffing_setup(store, "acme", SETUP, "dana")
    shift = "Mon-Sun 08:00-18:00"
    put_agents(store, "acme", [Agent("ada", "desk", shift=shift), Agent("bo", "desk", shift=shift)])
    publish(store, "day", 7, [60.0, 60.0, 60.0, 60.0, 200.0, 60.0, 60.0])
    add_endpoint(store, "acme", URL, now=TODAY)
    return store


def test_a_day_with_more_work_than_people_is_raised_once_told_and_explained(desk: Store):
    assert look_at_capacity(desk, now=NOW) == 1
    assert look_at_capacity(desk, now=NOW + timedelta(hours=1)) == 0
    (one,) = list_alerts(desk, "acme")
    assert (one.alert.kind, one.alert.series) == (AlertKind.CAPACITY, "team=desk")
    assert one.alert.begins_at == TODAY + timedelta(days=4) and one.alert.threshold == 20.0
    assert one.alert.probability > 0.95 and one.alert.why["people_short"] > 1
    (message,) = list_messages(desk, "acme")
    assert message.kind == "spike.capacity"
    assert message.body["data"]["said"].endswith("; at worst 1.7 people lack.")


def test_who_is_away_makes_a_shortage_and_is_counted(desk: Store):
    away = Absence(TODAY + timedelta(days=1), TODAY + timedelta(days=3))
    put_agents(desk, "acme", [Agent("ada", "desk", shift="Mon-Sun 08:00-18:00", absences=(away,))])
    publish(desk, "day", 7, [80.0])
    assert look_at_capacity(desk, now=NOW) == 1
    (one,) = list_alerts(desk, "acme")
    assert one.alert.begins_at == TODAY + timedelta(days=1) and one.alert.why["away"] == 1
    assert len(one.alert.why["days"]) == 2


def test_the_near_days_come_from_the_forecast_by_the_hour(desk: Store):
    publish(desk, "day", 7, [60.0])
    publish(desk, "hour", 72, [0.0] * 8 + [20.0] * 10 + [0.0] * 6)
    look_at_capacity(desk, now=NOW)
    (one,) = list_alerts(desk, "acme")
    # The third day is the last by the hour, which is left to the forecast by day.
    assert [part["start"][:10] for part in one.alert.why["days"]] == [
        f"{TODAY + timedelta(days=n):%Y-%m-%d}" for n in (0, 1)
    ]


def test_today_comes_from_the_forecast_by_the_hour_even_if_that_reaches_no_further(desk: Store):
    publish(desk, "day", 7, [60.0])
    publish(desk, "hour", 24, [0.0] * 8 + [20.0] * 10 + [0.0] * 6)
    look_at_capacity(desk, now=NOW)
    (one,) = list_alerts(desk, "acme")
    assert one.alert.begins_at == TODAY + timedelta(hours=8) and len(one.alert.why["days"]) == 1


def test_what_people_said_stays_and_without_a_budget_or_shifts_nothing_is_raised(desk: Store):
    write_settings(desk, "acme", PlannerSettings(capacity_per_month=0), "dana", now=NOW)
    assert look_at_capacity(desk, now=NOW) == 0
    write_settings(desk, "acme", PlannerSettings(), "dana", now=NOW)
    look_at_capacity(desk, now=NOW)
    (one,) = list_alerts(desk, "acme")
    set_state(desk, "acme", one.alert.alert_id, AlertState.ACKNOWLEDGED, "dana", now=NOW)
    look_at_capacity(desk, now=NOW + timedelta(hours=2))
    (again,) = list_alerts(desk, "acme")
    assert (again.state, again.state_by) == (AlertState.ACKNOWLEDGED, "dana")


def test_a_setup_that_the_forecast_does_not_carry_is_no_accident(desk: Store, caplog):
    write_staffing_setup(desk, "acme", SETUP | {"by": "category"}, "dana")
    assert look_at_capacity(desk, now=NOW) == 0
    assert "could not be looked at" in caplog.text


def test_the_chore_looks_once_an_hour(desk: Store):
    at = [NOW]
    chore = Every(EVERY, lambda: at[0], lambda now: look_at_capacity(desk, now=now))
    publish(desk, "day", 7, [60.0])
    chore()
    publish(desk, "day", 7, [200.0])
    at[0] = NOW + timedelta(minutes=59)
    chore()
    assert list_alerts(desk, "acme") == []
    at[0] = NOW + timedelta(minutes=61)
    chore()
    assert len(list_alerts(desk, "acme")) == 1
