"""Plans over HTTP: setup, plan, what if, baselines, exports, reports; from a forecast that was published."""

import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.serving.house import House
from triage.agent import Agent
from triage.store.agents import put_agents
from triage.store.snapshots import put_snapshot
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
SETUP = {
    "teams": [
        {"name": "web", "skills": ["vpn"], "hours": "24/7", "cost_per_hour": 30.0},
        {"name": "desk", "skills": ["mail"], "hours": "24/7", "cost_per_hour": 20.0},
    ],
    "channels": [{"name": "tickets", "deadline": "same day"}],
    "handle_time": {"default": {"mean_s": 900, "sd_s": 600}},
}
QUANTILES = {"q05": 0.7, "q10": 0.8, "q20": 0.9, "q50": 1.0, "q80": 1.15, "q90": 1.25, "q95": 1.35}


def publish(house: House, *, since: datetime = TODAY, days: int = 7) -> str:
    rows = [
        {"series": series, "start": since + timedelta(days=day), "mean": level}
        | {name: factor * level for name, factor in QUANTILES.items()}
        | {"spike_threshold": 2 * level, "spike_probability": 0.01}
        for series, level in (("total", 300.0), ("category=vpn", 200.0), ("category=mail", 100.0))
        for day in range(days)
    ]
    return put_snapshot(house.store, "acme", "day", days, since, {"zone": "UTC"}, rows)


def set_up(house: House, **changes) -> None:
    answer = house.client.put("/v1/staffing/setup", json=SETUP | changes, headers=house.key("planner"))
    assert answer.status_code == 200, answer.text


def ask(house: House, **body):
    return house.client.post("/v1/staffing", json={"interval": "day"} | body, headers=house.key("planner"))


def test_a_setup_is_read_back_as_written_and_not_overwritten_unseen(house: House):
    set_up(house)
    read = house.client.get("/v1/staffing/setup", headers=house.key("auditor")).json()
    assert read["version"] == 1 and read["setup"]["teams"][0]["name"] == "web"
    late = house.client.put("/v1/staffing/setup", json=SETUP | {"version": 0}, headers=house.key("planner"))
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"zone": "Mars/Olympus"}, "IANA"),
        ({"channels": [{"name": "t", "kind": "live", "deadline": "8h"}]}, "'deadline'"),
        ({"teams": [{"name": "a"}, {"name": "a"}]}, "two teams"),
        ({"teams": [{"name": "a", "hours": "sometimes"}]}, "shift"),
        ({"teams": [{"name": "a", "country": "ZZ"}]}, "country"),
        ({"by": "nosuch"}, "expected one of total, series, channel, category"),
        ({"channels": [{"name": "t"}, {"name": "p", "share": 0.3}]}, "add up to 1.3"),
    ],
)
def test_a_setup_that_makes_no_sense_is_the_senders_and_says_why(house: House, change: dict, words: str):
    set_up(house)
    answer = house.client.put("/v1/staffing/setup", json=SETUP | change, headers=house.key("planner"))
    assert answer.status_code == 422 and words in answer.json()["detail"]
    # The one that makes sense stays.
    assert house.client.get("/v1/staffing/setup", headers=house.key("planner")).json()["version"] == 1


def test_a_field_of_ones_own_is_taken_where_a_forecast_has_it(house: House):
    rows = [
        {"series": "field.site=north", "start": TODAY, "mean": 5.0, "spike_threshold": 9.0}
        | {name: factor * 5.0 for name, factor in QUANTILES.items()}
        | {"spike_probability": 0.01}
    ]
    put_snapshot(house.store, "acme", "day", 1, TODAY, {"zone": "UTC"}, rows)
    set_up(house, by="field.site")


def test_the_guides_file_as_json_is_a_setup(house: House):
    guide = (Path(__file__).parents[3] / "docs" / "guide.md").read_text(encoding="utf-8")
    (example,) = [one for one in re.findall(r"```toml\n(.*?)```", guide, re.DOTALL) if "[[teams]]" in one]
    document = tomllib.loads(example)
    set_up(house, **document)
    plain = {"handle_time": {"default": 600, "labels": {"vpn": 900.5}}, "paths": 100, "seed": 7}
    set_up(house, **document | plain)
    kept = house.client.get("/v1/staffing/setup", headers=house.key("planner")).json()["setup"]
    assert kept["channels"][0]["backlog"] == 40 and kept["handle_time"]["labels"] == {"vpn": 900.5}


def test_planners_own_figures_go_into_a_plan_that_asks_for_them(house: House):
    set_up(house)
    publish(house)
    start = (TODAY + timedelta(days=2)).isoformat()
    for series, value in (("category=vpn", 600.0), ("total", 900.0)):
        figure = {"series": series, "start": start, "value": value, "reason": "A release."}
        made = house.client.post("/v1/forecasts/overrides", json=figure, headers=house.key("planner"))
        assert made.status_code == 201, made.text
    without, plan = ask(house).json(), ask(house, use_overrides=True).json()
    volume = [
        [row["volume"]["p50"] for row in one["rows"] if row["team"] == "web"] for one in (without, plan)
    ]
    assert volume[1][2] == pytest.approx(3 * volume[0][2], rel=0.03) and volume[1][3] == volume[0][3]
    assert plan["rows"][2]["required_paid"]["p80"] > 2 * without["rows"][2]["required_paid"]["p80"]
    assert without["notes"] == [] and plan["notes"] == [
        "Planners' own figures stand in for the forecast's: 1.",
        "Planners' own figures that change nothing here: 1, of total; this plan rests on series of category, "
        "and a total does not move its parts.",
    ]


def test_a_skill_that_no_label_has_is_noted(house: House):
    teams = [{"name": "web", "skills": ["vpn", "VPN", "wifi"]}, {"name": "desk"}]
    set_up(house, teams=teams)
    publish(house)
    (note,) = [one for one in ask(house).json()["notes"] if "skills" in one]
    assert note == "web has skills that no label of category in this forecast has: 'VPN', 'wifi'."


def test_without_setup_or_forecast_there_is_no_plan(house: House):
    assert "staffing setup" in ask(house).json()["detail"]
    set_up(house)
    answer = ask(house)
    assert answer.status_code == 404 and "POST /v1/forecasts" in answer.json()["detail"]
    publish(house, since=TODAY - timedelta(days=30))
    assert "is over" in ask(house).json()["detail"]


def test_a_plan_says_people_by_team_and_interval_and_what_becomes_of_the_work(house: House):
    set_up(house)
    snapshot = publish(house)
    plan = ask(house).json()
    assert plan["snapshot_id"] == snapshot and plan["percentile"] == "P80"
    assert [one["team"] for one in plan["totals"]] == ["web", "desk"] and len(plan["rows"]) == 14
    row = plan["rows"][1]
    # 200 tickets x 900 s are 50 hours of work: over 24 open hours, occupancy .85, shrinkage .3, that is 3.5.
    assert row["required_paid"]["p50"] == pytest.approx(50 / 24 / 0.85 / 0.7, rel=0.06)
    assert row["required_paid"]["p50"] < row["required_paid"]["p80"] < row["required_paid"]["p95"]
    assert row["scheduled"] is None and 0 <= row["breach_probability"] < 0.4
    assert plan["cost"] == pytest.approx(sum(one["cost"] for one in plan["totals"]), rel=1e-3)


def test_what_if_stands_beside_the_plan_without_it(house: House):
    set_up(house)
    publish(house)
    plan = ask(house, change={"volume_percent": 50.0, "percentile": "P95"}).json()
    total, *teams = plan["compared"]
    assert total["team"] is None and [one["team"] for one in teams] == ["web", "desk"]
    assert plan["percentile"] == "P95" and total["hours"] > 0.5 * total["before"]["paid_hours"]
    assert total["after"]["cost"] == pytest.approx(plan["cost"], rel=1e-3)
    wrong = ask(house, change={"channels": {"phone": {"service_level": 0.9}}})
    assert wrong.status_code == 422 and "tickets" in wrong.json()["detail"]


def test_a_plan_is_kept_compared_with_and_forgotten(house: House):
    set_up(house)
    publish(house)
    planner = house.key("planner")
    url = "/v1/staffing/baselines/as planned"
    assert ask(house, baseline="as planned").status_code == 404
    kept = house.client.put(url, json={"interval": "day"}, headers=planner | {"Idempotency-Key": "k"})
    again = house.client.put(url, json={"interval": "day"}, headers=planner | {"Idempotency-Key": "k"})
    assert kept.status_code == 200 and again.headers["Idempotent-Replayed"] == "true"
    assert house.client.get(url, headers=planner).json() == kept.json()
    listed = house.client.get("/v1/staffing/baselines", headers=planner).json()["baselines"]
    assert [one["name"] for one in listed] == ["as planned"]
    plan = ask(house, baseline="as planned", change={"handle_time_percent": -50.0}).json()
    assert plan["compared"][0]["hours"] < -0.4 * plan["compared"][0]["before"]["paid_hours"]
    assert house.client.delete(url, headers=planner).status_code == 204
    assert house.client.delete(url, headers=planner).status_code == 404


def test_the_agents_shifts_and_absences_are_a_schedule(house: House):
    set_up(house)
    publish(house)
    away = TODAY + timedelta(days=2)
    put_agents(
        house.store,
        "acme",
        [
            Agent(
                "ada",
                team="web",
                shift="Mon-Sun 00:00-24:00",
                absent_from=away,
                absent_to=away + timedelta(days=1),
            ),
            Agent("bob", team="web"),
        ],
    )
    plan = ask(house, schedule="agents").json()
    web = [row for row in plan["rows"] if row["team"] == "web"]
    assert web[3]["scheduled"] == pytest.approx(1.0) and web[2]["scheduled"] == pytest.approx(0.0)
    assert web[2]["net"] == pytest.approx(-web[2]["required_paid"]["p80"], abs=1e-3)
    assert any("bob" in note for note in plan["notes"])
    assert web[6]["backlog"] > 100 and web[6]["breach_probability"] > 0.9


def test_shifts_are_proposed_and_exported_to_calendars_and_read_back(house: House):
    set_up(house, shifts={"starts": ["00:00", "08:00", "16:00"], "hours": [8.0], "days": 5})
    publish(house)
    planner = house.key("planner")
    query = "/v1/staffing/export?interval=day&schedule=proposed&format="
    calendar = house.client.get(query + "ics", headers=planner)
    assert calendar.headers["content-type"].startswith("text/calendar") and "VEVENT" in calendar.text
    plan = ask(house, schedule_file=calendar.text).json()
    assert all(one["hours_under"] <= 0.05 * one["scheduled_hours"] for one in plan["totals"])
    table = house.client.get(query + "csv", headers=planner).text
    assert table.startswith("team,start,end,agents,agent\n")
    assert ask(house, schedule_file=table).json()["totals"] == plan["totals"]
    rows = house.client.get("/v1/staffing/export?interval=day", headers=planner).text
    assert rows.startswith("team,start,end,open_hours,volume_p50") and rows.count("\n") == 15
    none = house.client.get("/v1/staffing/export?interval=day&format=ics", headers=planner)
    assert none.status_code == 422


def open_ticket(name: str, filed: datetime, category: str = "vpn") -> PastTicket:
    return PastTicket(
        Ticket(name, created_at=filed, subject="x"),
        labels={"category": category, "team": "web"},
        status="open",
    )


def test_the_backlog_is_reported_with_ages_and_projected_day_by_day(house: House):
    now = datetime.now(UTC)
    put_tickets(
        house.store,
        "acme",
        [open_ticket(f"t{i}", now - timedelta(hours=hours)) for i, hours in enumerate((1, 30, 200))],
        source="history",
    )
    headers = house.key("planner")
    bare = house.client.get("/v1/reports/backlog", headers=headers).json()
    assert bare["open"] == 3 and bare["projection"] == [] and "staffing setup" in bare["notes"][0]
    assert {one["from_hours"]: one["tickets"] for one in bare["ages"] if one["tickets"]} == {
        0.0: 1,
        24.0: 1,
        168.0: 1,
    }
    assert bare["teams"][0]["oldest_hours"] == pytest.approx(200, abs=0.2)
    set_up(house)
    publish(house)
    report = house.client.get("/v1/reports/backlog", headers=headers).json()
    assert len(report["projection"]) == 14
    nobody = house.client.get("/v1/reports/backlog?schedule=agents", headers=headers).json()["projection"]
    web = [one for one in nobody if one["team"] == "web"]
    # Nobody is scheduled: the three open ones stay, and 200 come each day.
    assert web[0]["backlog"] == pytest.approx(203, rel=0.1) and web[6]["backlog"] > 1_000
    assert web[0]["breach_probability"] == 1.0


def test_what_came_is_held_against_a_plan_that_was_kept(house: House):
    set_up(house)
    since = TODAY - timedelta(days=2)
    publish(house, since=since, days=9)
    planner = house.key("planner")
    plan = house.client.put("/v1/staffing/baselines/past", json={"interval": "day"}, headers=planner).json()[
        "plan"
    ]
    report = "/v1/reports/staffing?baseline="
    assert house.client.get(report + "none", headers=planner).status_code == 404
    assert house.client.get(report + "past", headers=planner).status_code == 422
    # The plan begins today; as if it had begun two days ago.
    from triage.store.staffing import StoredBaseline, put_staffing_baseline, read_staffing_baseline

    stored = read_staffing_baseline(house.store, "acme", "past")
    # Today may have ended since these tests began.
    days = {f"{TODAY + timedelta(days=number):%Y-%m-%d}" for number in (0, 1)}
    assert stored is not None and plan["rows"][0]["start"][:10] in days
    moved = [
        row
        | {
            name: (datetime.fromisoformat(row[name]) - timedelta(days=2)).isoformat()
            for name in ("start", "end")
        }
        for row in stored.plan["rows"]
    ]
    values = {name: getattr(stored, name) for name in StoredBaseline.__slots__}
    put_staffing_baseline(
        house.store, "acme", StoredBaseline(**values | {"plan": dict(stored.plan) | {"rows": moved}})
    )
    put_tickets(
        house.store,
        "acme",
        [open_ticket(f"p{i}", since + timedelta(minutes=7 * i)) for i in range(400)],
        source="history",
    )
    found = house.client.get(report + "past", headers=planner).json()
    web = next(one for one in found["teams"] if one["team"] == "web")
    assert web["tickets"] == 400 and web["on_time"] == 1.0 and web["work_hours"] == pytest.approx(100.0)
