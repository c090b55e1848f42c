from dataclasses import replace
from datetime import timedelta

import pytest

from tests.serving.house import House
from tests.triage.made_incident import BURST, burst, incident
from triage.incident import Member
from triage.store.incidents import save_incidents
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket


@pytest.fixture
def desk(house: House) -> House:
    put_tickets(house.store, "acme", [PastTicket(one) for one in burst(5)], source="x")
    save_incidents(house.store, "acme", [incident()], now=BURST)
    return house


def ticket(number: int) -> str:
    return burst(5)[number].ticket_id


def get(house: House, path: str, role: str = "agent", workspace: str = "acme"):
    return house.client.get(path, headers=house.key(role, workspace))


def post(house: House, path: str, document: dict | None = None, role: str = "agent", **headers: str):
    return house.client.post(path, json=document, headers=house.key(role) | headers)


def test_incidents_are_listed_with_words_growth_and_examples(desk: House):
    (found,) = get(desk, "/v1/incidents").json()["incidents"]
    assert [one["word"] for one in found["words"]] == ["certificates", "vpn"]
    assert found["growth"] == {
        "step_hours": 1.0,
        "points": [{"start": "2026-02-09T09:00:00Z", "tickets": 3}],
    }
    assert [one["ticket_id"] for one in found["examples"]] == [ticket(0), ticket(1), ticket(2)]
    assert found["examples"][0]["subject"] == "VPN certificate expired"
    assert get(desk, "/v1/incidents/inc-1").json() == found
    assert get(desk, "/v1/incidents?state=accepted").json() == {"incidents": []}


def test_nobody_sees_those_of_another_workspace(desk: House):
    assert get(desk, "/v1/incidents", workspace="other").json() == {"incidents": []}
    assert get(desk, "/v1/incidents/inc-1", workspace="other").status_code == 404
    denied = desk.client.post("/v1/incidents/inc-1/accept", json={}, headers=desk.key("agent", "other"))
    assert denied.status_code == 404


def test_accepting_links_children_and_repeating_it_changes_nothing(desk: House):
    first = post(desk, "/v1/incidents/inc-1/accept", {"parent_id": ticket(4)})
    assert (first.status_code, first.json()["state"], first.json()["parent_id"]) == (
        200,
        "accepted",
        ticket(4),
    )
    assert post(desk, "/v1/incidents/inc-1/accept", {}).json() == first.json()
    family = get(desk, f"/v1/tickets/{ticket(4)}/parent").json()
    assert [one["ticket_id"] for one in family["children"]] == [ticket(0), ticket(1), ticket(2)]
    assert post(desk, "/v1/incidents/inc-1/accept", {"parent_id": ticket(0)}).status_code == 409


def test_accepting_needs_no_body(desk: House):
    answer = desk.client.post("/v1/incidents/inc-1/accept", headers=desk.key("agent"))
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    assert answer.json()["parent_id"] == ticket(0)
    wrong = post(desk, "/v1/incidents/inc-1/accept", {"parent": ticket(1)})
    assert wrong.status_code == 422


def test_the_default_parent_says_most_and_is_shown_before(house: House):
    odd = replace(burst(1)[0], ticket_id="ODD", subject="Disk full since the update", body="")
    put_tickets(house.store, "acme", [PastTicket(one) for one in (odd, *burst(3)[1:])], source="x")
    one = incident()
    members = (Member("ODD", BURST - timedelta(hours=23)), *one.members[1:])
    save_incidents(house.store, "acme", [replace(one, members=members)], now=BURST)
    assert get(house, "/v1/incidents/inc-1").json()["suggested_parent"] == ticket(1)
    done = post(house, "/v1/incidents/inc-1/accept", {}).json()
    assert (done["parent_id"], done["suggested_parent"]) == (ticket(1), None)


def test_an_idempotency_key_gets_the_same_answer(desk: House):
    key = {"Idempotency-Key": "once"}
    first = post(desk, "/v1/incidents/inc-1/dismiss", **key)
    assert first.json()["state"] == "dismissed"
    assert post(desk, "/v1/incidents/inc-1/dismiss", **key).json() == first.json()


def test_who_may_only_look_cannot_judge(desk: House):
    assert get(desk, "/v1/incidents", role="auditor").status_code == 200
    assert post(desk, "/v1/incidents/inc-1/accept", {}, role="auditor").status_code == 403
    assert get(desk, "/v1/incidents", role="planner").status_code == 403


def test_a_duplicate_is_linked_read_and_unlinked(desk: House):
    path = f"/v1/tickets/{ticket(1)}/parent"
    put = desk.client.put(path, json={"parent_id": ticket(0)}, headers=desk.key("agent"))
    assert (put.status_code, put.json()["kind"], put.json()["linked_by"]) == (200, "duplicate", "agent@acme")
    assert get(desk, path).json()["parent"] == put.json()
    chain = desk.client.put(
        f"/v1/tickets/{ticket(2)}/parent", json={"parent_id": ticket(1)}, headers=desk.key("agent")
    )
    assert chain.status_code == 409
    gone = desk.client.delete(path, headers=desk.key("agent"))
    assert gone.json() == {"parent": None, "children": []}
    assert get(desk, "/v1/tickets/nowhere/parent").status_code == 404
