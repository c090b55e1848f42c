import pytest

from tests.serving.house import House
from triage.agent import Agent
from triage.store.agents import put_agents
from triage.store.tickets import put_ticket
from triage.ticket import PastTicket, Ticket

CAREFUL = {
    "kill_switch": False,
    "disabled_guardrails": ["automatic_reply"],
    "fields": {"team": {"mode": "suggest", "thresholds": {"web": 0.97}, "never_automate": ["Legal"]}},
}


def put(house: House, policy: dict):
    return house.client.put("/v1/policy", json=policy, headers=house.key("admin"))


def read(house: House, workspace: str = "acme") -> dict:
    return house.client.get("/v1/policy", headers=house.key("agent", workspace)).json()


def test_a_policy_comes_back_as_it_was_put_with_who_and_when(house: House):
    assert read(house)["version"] == 0
    answer = put(house, CAREFUL)
    assert answer.status_code == 200
    found, told = read(house), answer.json()
    assert [one.split(":")[0] for one in told.pop("warnings")] == [
        "fields.team.never_automate names 'Legal', which neither the model nor a stored ticket has as team"
    ]
    assert found == told
    assert {name: found[name] for name in CAREFUL} == CAREFUL
    assert (found["version"], found["updated_by"]) == (1, "admin@acme")
    assert read(house, "other")["version"] == 0


def test_the_kill_switch_stops_the_next_decision(house: House):
    put(house, CAREFUL | {"kill_switch": True})
    answer = house.client.post("/v1/triage", json={"subject": "vpn"}, headers=house.key("service"))
    assert {one["reason"] for one in answer.json()["fields"].values()} == {"kill_switch"}


def test_a_change_from_an_older_version_is_refused(house: House):
    put(house, CAREFUL)
    answer = put(house, CAREFUL | {"version": 0})
    assert answer.status_code == 409
    assert put(house, CAREFUL | {"version": 1}).json()["version"] == 2


def test_a_policy_with_a_guardrail_that_does_not_exist_is_refused(house: House):
    answer = put(house, CAREFUL | {"disabled_guardrails": ["common_sense"]})
    assert answer.status_code == 422
    assert "automatic_reply" in answer.json()["errors"][0]["message"]


def test_nothing_of_a_policy_may_be_left_out_silently(house: House):
    assert put(house, {"fields": {}}).status_code == 422


LIFT = {"name": "gold", "kind": "customer_tier", "by": "field.tier", "values": ["gold"], "at_least": "high"}
MATRIX = {
    "impacts": ["low", "high"],
    "urgencies": ["low", "high"],
    "cells": {"low": {"low": "low", "high": "normal"}, "high": {"low": "normal", "high": "urgent"}},
}


def test_matrix_and_lifts_come_back_as_they_were_put(house: House):
    answer = put(house, CAREFUL | {"priority": {"matrix": MATRIX, "lifts": [LIFT]}})
    assert answer.status_code == 200
    found = read(house)["priority"]
    assert {name: found["matrix"][name] for name in MATRIX} == MATRIX
    assert found["matrix"]["priorities"] == ["low", "normal", "high", "urgent"]
    assert {name: found["lifts"][0][name] for name in LIFT} == LIFT
    assert put(house, CAREFUL).json()["priority"] == {"matrix": None, "lifts": []}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"matrix": MATRIX | {"cells": {"low": {"low": "low"}}}}, "one for each pair"),
        ({"matrix": MATRIX | {"priorities": ["odd"]}}, "one of the labels in priorities"),
        ({"lifts": [LIFT | {"at_least": "odd"}]}, "low, normal, high, urgent"),
        ({"lifts": [LIFT | {"by": "odd"}]}, "field.<name>"),
    ],
)
def test_a_broken_matrix_or_lift_is_refused_and_not_repeated(house: House, wrong: dict, told: str):
    answer = put(house, CAREFUL | {"priority": wrong})
    assert answer.status_code == 422
    assert told in answer.json()["errors"][0]["message"] and "odd" not in answer.text


def test_values_of_a_person_go_through_the_policys_matrix_and_are_lifted(house: House):
    put(house, CAREFUL | {"priority": {"matrix": MATRIX, "lifts": [LIFT]}})
    ticket = {"subject": "vpn", "values": {"impact": "low", "urgency": "high"}, "custom": {"tier": "gold"}}
    answer = house.client.post("/v1/triage", json=ticket, headers=house.key("service")).json()
    one = answer["fields"]["priority"]
    assert (one["value"], one["action"], one["confidence"]) == ("high", "apply", 1.0)
    assert one["lifted"] == {"rule": "gold", "before": "normal", "after": "high"}
    assert one["basis"] == "impact low × urgency high → normal, by the policy's matrix"
    assert answer["explanation"]["priority"]["basis"] == one["basis"]
    kept = house.client.get(f"/v1/decisions/{answer['decision_id']}", headers=house.key("agent")).json()
    assert kept["fields"]["priority"] == one


def test_a_routing_policy_comes_back_whole_and_a_wrong_one_is_refused(house: House):
    routing = {
        "skills": {"VPN": {"vpn": 2}},
        "seniorities": ["junior", "senior"],
        "least_seniority": {"urgent": "senior"},
        "fair_share": None,
        "teams": {"Network": {"mode": "suggest", "escalates_to": ["Infrastructure"]}},
    }
    put(house, CAREFUL | {"routing": routing})
    found = read(house)["routing"]
    assert {name: found[name] for name in routing if name != "teams"} == {
        name: part for name, part in routing.items() if name != "teams"
    }
    assert found["teams"]["Network"]["escalates_to"] == ["Infrastructure"]
    assert (found["escalated"], found["queue"]["per_day"]) == (["urgent"], 1.0)
    for wrong in ({"least_seniority": {"urgent": "chief"}}, {"fair_share": {"factor": 0.5}}, {"skils": {}}):
        assert put(house, CAREFUL | {"routing": wrong}).status_code == 422


@pytest.mark.parametrize(
    ("team", "expected"),
    [({"country": "XX"}, "such as US or DE-BY"), ({"escalates_to": ["Network"]}, "other teams than itself")],
)
def test_a_team_that_cannot_work_so_is_refused(house: House, team, expected):
    told = put(house, CAREFUL | {"routing": {"teams": {"Network": team}}})
    assert told.status_code == 422 and expected in told.text
    assert "XX" not in told.text


def test_labels_of_helping_that_nobody_knows_are_told_and_those_of_tickets_and_agents_are_not(house: House):
    put_ticket(house.store, "acme", PastTicket(Ticket("T-1"), {"category": "printing"}), source="api")
    put_agents(house.store, "acme", [Agent("ada", team="HR")])
    confidential = {"team": ["HR", "field"], "category": ["salry"], "impact": ["huge"]}
    auto = {"mode": "shadow", "categories": ["netwrok", "printing", "account"]}
    answer = put(
        house, CAREFUL | {"fields": {}, "helping": {"confidential": confidential, "auto_resolve": auto}}
    )
    assert answer.status_code == 200
    salary, network = answer.json()["warnings"]
    assert salary.startswith("helping.confidential.category names 'salry', which neither the model nor")
    assert network.startswith("helping.auto_resolve.categories names 'netwrok'")
    assert network.endswith("Did you mean 'network'?")
    assert read(house)["helping"]["auto_resolve"]["categories"] == ["account", "netwrok", "printing"]


def test_names_in_routing_that_nobody_knows_are_told_and_nothing_is_where_no_agent_has_a_skill(house: House):
    put_ticket(
        house.store, "acme", PastTicket(Ticket("T-1"), {"category": "VPN", "team": "Network"}), source="api"
    )
    put_agents(house.store, "acme", [Agent("ada", team="Network", teams=("Infra",))])
    routing = {
        "skills": {"VPN": {"vpm": 2, "dns": 1}, "VPM": {"vpn": 1}},
        "teams": {"Network": {"escalates_to": ["Infra", "Infar"]}, "Netwrk": {}},
    }
    told = put(house, CAREFUL | {"fields": {}, "routing": routing}).json()["warnings"]
    assert [one.partition(":")[0] for one in told] == [
        "routing.skills names 'VPM', which neither the model nor a stored ticket has as category",
        "routing.teams names 'Netwrk', which neither the model nor a stored ticket has as team",
        "routing.teams.Network.escalates_to names 'Infar', which no agent has as team",
    ]
    assert all("Did you mean" in one for one in told[1:])
    put_agents(house.store, "acme", [Agent("bob", team="Network", skills=("vpn",))])
    told = put(house, CAREFUL | {"fields": {}, "routing": routing}).json()["warnings"]
    assert [one for one in told if "as skill" in one] == [
        "routing.skills.VPN names 'dns', which no agent has as skill: nobody is given what needs it until "
        "one has. Is it spelt as the helpdesk spells it?",
        "routing.skills.VPN names 'vpm', which no agent has as skill: nobody is given what needs it until "
        "one has. Did you mean 'vpn'?",
    ]
