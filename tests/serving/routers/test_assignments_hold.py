"""What people said of a ticket holds however often it is sent, and no ticket changes hands by itself."""

from tests.serving.desk import decide, give, load, people, policy
from tests.serving.house import House


def send(house: House, name: str, **more) -> dict:
    ticket = {"ticket_id": name, "subject": "vpn"} | more
    answer = house.client.post("/v1/triage", json=ticket, headers=house.key("service"))
    assert answer.status_code == 200
    return answer.json()


def backlog(house: House, *ids: str) -> dict:
    given = {"ticket_ids": list(ids), "dry_run": False}
    answer = house.client.post("/v1/assignments", json=given, headers=house.key("admin"))
    assert answer.status_code == 200
    return answer.json()


def given_to(house: House, name: str) -> list[tuple]:
    answer = house.client.get(f"/v1/tickets/{name}/assignments", headers=house.key("admin"))
    assert answer.status_code == 200
    return [(one["agent"], one["team"], one["assigned_by"]) for one in answer.json()["assignments"]]


def test_a_choice_sent_with_a_ticket_is_kept_and_counts(house: House):
    people(house, ada={"team": "web"}, bob={"team": "web"})
    policy(house)
    send(house, "T-1", values={"assignee": "bob", "team": "web"})
    assert (load(house, "ada"), load(house, "bob")) == (0.0, 1.0)
    again = send(house, "T-1")
    assert again["assignment"]["agent"] == "bob"
    assert again["assignment"]["reason"] == again["fields"]["team"]["reason"] == "human_value_present"
    backlog(house, "T-1")
    assert given_to(house, "T-1") == [("bob", "web", "helpdesk")]


def test_a_team_sent_with_a_ticket_is_the_backlogs(house: House):
    people(house, ada={"team": "web"}, zoe={"team": "desk"})
    policy(house, least_affinity=1.0)
    send(house, "T-1", values={"team": "desk"})
    policy(house)
    backlog(house, "T-1")
    assert given_to(house, "T-1") == [("zoe", "desk", "triage")]
    assert send(house, "T-1")["assignment"]["team"] == "desk"


def test_a_ticket_taken_back_is_left_to_people(house: House):
    people(house, ada={"team": "web"})
    policy(house)
    assert decide(house, "T-1")["assignment"]["agent"] == "ada"
    give(house, "T-1", None)
    again = send(house, "T-1")["assignment"]
    assert (again["agent"], again["action"], again["reason"]) == (None, "abstain", "human_value_present")
    assert [one["agent"] for one in again["choices"]] == ["ada"] and "took it back" in again["detail"]
    backlog(house, "T-1")
    assert load(house, "ada") == 0.0
    give(house, "T-1", "ada")
    assert load(house, "ada") == 1.0


def test_a_ticket_sent_again_stays_with_who_has_it_even_with_full_hands(house: House):
    people(house, ada={"team": "web", "capacity": 1.0})
    policy(house)
    assert decide(house, "T-1")["assignment"]["agent"] == "ada"
    people(house, bob={"team": "web"})
    again = send(house, "T-1")["assignment"]
    assert (again["agent"], again["action"], again["detail"]) == ("ada", "apply", "ada has it already")
    assert backlog(house, "T-1", "T-1")["tickets"] == 1
    assert given_to(house, "T-1") == [("ada", "web", "triage")]
    assert (load(house, "ada"), load(house, "bob")) == (1.0, 0.0)


def test_a_ticket_whose_holder_was_deactivated_is_given_anew(house: House):
    people(house, ada={"team": "web"})
    policy(house)
    assert decide(house, "T-1")["assignment"]["agent"] == "ada"
    people(house, ada={"team": "web", "active": False}, bob={"team": "web"})
    assert send(house, "T-1")["assignment"]["agent"] == "bob"
    assert [one[0] for one in given_to(house, "T-1")] == ["ada", "bob"]


def test_a_person_who_moves_a_ticket_to_another_team_takes_it_from_its_holder(house: House):
    people(house, ada={"team": "web"}, zoe={"team": "desk"})
    policy(house)
    assert decide(house, "T-1")["assignment"]["agent"] == "ada"
    moved = send(house, "T-1", values={"team": "desk"})["assignment"]
    assert moved["team"] == "desk" and moved["agent"] != "ada"


def test_who_is_told_without_a_team_counts_for_the_one_that_was_decided(house: House):
    people(house, ada={"team": "web"}, bob={"team": "web"})
    policy(house, least_affinity=1.0)
    send(house, "T-1")
    give(house, "T-1", "bob")
    assert [one[:2] for one in given_to(house, "T-1")] == [("bob", "web")]


def test_a_ticket_takes_as_many_slots_as_its_priority_says_whoever_said_it(house: House):
    people(house, ada={"team": "web", "capacity": 3.0})
    policy(house, effort={"urgent": 2.0, "low": 0.5})
    urgent = {"values": {"priority": "urgent"}}
    assert send(house, "T-1", **urgent)["assignment"]["agent"] == "ada"
    assert load(house, "ada") == 2.0
    assert send(house, "T-2", **urgent)["assignment"]["reason"] == "no_eligible_agent"
    assert send(house, "T-3", values={"priority": "low"})["assignment"]["agent"] == "ada"
    assert load(house, "ada") == 2.5
