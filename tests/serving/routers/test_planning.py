"""Known events, planners' own figures, and how forecasts turned out."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.serving.house import House
from triage.store.snapshots import put_snapshot
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

EVENT = {
    "kind": "release",
    "title": "Version 7",
    "first_day": "2026-04-14",
    "last_day": "2026-04-16",
    "factor": 1.4,
}
CSV = (
    "event_id,kind,title,first_day,last_day,series,factor\nr7,release,Seven,2026-04-14,2026-04-16,total,1.4\n"
)
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def test_an_event_is_put_listed_exported_and_taken_off(house: House):
    planner = house.key("planner")
    assert house.client.put("/v1/events/r7", json=EVENT, headers=planner).json()["series"] == "total"
    assert [e["event_id"] for e in house.client.get("/v1/events", headers=planner).json()["events"]] == ["r7"]
    text = house.client.get("/v1/events/csv", headers=planner).text
    assert "r7,release,Version 7,2026-04-14,2026-04-16,total,1.4" in text
    other = house.key("planner", "other")
    assert house.client.delete("/v1/events/r7", headers=other).status_code == 404
    assert (
        house.client.put("/v1/events/r7", json=EVENT | {"title": "Theirs"}, headers=other).status_code == 200
    )
    assert "Theirs" not in house.client.get("/v1/events/csv", headers=planner).text
    assert house.client.delete("/v1/events/r7", headers=planner).status_code == 204
    assert house.client.delete("/v1/events/r7", headers=planner).status_code == 404


def test_a_calendar_comes_in_whole_or_not_at_all(house: House):
    planner = house.key("planner")
    good = house.client.post("/v1/events/import", json={"csv": CSV}, headers=planner)
    assert good.status_code == 200 and len(good.json()["events"]) == 1
    bad = CSV + "r8,release,Eight,2026-05-33,,,\n"
    answer = house.client.post("/v1/events/import", json={"csv": bad}, headers=planner)
    assert answer.status_code == 422 and "line 3" in answer.json()["detail"]
    assert len(house.client.get("/v1/events", headers=planner).json()["events"]) == 1
    assert (
        house.client.put("/v1/events/x", json=EVENT | {"last_day": "2026-04-01"}, headers=planner).status_code
        == 422
    )


def publish(house: House, origin: datetime, days: int = 3, mean: float = 10.0) -> None:
    bands = {"q05": 5.0, "q10": 6.0, "q20": 7.0, "q50": 10.0, "q80": 13.0, "q90": 14.0, "q95": 15.0}
    rows = [
        {"series": "total", "start": origin + timedelta(days=n), "mean": mean, **bands,
         "spike_threshold": 18.0, "spike_probability": 0.1}
        for n in range(days)
    ]  # fmt: skip
    put_snapshot(house.store, "acme", "day", days, origin, {"zone": "UTC"}, rows)


def test_a_planners_figure_stands_beside_the_models_with_author_and_reason(house: House):
    publish(house, TODAY)
    start = (TODAY + timedelta(days=1)).isoformat()
    body = {"start": start, "value": 25.0, "reason": "40,000 mails go out."}
    made = house.client.post("/v1/forecasts/overrides", json=body, headers=house.key("planner"))
    assert made.status_code == 201
    one = made.json()
    assert (one["value"], one["model_mean"], one["author"]) == (25.0, 10.0, "planner@acme")
    house.client.post("/v1/forecasts/overrides", json=body | {"value": 30.0}, headers=house.key("planner"))
    listed = house.client.get("/v1/forecasts/overrides", headers=house.key("auditor")).json()["overrides"]
    assert [entry["value"] for entry in listed] == [30.0]
    kept = house.client.get("/v1/forecasts/overrides?with_withdrawn=true", headers=house.key()).json()
    assert len(kept["overrides"]) == 2
    forecast = house.client.get("/v1/forecasts", headers=house.key("lead")).json()
    assert [point["override"] for point in forecast["series"][0]["points"]] == [None, 30.0, None]
    gone = house.client.delete(
        f"/v1/forecasts/overrides/{listed[0]['override_id']}", headers=house.key("planner")
    )
    assert gone.json()["withdrawn_by"] == "planner@acme"
    forecast = house.client.get("/v1/forecasts", headers=house.key("planner")).json()
    assert forecast["series"][0]["points"][1]["mean"] == 10.0
    assert forecast["series"][0]["points"][1]["override"] is None


@pytest.mark.parametrize(
    "body", [{"value": 1.0, "reason": "x", "series": "nobody"}, {"value": 1.0, "reason": "x"}]
)
def test_a_figure_for_what_was_not_forecast_is_refused(house: House, body: dict):
    publish(house, TODAY)
    start = (TODAY + timedelta(days=1 if "series" in body else 90)).isoformat()
    answer = house.client.post("/v1/forecasts/overrides", json=body | {"start": start}, headers=house.key())
    assert answer.status_code == 404


def test_frozen_forecasts_are_scored_by_lead(house: House):
    origin = TODAY - timedelta(days=3)
    begin = origin - timedelta(weeks=8)
    moments = [begin + timedelta(days=day, hours=h) for day in range(56) for h in range(8)]
    moments += [origin + timedelta(days=day, hours=h) for day in range(3) for h in range(12)]
    past = [PastTicket(Ticket(f"T-{n}", created_at=moment)) for n, moment in enumerate(moments)]
    put_tickets(house.store, "acme", past, source="x")
    publish(house, origin)
    report = house.client.get("/v1/reports/forecasts", headers=house.key("planner")).json()
    first, rest = report["leads"]
    assert (first["lead"], first["days"], rest["lead"], rest["days"]) == ("1", 1, "2-7", 2)
    # 12 came, 10 were forecast, the average of eight weeks was 8.
    assert first["wape"] == pytest.approx(2 / 12) and first["bias"] == pytest.approx(-2 / 12)
    assert first["skill_average"] == pytest.approx(1 - 2 / 4)
    assert first["coverage80"] == 1.0 and first["override_days"] == 0
    assert house.client.get("/v1/reports/forecasts?series=x", headers=house.key()).status_code == 404


def test_before_any_forecast_the_report_of_the_total_is_empty(house: House):
    assert house.client.get("/v1/reports/forecasts", headers=house.key()).json()["leads"] == []
    assert house.client.get("/v1/reports/forecasts?series=x", headers=house.key()).status_code == 404


def test_an_event_on_a_series_that_the_forecast_lacks_is_kept_and_told(house: House):
    planner = house.key("planner")
    put = house.client.put("/v1/events/r7", json=EVENT | {"series": "category=x"}, headers=planner)
    assert put.json()["note"] is None
    publish(house, TODAY)
    for series, told in (("category=x", True), ("total", False)):
        put = house.client.put("/v1/events/r7", json=EVENT | {"series": series}, headers=planner)
        assert put.status_code == 200 and (put.json()["note"] is not None) == told
        (listed,) = house.client.get("/v1/events", headers=planner).json()["events"]
        assert listed["note"] == put.json()["note"]


def test_an_event_whose_id_has_a_slash_can_be_changed_and_taken_off(house: House):
    planner = house.key("planner")
    text = CSV.replace("r7,", "2026/r7,", 1)
    assert house.client.post("/v1/events/import", json={"csv": text}, headers=planner).status_code == 200
    assert house.client.put("/v1/events/2026/r7", json=EVENT, headers=planner).status_code == 200
    assert house.client.delete("/v1/events/2026/r7", headers=planner).status_code == 204
    assert house.client.get("/v1/events", headers=planner).json()["events"] == []
