from datetime import UTC, datetime, timedelta

import pytest

from tests.serving.console.conftest import Desk
from triage.spikes.alert import Alert, AlertKind, AlertState
from triage.store.volume_alerts import list_alerts, set_state, take_alerts

NOW = datetime.now(UTC)


@pytest.fixture
def alarmed(desk: Desk) -> Desk:
    burst = Alert(
        "b1", AlertKind.BURST, "category=v<pn", NOW - timedelta(hours=3), NOW, 48.0, 14.2, None, None, 2.3,
        {"too_many": [{"series": "total", "tickets": 35}, {"series": "category=v<pn", "tickets": 33.8}],
         "incident": {"incident_id": "i1", "words": ["SSO", "lo<gin"], "count": 9,
                      "tickets": ["T-1", "T-2"]}},
    )  # fmt: skip
    ahead = Alert(
        "a1", AlertKind.AHEAD, "total", NOW + timedelta(days=3), NOW + timedelta(days=4), None, 60.0, 55.0,
        0.7, 1.4, {"lead_days": 3},
    )  # fmt: skip
    short = Alert(
        "c1", AlertKind.CAPACITY, "team=e<rp", NOW + timedelta(days=1), NOW + timedelta(days=2), None, 52.0,
        40.0, 0.7, 1.4, {"day": NOW.isoformat(), "needed_p80": 60.0, "people_short": 1.5, "due_hours": 6.2,
                         "away": 2, "days": [{}, {}]},
    )  # fmt: skip
    take_alerts(desk.house.store, "acme", [burst, ahead, short], now=NOW)
    return desk


def test_alerts_stand_on_the_volume_page_in_words_and_without_a_forecast(alarmed: Desk):
    page = alarmed.get("/console/volume").text
    assert "48 tickets of v&lt;pn in 3 hours, where 14 are usual." in page
    assert "70 % chance of 55 tickets or more" in page
    assert (
        "Too many came in v&lt;pn (+34). 9 of them read alike: “SSO”, “lo&lt;gin”; such as T-1, T-2." in page
    )
    assert "70 % chance that e&lt;rp has too few people: 40 hours are scheduled" in page
    assert "2 days; these are the figures of" in page
    assert "6 of the hours are for tickets that are open now. 2 people are away then." in page


def test_an_alert_is_judged_with_one_click(alarmed: Desk):
    answer = alarmed.post("/console/volume/alerts/b1", state="false")
    assert "Marked as nothing by admin@acme" in answer.text
    alarmed.post("/console/volume/alerts/a1", state="snoozed")
    states = {one.alert.alert_id: one.state for one in list_alerts(alarmed.house.store, "acme")}
    assert states == {"b1": AlertState.FALSE, "a1": AlertState.SNOOZED, "c1": AlertState.OPEN}
    assert alarmed.post("/console/volume/alerts/none", state="false").status_code == 404
    assert alarmed.post("/console/volume/alerts/b1", state="gone").status_code == 422


def test_a_snooze_that_is_over_opens_the_alert_again(alarmed: Desk):
    store = alarmed.house.store
    set_state(store, "acme", "b1", AlertState.SNOOZED, "dana", now=NOW, until=NOW - timedelta(minutes=1))
    assert "Snoozed by dana" not in alarmed.get("/console/volume").text


def test_who_only_looks_has_no_buttons(alarmed: Desk):
    alarmed.sign_in("auditor")
    assert "It was nothing" not in alarmed.get("/console/volume").text
    assert alarmed.post("/console/volume/alerts/b1", state="false").status_code == 403
