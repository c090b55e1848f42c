"""Alerts, settings, events and overrides of planners, in both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from triage.errors import NotFoundError
from triage.known_event import KnownEvent
from triage.spikes.alert import Alert, AlertKind, AlertState, PlannerSettings
from triage.store import Store
from triage.store.known_events import delete_event, list_events, put_events
from triage.store.overrides import list_overrides, put_override, withdraw_override
from triage.store.volume_alerts import (
    count_alerts,
    list_alerts,
    read_settings,
    set_state,
    take_alerts,
    write_settings,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def burst(count: float = 40.0, hours: int = 3) -> Alert:
    begin = NOW - timedelta(hours=3)
    return Alert(
        "b1",
        AlertKind.BURST,
        "total",
        begin,
        begin + timedelta(hours=hours),
        count,
        12.0,
        None,
        None,
        2.0,
        {"a": 1},
    )


def test_an_alert_is_new_once_and_goes_on_without_losing_what_was_said(store: Store):
    assert take_alerts(store, "acme", [burst()], now=NOW) == [burst()]
    set_state(store, "acme", "b1", AlertState.ACKNOWLEDGED, "dana", now=NOW)
    assert take_alerts(store, "acme", [burst(55.0, 5)], now=NOW + timedelta(hours=2)) == []
    (one,) = list_alerts(store, "acme")
    assert one.alert == burst(55.0, 5)
    assert (one.raised_at, one.state, one.state_by) == (NOW, AlertState.ACKNOWLEDGED, "dana")
    assert count_alerts(store, "acme", AlertKind.BURST, NOW) == 1
    assert count_alerts(store, "acme", AlertKind.BURST, NOW + timedelta(seconds=1)) == 0
    assert list_alerts(store, "acme", state=AlertState.OPEN) == list_alerts(store, "other") == []
    with pytest.raises(NotFoundError):
        set_state(store, "other", "b1", AlertState.FALSE, "dana", now=NOW)


def test_settings_are_as_they_are_by_default_until_somebody_sets_them(store: Store):
    assert read_settings(store, "acme") == PlannerSettings()
    for many in (1.0, 2.0):
        write_settings(store, "acme", PlannerSettings(alerts_per_month=many), "dana", now=NOW)
    assert read_settings(store, "acme").alerts_per_month == 2.0
    assert read_settings(store, "other") == PlannerSettings()


def test_events_are_replaced_by_their_id_and_belong_to_one_workspace(store: Store):
    one = KnownEvent("r7", "release", "Seven", date(2026, 4, 14), date(2026, 4, 16), factor=1.4)
    later = KnownEvent("r7", "release", "Seven", date(2026, 5, 14), date(2026, 5, 16))
    put_events(store, "acme", [one], "dana", now=NOW)
    put_events(store, "acme", [later], "dana", now=NOW)
    assert list_events(store, "acme") == [later] and list_events(store, "other") == []
    with pytest.raises(NotFoundError):
        delete_event(store, "other", "r7")
    put_events(store, "other", [one], "eve", now=NOW)
    delete_event(store, "acme", "r7")
    assert list_events(store, "acme") == [] and list_events(store, "other") == [one]


def test_a_later_override_takes_the_place_of_an_earlier_one_which_is_kept(store: Store):
    first, second = (
        put_override(
            store, "acme", "day", "total", NOW, value, model_mean=10.0, author="dana", reason="mails", now=NOW
        )
        for value in (20.0, 30.0)
    )
    assert list_overrides(store, "acme") == [second]
    kept = list_overrides(store, "acme", with_withdrawn=True)
    assert {one.override_id: one.withdrawn_by for one in kept} == {
        first.override_id: "dana",
        second.override_id: None,
    }
    gone = withdraw_override(store, "acme", second.override_id, "eve", now=NOW)
    assert gone.withdrawn_by == "eve" and list_overrides(store, "acme") == []
    with pytest.raises(NotFoundError):
        withdraw_override(store, "acme", second.override_id, "eve", now=NOW)
