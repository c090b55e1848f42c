from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.serving.desk import close, decide, give, load, people, policy
from tests.serving.house import House
from triage.store.tickets import get_ticket


def given_to(house: House, ticket_id: str) -> list[tuple]:
    answer = house.client.get(f"/v1/tickets/{ticket_id}/assignments", headers=house.key("auditor"))
    return [
        (one["agent"], one["assigned_by"], one["ended_at"] is None) for one in answer.json()["assignments"]
    ]


def test_an_assignment_by_a_person_is_stored_and_moves_the_load_at_once(house: House):
    people(house)
    policy(house, teams={"web": {"mode": "off"}})
    decide(house, "T-1")
    told = give(house, "T-1", "bob", team="web", by="zoe")
    assert told.json() == {
        "ticket_id": "T-1",
        "agent": "bob",
        "previous": None,
        "changed": True,
        "load": 1.0,
    }
    assert give(house, "T-1", "bob").json()["changed"] is False
    moved = give(house, "T-1", "ada").json()
    assert (moved["previous"], moved["load"]) == ("bob", 1.0)
    assert (load(house, "ada"), load(house, "bob")) == (1.0, 0.0)
    assert given_to(house, "T-1") == [("bob", "zoe", False), ("ada", "agent@acme", True)]
    assert give(house, "T-1", None).json()["load"] is None
    assert load(house, "ada") == 0.0
    assert get_ticket(house.store, "acme", "T-1").labels == {"team": "web"}


@pytest.mark.parametrize("ticket_id", ["INC/2026/7", "INC/assignee", "A#7?x"])
@pytest.mark.parametrize("safe", ["", "/"])
def test_an_id_with_signs_that_mean_something_in_addresses_is_reached(
    house: House, ticket_id: str, safe: str
):
    people(house)
    policy(house, teams={"web": {"mode": "off"}})
    decide(house, ticket_id)
    address = quote(ticket_id, safe=safe)
    assert give(house, address, "ada").json()["ticket_id"] == ticket_id
    assert given_to(house, address) == [("ada", "agent@acme", True)]
    parent = house.client.get(f"/v1/tickets/{address}/parent", headers=house.key("agent"))
    assert parent.status_code == 200
    assert close(house, address).json()["ticket_id"] == ticket_id
    measured = house.client.get("/metrics", headers=house.key("admin")).text
    assert ":path" not in measured and ticket_id not in measured


def test_somebody_who_is_no_agent_of_ours_can_be_told_too(house: House):
    people(house)
    decide(house, "T-1", subject="nothing known")
    assert give(house, "T-1", "a contractor").json()["load"] is None


def test_closing_stores_the_final_values_and_frees_the_slot(house: House):
    people(house)
    decide(house, "T-1", subject="nothing known")
    give(house, "T-1", "ada", team="web")
    ended = close(
        house,
        "T-1",
        values={"category": "network", "assignee": "bob"},
        status="solved",
        resolution="Renewed.",
    )
    assert ended.json() == {
        "ticket_id": "T-1",
        "status": "solved",
        "values": {"team": "web", "category": "network", "assignee": "bob"},
    }
    assert (load(house, "ada"), load(house, "bob")) == (0.0, 0.0)
    stored = get_ticket(house.store, "acme", "T-1")
    assert (stored.status, stored.resolution) == ("solved", "Renewed.") and stored.closed_at is not None


def test_a_ticket_that_was_never_sent_cannot_be_told_of(house: House):
    people(house)
    assert give(house, "T-9", "ada").status_code == 404
    assert close(house, "T-9").status_code == 404
    answer = house.client.get("/v1/tickets/T-9/assignments", headers=house.key("agent"))
    assert answer.status_code == 404


def test_what_is_told_is_learnt_for_the_next_request(house: House):
    people(house)
    policy(house, fair_share=None)
    for number in range(3):
        decide(house, f"T-{number}", subject="vpn again")
        give(house, f"T-{number}", "bob", team="web")
    choices = decide(house, subject="vpn again")["assignment"]["choices"]
    likeliest, *others = sorted(choices, key=lambda one: -one["affinity"])
    # How much above depends on how many seconds the requests took.
    assert likeliest["agent"] == "bob"
    assert others and all(likeliest["affinity"] > one["affinity"] + 0.1 for one in others)
    assert "3 similar tickets" in likeliest["sentence"]
    for number in range(3, 9):
        decide(house, f"T-{number}", subject="vpn again")
        close(house, f"T-{number}", values={"assignee": "ada"})
    chosen = decide(house, subject="vpn again")["assignment"]
    assert chosen["agent"] == "ada"


def test_a_time_that_cannot_be_is_refused_and_changes_nothing(house: House):
    people(house)
    policy(house, teams={"web": {"mode": "off"}})
    decide(house, "T-1", created_at="2026-03-02T09:00:00Z")
    decide(house, "T-2", created_at=(datetime.now(UTC) + timedelta(hours=2)).isoformat())
    late = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    for answer, told in (
        (give(house, "T-1", "ada", at=late), "more than a day ahead"),
        (close(house, "T-1", at=late), "more than a day ahead"),
        (close(house, "T-1", at="2026-03-02T08:00:00Z"), "before its filing"),
    ):
        assert answer.status_code == 422 and told in answer.json()["detail"]
    assert given_to(house, "T-1") == []
    assert get_ticket(house.store, "acme", "T-1").closed_at is None
    soon = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    assert give(house, "T-1", "ada", at=soon).status_code == 200
    assert close(house, "T-1", at="2026-03-02T08:58:00Z").status_code == 200
    assert close(house, "T-2").status_code == 200
