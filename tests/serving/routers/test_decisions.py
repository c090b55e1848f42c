from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.serving.house import House
from triage.store.schema import feedback


@pytest.fixture
def decision_id(house: House) -> str:
    answer = house.client.post("/v1/triage", json={"subject": "vpn secret"}, headers=house.key("service"))
    return answer.json()["decision_id"]


def read(house: House, decision_id: str, workspace: str = "acme"):
    return house.client.get(f"/v1/decisions/{decision_id}", headers=house.key("agent", workspace))


def judge(house: House, decision_id: str, fields: dict, actor: str | None = None, **headers: str):
    body = {"fields": fields} if actor is None else {"fields": fields, "actor": actor}
    return house.client.post(
        f"/v1/decisions/{decision_id}/feedback", json=body, headers=house.key("agent") | headers
    )


def test_a_decision_can_be_read_again_without_any_word_of_the_ticket(house: House, decision_id: str):
    answer = read(house, decision_id)
    assert answer.status_code == 200
    assert answer.json()["fields"]["category"]["value"] == "network"
    assert answer.json()["feedback"] == []
    assert "secret" not in answer.text


def test_another_workspaces_decision_looks_like_one_that_does_not_exist(house: House, decision_id: str):
    foreign, missing = read(house, decision_id, "other"), read(house, "0" * 32)
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json()["detail"] == missing.json()["detail"]


def test_feedback_is_kept_with_the_right_value_and_who_said_so(house: House, decision_id: str):
    answer = judge(
        house,
        decision_id,
        {"category": {"verdict": "accepted"}, "team": {"verdict": "replaced", "value": "desk"}},
        actor="dana",
    )
    assert answer.status_code == 201
    kept = {one["field"]: (one["verdict"], one["value"], one["actor"]) for one in answer.json()["feedback"]}
    assert kept == {"category": ("accepted", "network", "dana"), "team": ("replaced", "desk", "dana")}
    assert read(house, decision_id).json() == answer.json()


def test_without_an_actor_the_key_is_the_one_who_said_so(house: House, decision_id: str):
    answer = judge(house, decision_id, {"category": {"verdict": "skipped"}})
    assert [one["actor"] for one in answer.json()["feedback"]] == ["agent@acme"]


def test_a_later_word_stands_last_though_the_clock_was_put_back(house: House, decision_id: str):
    judge(house, decision_id, {"category": {"verdict": "accepted"}})
    # To a store it is the same whether its clock goes back or what it has lies ahead.
    with house.store.writing("acme") as connection:
        connection.execute(update(feedback).values(created_at=datetime.now(UTC) + timedelta(hours=1)))
    answer = judge(house, decision_id, {"category": {"verdict": "skipped"}})
    assert [one["verdict"] for one in answer.json()["feedback"]] == ["accepted", "skipped"]


def test_of_feedback_with_one_impossible_part_nothing_is_kept(house: House, decision_id: str):
    fields = {"category": {"verdict": "accepted"}, "impact": {"verdict": "accepted"}}
    assert judge(house, decision_id, fields).status_code == 422
    assert read(house, decision_id).json()["feedback"] == []


def test_feedback_sent_twice_with_its_key_is_kept_once(house: House, decision_id: str):
    fields = {"category": {"verdict": "accepted"}}
    first = judge(house, decision_id, fields, **{"Idempotency-Key": "f-1"})
    again = judge(house, decision_id, fields, **{"Idempotency-Key": "f-1"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert len(read(house, decision_id).json()["feedback"]) == 1
