from datetime import UTC, datetime, timedelta

from tests.serving.house import House
from triage.store.snapshots import put_snapshot

ORIGIN = datetime(2026, 3, 1, tzinfo=UTC)
LEVELS = ("mean", "q05", "q10", "q20", "q50", "q80", "q90", "q95", "spike_threshold", "spike_probability")


def publish(house: House) -> str:
    rows = [
        {"series": series, "start": ORIGIN + timedelta(days=day)} | dict.fromkeys(LEVELS, 1.5)
        for series in ("team=web", "all")
        for day in (1, 0)
    ]
    return put_snapshot(house.store, "acme", "day", 2, ORIGIN, {"days": 30}, rows)


def get(house: House, query: str = "", workspace: str = "acme"):
    return house.client.get(f"/v1/forecasts{query}", headers=house.key("planner", workspace))


def test_the_newest_forecast_is_told_by_series_in_the_order_of_time(house: House):
    name = publish(house)
    found = get(house).json()
    assert (found["snapshot_id"], found["horizon"], found["basis"]) == (name, 2, {"days": 30})
    assert [one["series"] for one in found["series"]] == ["all", "team=web"]
    assert [point["start"] for point in found["series"][0]["points"]] == [
        "2026-03-01T00:00:00Z",
        "2026-03-02T00:00:00Z",
    ]
    assert found["series"][0]["points"][0]["q95"] == 1.5


def test_one_series_can_be_asked_for(house: House):
    publish(house)
    found = get(house, "?series=team%3Dweb").json()
    assert [one["series"] for one in found["series"]] == ["team=web"]
    assert get(house, "?series=nothing").status_code == 404


def test_where_nothing_was_published_there_is_nothing(house: House):
    publish(house)
    assert get(house, "?interval=hour").status_code == 404
    assert get(house, workspace="other").status_code == 404
