from datetime import UTC, datetime, timedelta

import pytest

from tests.serving.desk import ADA, people, put_agent
from tests.serving.house import House
from triage.store.workspaces import ensure_workspace

FULL = {
    "team": "Network",
    "teams": ["Mail"],
    "skills": {"vpn": 3, "dns": 1},
    "capacity": 8.0,
    "shift": "24/7",
    "zone": "Europe/Berlin",
    "languages": ["de", "en"],
    "seniority": "senior",
    "active": True,
}


def get(house: House, path: str, role: str = "agent"):
    return house.client.get(f"/v1/agents{path}", headers=house.key(role))


def test_an_agent_is_stored_as_told_and_shown_as_it_stands(house: House):
    put = put_agent(house, "ada", FULL)
    assert put.status_code == 200
    shown = get(house, "/ada").json()
    assert {name: shown[name] for name in FULL} == FULL
    assert (shown["is_there"], shown["load"], shown["problem"], shown["absences"]) == (True, 0.0, None, [])
    put_agent(house, "ada", {"team": "Mail", "active": False})
    shown = get(house, "/ada").json()
    assert (shown["team"], shown["skills"], shown["is_there"]) == ("Mail", {}, False)


def test_agents_are_listed_by_name_and_by_any_of_their_teams(house: House):
    assert get(house, "").json() == {"agents": [], "next_after": None}
    people(house, bob={"team": "Mail"}, ada=FULL)
    assert [one["agent"] for one in get(house, "").json()["agents"]] == ["ada", "bob"]
    named = get(house, "?team=Mail").json()["agents"]
    assert [one["agent"] for one in named] == ["ada", "bob"]
    assert [one["agent"] for one in get(house, "?team=Network").json()["agents"]] == ["ada"]


def test_agents_come_page_by_page_and_a_small_desk_at_once(house: House):
    names = ["Zoe", "ada", "bob", "ulf", "Über"]
    people(house, **{name: {"team": "web" if name == "bob" else "lab", "teams": ["web"]} for name in names})
    assert [one["agent"] for one in get(house, "").json()["agents"]] == sorted(names)
    found, after = [], ""
    while after is not None:
        page = get(house, f"?limit=2&team=web&after={after}").json()
        found += [one["agent"] for one in page["agents"]]
        after = page["next_after"]
    assert found == sorted(names)
    assert get(house, "?limit=2&after=a").json()["next_after"] == "bob"
    assert get(house, "?limit=0").status_code == 422


def test_languages_are_stored_by_their_code_however_they_are_written(house: House):
    put_agent(house, "ada", {"languages": ["Deutsch", "de-AT", "Français", "Elvish"]})
    assert get(house, "/ada").json()["languages"] == ["de", "fr", "elvish"]
    imported(house, "agent,languages\nbob,German;English\n")
    assert get(house, "/bob").json()["languages"] == ["de", "en"]


def test_an_agent_that_is_removed_is_gone(house: House):
    people(house)
    gone = house.client.delete("/v1/agents/ada", headers=house.key("admin"))
    assert gone.json()["agent"] == "ada"
    assert get(house, "/ada").status_code == 404
    assert house.client.delete("/v1/agents/ada", headers=house.key("admin")).status_code == 404


def test_agents_of_another_workspace_are_not_seen(house: House):
    people(house)
    assert house.client.get("/v1/agents/ada", headers=house.key("agent", "other")).status_code == 404


def test_the_same_write_sent_twice_is_done_once(house: House):
    first = put_agent(house, "ada", ADA, **{"Idempotency-Key": "a"})
    house.client.delete("/v1/agents/ada", headers=house.key("admin"))
    again = put_agent(house, "ada", ADA, **{"Idempotency-Key": "a"})
    assert again.json() == first.json() and again.headers["idempotent-replayed"] == "true"
    assert get(house, "/ada").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "location"),
    [
        ({"shift": "whenever"}, "body.shift"),
        ({"zone": "Mars/Base"}, "body.zone"),
        ({"skills": {"vpn": 0}}, "body.skills.vpn"),
        ({"capacity": -1.0}, "body.capacity"),
        ({"hours": "Mon"}, "body.hours"),
    ],
)
def test_what_cannot_be_used_is_told_where_it_stands(house: House, wrong: dict, location: str):
    answer = put_agent(house, "ada", wrong)
    assert answer.status_code == 422
    (one,) = answer.json()["errors"]
    assert one["location"] == location
    assert "whenever" not in answer.text and "Mars" not in answer.text


def test_import_is_an_address_and_no_agent(house: House):
    assert put_agent(house, "import", {}).status_code == 409


def imported(house: House, csv: str):
    return house.client.post("/v1/agents/import", json={"csv": csv}, headers=house.key("admin"))


def test_a_table_is_imported_with_levels_lists_and_absences_in_the_workspaces_zone(house: House):
    ensure_workspace(house.store, "acme", zone="Europe/Berlin")
    table = (
        "agent,team,teams,skills,capacity,shift,languages,active,absent_from,absent_to\n"
        "ada,Network,Mail;Web,vpn:3;dns,8,Mon-Fri 09:00-17:30,de|en,yes,2026-03-09,2026-03-14\n"
        "ada,Network,Mail;Web,vpn:3;dns,8,Mon-Fri 09:00-17:30,de|en,yes,2026-04-01T08:00Z,\n"
        "bob,,,,,,,no,,\n"
    )
    assert imported(house, table).json() == {"agents": ["ada", "bob"], "new": 2}
    assert imported(house, table).json()["new"] == 0
    ada = get(house, "/ada").json()
    assert (ada["teams"], ada["skills"], ada["languages"]) == (
        ["Mail", "Web"],
        {"vpn": 3, "dns": 1},
        ["de", "en"],
    )
    assert [(one["starts_at"], one["ends_at"]) for one in ada["absences"]] == [
        ("2026-03-08T23:00:00Z", "2026-03-14T23:00:00Z"),
        ("2026-04-01T08:00:00Z", None),
    ]
    assert get(house, "/bob").json()["active"] is False


def test_an_absence_of_one_day_lasts_that_day_and_one_with_times_ends_when_it_says(house: House):
    table = (
        "agent,absent_from,absent_to\n"
        "ada,2026-11-30,2026-11-30\n"
        "bob,2026-11-30T00:00Z,2026-12-01T00:00Z\n"
        "eve,2026-11-30,9999-12-31\n"
    )
    assert imported(house, table).status_code == 422
    assert imported(house, table.rsplit("eve")[0]).status_code == 200
    spans = [
        (one["starts_at"], one["ends_at"])
        for name in ("ada", "bob")
        for one in get(house, f"/{name}").json()["absences"]
    ]
    assert spans == [("2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z")] * 2


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("name,team\nada,Network\n", "other columns"),
        ("agent,capacity\nada,many\n", "line 2"),
        ("agent,shift\nada,24/7\nbob,whenever\n", "line 3"),
        ("agent,active\nada,perhaps\n", "yes or no"),
        ("agent,absent_from,absent_to\nada,2026-02-02,2026-01-01\n", "end after the start"),
        ("agent,absent_from\nada,soon\n", "ISO 8601"),
        (
            "agent,skills\nada,dns;vpn:-3\n",
            "line 2 of the agents table; expected a whole number from 1 to 99",
        ),
        ("agent,team\nada\n", "another number of values"),
        ("agent,team\n,Network\n", "no agent"),
        ("agent\n", "without a row"),
    ],
)
def test_a_table_with_a_mistake_is_refused_whole_and_told_by_its_line(house: House, table: str, told: str):
    answer = imported(house, table)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert "whenever" not in answer.text and "perhaps" not in answer.text
    assert get(house, "").json()["agents"] == []


@pytest.mark.parametrize("address", ["IT/ada", "IT%2Fada"])
def test_an_agent_with_a_slash_is_reached_with_its_absences(house: House, address: str):
    assert imported(house, "agent,team\nIT/ada,Network\n").json()["agents"] == ["IT/ada"]
    assert get(house, f"/{address}").json()["team"] == "Network"
    assert put_agent(house, address, {"team": "Mail"}).json()["agent"] == "IT/ada"
    path = f"/v1/agents/{address}/absences"
    span = {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-02T00:00:00Z"}
    added = house.client.post(path, json=span, headers=house.key("admin"))
    assert added.status_code == 201
    listed = house.client.get(path, headers=house.key("agent")).json()["absences"]
    assert [one["absence_id"] for one in listed] == [added.json()["absence_id"]]
    gone = house.client.delete(f"{path}/{added.json()['absence_id']}", headers=house.key("admin"))
    assert gone.status_code == 200
    assert house.client.delete(f"/v1/agents/{address}", headers=house.key("admin")).status_code == 200


@pytest.mark.parametrize("name", ["IT/absences", "IT/absences/ada", "import"])
def test_a_name_that_is_another_address_is_refused_wherever_it_comes_from(house: House, name: str):
    assert put_agent(house, name, {}).status_code in (409, 422)
    answer = imported(house, f"agent\n{name}\n")
    assert answer.status_code == 422 and "line 2" in answer.json()["detail"]
    assert get(house, "").json()["agents"] == []


def absences(house: House, method: str, path: str = "", json: dict | None = None, role: str = "admin"):
    return house.client.request(method, f"/v1/agents/ada/absences{path}", json=json, headers=house.key(role))


def test_absences_are_added_changed_and_removed_and_hold_at_once(house: House):
    people(house)
    now = datetime.now(UTC)
    span = {
        "starts_at": (now - timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(days=2)).isoformat(),
    }
    added = absences(house, "POST", json=span)
    assert added.status_code == 201 and added.json()["from_calendar"] is False
    assert absences(house, "POST", json=span).json() == added.json()
    ada = get(house, "/ada").json()
    assert not ada["is_there"] and ada["next_at"] == added.json()["ends_at"] and len(ada["absences"]) == 1
    changed = absences(
        house,
        "PUT",
        f"/{added.json()['absence_id']}",
        {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-02T00:00:00Z"},
    )
    assert changed.status_code == 200
    assert get(house, "/ada").json()["is_there"]
    (one,) = absences(house, "GET", role="planner").json()["absences"]
    assert one == changed.json()
    # Replacing the agent leaves the absences alone.
    put_agent(house, "ada", FULL)
    assert len(absences(house, "GET").json()["absences"]) == 1
    assert absences(house, "DELETE", f"/{one['absence_id']}").json() == one
    assert absences(house, "DELETE", f"/{one['absence_id']}").status_code == 404
    assert absences(house, "GET").json() == {"absences": []}


@pytest.mark.parametrize(
    "wrong", [{}, {"starts_at": "2026-01-02T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}]
)
def test_an_absence_without_sense_is_refused(house: House, wrong: dict):
    people(house)
    assert absences(house, "POST", json=wrong).status_code == 422


def test_a_table_leaves_what_it_has_no_column_for(house: House):
    known = {"team": "Finance", "skills": {"sap": 3}, "capacity": 4, "shift": "24/7", "active": False}
    assert put_agent(house, "wipe", known).status_code == 200
    span = {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-02T00:00:00Z"}
    house.client.post("/v1/agents/wipe/absences", json=span, headers=house.key("admin"))
    table = "agent,absent_from,absent_to\nwipe,2026-12-24,2026-12-26\n"
    assert imported(house, table).json() == {"agents": ["wipe"], "new": 0}
    stands = get(house, "/wipe").json()
    assert {name: stands[name] for name in known} == known
    assert [one["starts_at"] for one in stands["absences"]] == [
        "2026-01-01T00:00:00Z",
        "2026-12-24T00:00:00Z",
    ]
    assert imported(house, "agent,active\nwipe,\nnew,\n").json()["new"] == 1
    assert [get(house, f"/{name}").json()["active"] for name in ("wipe", "new")] == [False, True]
    assert imported(house, "agent,active\nwipe,yes\n").status_code == 200
    assert get(house, "/wipe").json()["active"] is True


def test_a_blank_name_is_refused_and_a_team_is_kept_once(house: House):
    refused = put_agent(house, "%20", {})
    assert refused.status_code == 422 and "blank" in refused.text
    stored = put_agent(house, "ada", {"team": "web", "teams": ["lab", "lab", "web"]})
    assert stored.json()["teams"] == ["lab"]


def test_somebody_is_found_by_words_of_name_and_team(house: House):
    for name, team in (("ada", "Network"), ("adam", "Mail"), ("bob", "Network")):
        put_agent(house, name, {"team": team})
    found = get(house, "?search=AD+net").json()
    assert ([one["agent"] for one in found["agents"]], found["next_after"]) == (["ada"], None)
    assert get(house, "?limit=3").json()["next_after"] is None
    assert get(house, "?search=net&limit=1").json()["next_after"] == "ada"
