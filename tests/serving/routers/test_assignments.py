from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.serving.desk import close, decide, give, load, people, policy
from tests.serving.house import House


def queue(house: House, agent: str) -> list[dict]:
    answer = house.client.get("/v1/queue", params={"agent": agent}, headers=house.key("agent"))
    assert answer.status_code == 200
    return answer.json()["tickets"]


def backlog(house: House, **document):
    return house.client.post("/v1/assignments", json=document, headers=house.key("admin"))


def test_without_agents_nothing_is_assigned(house: House):
    policy(house)
    decided = decide(house, "T-1")
    assert decided["assignment"] is None and "assignee" not in decided["fields"]
    assert backlog(house).status_code == 422


def test_a_ticket_gets_an_agent_of_its_team_with_a_sentence_and_the_field_agrees(house: House):
    people(house, ada={"team": "web", "capacity": 2.0}, zoe={"team": "desk"})
    policy(house)
    decided = decide(house, "T-1")
    one = decided["assignment"]
    assert (one["ticket_id"], one["agent"], one["team"], one["action"], one["reason"]) == (
        "T-1",
        "ada",
        "web",
        "apply",
        None,
    )
    assert [choice["agent"] for choice in one["choices"]] == ["ada"]
    assert "0 of 2 slots used" in one["choices"][0]["sentence"] and one["detail"].startswith("ada: ")
    field = decided["fields"]["assignee"]
    assert (field["value"], field["action"], field["reason"]) == ("ada", "apply", None)
    assert "assignee" not in decided["explanation"]
    assert load(house, "ada") == 1.0


def test_what_was_applied_fills_the_slots_until_nobody_has_room(house: House):
    people(house, ada={"team": "web", "capacity": 2.0})
    policy(house)
    assert [decide(house, f"T-{number}")["assignment"]["agent"] for number in range(3)] == [
        "ada",
        "ada",
        None,
    ]
    last = decide(house, "T-9")
    assert last["assignment"]["reason"] == "no_eligible_agent" and last["assignment"]["team"] == "web"
    assert "1 full" in last["assignment"]["detail"]
    field = last["fields"]["assignee"]
    assert (field["value"], field["action"], field["reason"]) == (None, "abstain", "no_eligible_agent")
    close(house, "T-0")
    assert decide(house, "T-9")["assignment"]["agent"] == "ada"


def test_a_batch_takes_slots_one_after_another(house: House):
    people(house, ada={"team": "web", "capacity": 2.0}, bob={"team": "web", "capacity": 1.0})
    policy(house)
    tickets = [{"ticket_id": f"T-{number}", "subject": "vpn"} for number in range(4)]
    answer = house.client.post("/v1/triage/batch", json={"tickets": tickets}, headers=house.key("service"))
    agents = [one["assignment"]["agent"] for one in answer.json()["decisions"]]
    assert sorted(map(str, agents)) == ["None", "ada", "ada", "bob"]
    assert (load(house, "ada"), load(house, "bob")) == (2.0, 1.0)


def test_requests_at_once_never_give_more_than_fits(house: House):
    people(house, ada={"team": "web", "capacity": 3.0})
    policy(house)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: decide(house, f"T-{number}")["assignment"], range(12)))
    assert sum(one["agent"] == "ada" for one in found) == 3
    assert load(house, "ada") == 3.0


def test_a_persons_choice_is_never_overwritten(house: House):
    people(house)
    policy(house)
    sent = decide(house, "T-1", values={"assignee": "zoe"})
    assert sent["assignment"]["reason"] == sent["fields"]["assignee"]["reason"] == "human_value_present"
    assert sent["assignment"]["agent"] == sent["fields"]["assignee"]["value"] == "zoe"
    give(house, "T-2", "bob")
    decide(house, "T-2")
    give(house, "T-2", "bob")
    again = decide(house, "T-2")
    assert (again["assignment"]["agent"], again["assignment"]["reason"]) == ("bob", "human_value_present")


@pytest.mark.parametrize(
    ("mode", "action", "reason"),
    [("suggest", "suggest", None), ("shadow", "abstain", "shadow"), ("apply", "apply", None)],
)
def test_the_mode_of_the_team_decides_how_far_it_goes(
    house: House, mode: str, action: str, reason: str | None
):
    people(house)
    policy(house, teams={"web": {"mode": mode}})
    one = decide(house, "T-1")["assignment"]
    assert (one["action"], one["reason"]) == (action, reason)
    assert load(house, one["agent"]) == (1.0 if mode == "apply" else 0.0)


def test_until_the_policy_says_apply_agents_are_only_suggested(house: House):
    people(house)
    document = {"kill_switch": False, "disabled_guardrails": [], "fields": {}, "routing": {}}
    answer = house.client.put("/v1/policy", json=document, headers=house.key("admin"))
    assert answer.json()["routing"]["least_affinity"] is None
    decided = decide(house, "T-1", values={"team": "web"})
    assert decided["assignment"]["action"] == decided["fields"]["assignee"]["action"] == "suggest"
    # Nothing was learnt of when an agent can be trusted: no affinity would do.
    assert decided["fields"]["assignee"]["threshold"] is None
    assert load(house, decided["assignment"]["agent"]) == 0.0


def test_the_affinity_that_is_needed_is_told(house: House):
    people(house)
    policy(house, least_affinity=0.5)
    fields = decide(house, "T-1")["fields"]
    field = fields["assignee"]
    assert (field["action"], field["reason"], field["threshold"]) == ("suggest", "low_confidence", 0.5)
    chosen = decide(house, "T-2", values={"team": "web"})["fields"]["assignee"]
    # Only ada is known, by one ticket: hardly surer than that one of the two has it.
    assert (chosen["action"], chosen["confidence"]) == ("apply", pytest.approx(0.524, abs=0.001))
    # Where no person chose the team: as much less sure as the team is.
    assert field["confidence"] == pytest.approx(chosen["confidence"] * fields["team"]["confidence"])


def test_a_team_that_is_off_says_nothing(house: House):
    people(house)
    policy(house, teams={"web": {"mode": "off"}})
    decided = decide(house, "T-1")
    assert decided["assignment"] is None and "assignee" not in decided["fields"]


def test_the_policy_over_http_holds_routing_and_refuses_what_does_not_fit(house: House):
    policy(
        house, skills={"network": {"vpn": 2}}, seniorities=["junior"], least_seniority={"urgent": "junior"}
    )
    stands = house.client.get("/v1/policy", headers=house.key("admin")).json()["routing"]
    assert stands["skills"] == {"network": {"vpn": 2}} and stands["fair_share"]["minimum"] == 5
    wrong = {
        "kill_switch": False,
        "disabled_guardrails": [],
        "fields": {},
        "routing": {"least_seniority": {"urgent": "chief"}},
    }
    answer = house.client.put("/v1/policy", json=wrong, headers=house.key("admin"))
    assert answer.status_code == 422 and "chief" not in answer.text


def test_skills_and_languages_hold_agents_back(house: House):
    people(house, ada={"team": "web", "skills": {"vpn": 1}}, bob={"team": "web", "skills": {"vpn": 2}})
    policy(house, skills={"network": {"vpn": 2}})
    assert [one["agent"] for one in decide(house)["assignment"]["choices"]] == ["bob"]


def test_a_backlog_is_planned_dry_and_applied_when_asked(house: House):
    policy(house, teams={"web": {"mode": "off"}})
    for number in range(4):
        decide(house, f"T-{number}")
    people(house, ada={"team": "web", "capacity": 2.0}, bob={"team": "web", "capacity": 1.0})
    policy(house)
    plan = backlog(house).json()
    assert (plan["dry_run"], plan["tickets"], plan["placed"], plan["applied"]) == (True, 4, 3, 0)
    assert [one["ticket_id"] for one in plan["assignments"]] == [f"T-{number}" for number in range(4)]
    assert plan["affinity"] >= plan["affinity_one_by_one"]
    assert load(house, "ada") == 0.0
    done = backlog(house, dry_run=False, ticket_ids=["T-3"]).json()
    assert (done["dry_run"], done["tickets"], done["applied"]) == (False, 1, 1)
    done = backlog(house, dry_run=False).json()
    assert (done["tickets"], done["placed"], done["applied"]) == (3, 2, 2)
    assert load(house, "ada") + load(house, "bob") == 3.0
    assert backlog(house, ticket_ids=["T-77"]).status_code == 404


def test_the_same_backlog_sent_twice_is_applied_once(house: House):
    people(house)
    policy(house, teams={"web": {"mode": "off"}})
    decide(house, "T-1")
    policy(house)
    headers = house.key("admin") | {"Idempotency-Key": "plan"}
    first = house.client.post("/v1/assignments", json={"dry_run": False}, headers=headers)
    again = house.client.post("/v1/assignments", json={"dry_run": False}, headers=headers)
    assert first.json()["applied"] == 1 and again.json() == first.json()


def test_nobody_has_a_queue_but_an_agent_and_who_has_a_ticket(house: House):
    people(house)
    headers = house.key("agent")
    missing = house.client.get("/v1/queue", params={"agent": "nobody-here"}, headers=headers)
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:triage:problem:not-found")
    assert "nobody-here" not in missing.json()["detail"]
    policy(house, teams={"web": {"mode": "off"}})
    decide(house, "T-1")
    give(house, "T-1", "stranger", team="web")
    assert [one["ticket_id"] for one in queue(house, "stranger")] == ["T-1"]


def test_a_queue_is_ordered_by_priority_and_age_with_why(house: House):
    people(house)
    policy(house, teams={"web": {"mode": "off"}})
    assert queue(house, "ada") == []
    decide(house, "T-1", created_at="2026-03-02T09:00:00Z")
    decide(house, "T-2", created_at="2026-03-02T09:00:00Z")
    for name in ("T-1", "T-2"):
        give(house, name, "ada", team="web")
    first, second = queue(house, "ada")
    assert (first["ticket_id"], second["ticket_id"]) == ("T-1", "T-2")
    assert first["subject"] == "vpn" and "waiting for" in first["because"]
    close(house, "T-1")
    assert [one["ticket_id"] for one in queue(house, "ada")] == ["T-2"]
