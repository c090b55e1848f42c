from datetime import UTC, datetime, timedelta

import pytest

from tests.serving.house import House
from triage.spikes.alert import Alert, AlertKind
from triage.store.volume_alerts import take_alerts

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
BURST = Alert(
    "b1", AlertKind.BURST, "category=vpn", NOW - timedelta(hours=3), NOW, 48.0, 14.2, None, None, 2.3,
    {"too_many": [{"series": "category=vpn", "tickets": 33.8}]},
)  # fmt: skip


@pytest.fixture
def raised(house: House) -> House:
    take_alerts(house.store, "acme", [BURST], now=NOW)
    return house


def state(house: House, body: dict, role: str = "planner", workspace: str = "acme"):
    return house.client.put("/v1/spikes/b1/state", json=body, headers=house.key(role, workspace))


def test_alerts_are_listed_with_what_explains_them(raised: House):
    (one,) = raised.client.get("/v1/spikes", headers=raised.key("planner")).json()["alerts"]
    assert one["said"] == "48 tickets of vpn in 3 hours, where 14 are usual."
    assert one["why"]["too_many"][0]["tickets"] == 33.8 and one["state"] == "open"
    ahead = raised.client.get("/v1/spikes?kind=ahead", headers=raised.key("auditor")).json()
    assert ahead == {"alerts": []}
    assert raised.client.get("/v1/spikes", headers=raised.key("planner", "other")).json() == {"alerts": []}


def test_an_alert_is_acknowledged_snoozed_and_marked_false(raised: House):
    assert state(raised, {"state": "acknowledged"}).json()["state_by"] == "planner@acme"
    until = (datetime.now(UTC) + timedelta(hours=4)).isoformat()
    assert state(raised, {"state": "snoozed", "until": until}).json()["state"] == "snoozed"
    done = state(raised, {"state": "false"}).json()
    assert (done["state"], done["snoozed_until"]) == ("false", None)


@pytest.mark.parametrize(
    "body",
    [
        {"state": "snoozed"},
        {"state": "false", "until": "2199-01-01T00:00:00Z"},
        {"state": "snoozed", "until": "2020-01-01T00:00:00Z"},
    ],
)
def test_a_snooze_needs_an_end_in_the_future_and_nothing_else_does(raised: House, body: dict):
    assert state(raised, body).status_code == 422
    assert raised.client.get("/v1/spikes", headers=raised.key()).json()["alerts"][0]["state"] == "open"


def test_only_planners_and_admins_judge_and_only_their_own(raised: House):
    assert state(raised, {"state": "false"}, role="agent").status_code == 403
    assert state(raised, {"state": "false"}, workspace="other").status_code == 404


def test_the_budget_is_kept(house: House):
    assert (
        house.client.get("/v1/spikes/settings", headers=house.key("planner")).json()["alerts_per_month"] == 4
    )
    wanted = {
        "alerts_per_month": 1.5,
        "least_probability": 0.4,
        "ahead_per_month": 3,
        "capacity_per_month": 2,
    }
    put = house.client.put("/v1/spikes/settings", json=wanted, headers=house.key("planner"))
    assert put.json() == wanted
    assert house.client.get("/v1/spikes/settings", headers=house.key("auditor")).json() == wanted
    bad = house.client.put("/v1/spikes/settings", json=wanted | {"alerts_per_month": -1}, headers=house.key())
    assert bad.status_code == 422
