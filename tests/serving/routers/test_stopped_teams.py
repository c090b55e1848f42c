"""Each team's own kill switch."""

from urllib.parse import quote

from serving.api_keys import create_key
from serving.roles import Role
from tests.serving.desk import decide, people, policy
from tests.serving.house import House

AT = "/v1/policy/stopped-teams/"


def scoped(house: House, role: Role, *teams: str) -> dict[str, str]:
    token, _ = create_key(house.store, "acme", f"{role} of {teams}", role, teams=teams)
    return {"Authorization": f"Bearer {token}"}


def turn(house: House, method: str, team: str, headers: dict[str, str]) -> int:
    return house.client.request(method, AT + quote(team, safe=""), headers=headers).status_code


def reasons(decision: dict) -> set[str]:
    return {one["reason"] for one in decision["fields"].values()}


def test_an_agent_stops_the_own_team_from_the_next_decision_on_and_no_other(house: House):
    people(house)
    policy(house)
    assert decide(house, "T-1")["assignment"]["action"] == "apply"
    assert turn(house, "PUT", "web", scoped(house, Role.AGENT, "web")) == 200
    stopped = decide(house, "T-2")  # The model would give it to web.
    assert reasons(stopped) == {"kill_switch"}
    assert (stopped["assignment"]["agent"], stopped["assignment"]["reason"]) == (None, "kill_switch")
    assert decide(house, "T-3", subject="password")["fields"]["team"]["action"] == "apply"
    by_person = decide(house, "T-4", subject="password", values={"team": "web"})
    assert by_person["fields"]["category"]["reason"] == "kill_switch"
    assert by_person["assignment"]["reason"] == "kill_switch"


def test_only_leads_and_admins_let_it_go_on_and_only_of_their_teams(house: House):
    agent, lead = scoped(house, Role.AGENT, "web"), scoped(house, Role.LEAD, "web")
    other = scoped(house, Role.LEAD, "desk")
    assert turn(house, "PUT", "web", other) == 403
    assert turn(house, "PUT", "web", agent) == 200
    assert (turn(house, "DELETE", "web", agent), turn(house, "DELETE", "web", other)) == (403, 403)
    assert turn(house, "DELETE", "web", lead) == 200
    assert turn(house, "DELETE", "web", lead) == 404
    assert decide(house)["fields"]["category"]["action"] == "apply"
    for role in ("service", "planner", "auditor", "requester"):
        assert turn(house, "PUT", "web", house.key(role)) == 403


def test_a_team_that_nobody_knows_is_refused_and_one_with_a_slash_is_not(house: House):
    assert turn(house, "PUT", "wbe", house.key()) == 404
    people(house, ada={"team": "Web/EU"})
    assert turn(house, "PUT", "Web/EU", house.key()) == 200
    found = house.client.get("/v1/policy", headers=house.key()).json()
    assert (found["stopped_teams"], found["version"]) == (["Web/EU"], 1)
    assert turn(house, "PUT", "Web/EU", house.key()) == 200
    assert house.client.get("/v1/policy", headers=house.key()).json()["version"] == 1


def test_an_admins_policy_keeps_what_is_stopped_unless_it_says_otherwise(house: House):
    turn(house, "PUT", "web", house.key())
    document = {"kill_switch": False, "disabled_guardrails": [], "fields": {}}
    answer = house.client.put("/v1/policy", json=document, headers=house.key())
    assert answer.json()["stopped_teams"] == ["web"]
    answer = house.client.put("/v1/policy", json=document | {"stopped_teams": []}, headers=house.key())
    assert answer.json()["stopped_teams"] == []


def test_who_stopped_which_team_is_in_the_audit_log(house: House):
    turn(house, "PUT", "web", scoped(house, Role.AGENT, "web"))
    found = house.client.get("/v1/audit?action=stop_team", headers=house.key("auditor")).json()
    (entry,) = found["entries"]
    assert (entry["object"], entry["role"], entry["facts"]["version"]) == ("team/web", "agent", 1)
