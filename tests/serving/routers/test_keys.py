from datetime import UTC, datetime, timedelta

import pytest

from serving.api_keys import create_key
from serving.roles import Role
from tests.serving.house import House
from triage.store.scope import Across


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def make(house: House, **more) -> dict:
    body = {"name": "helpdesk", "role": "service"} | more
    answer = house.client.post("/v1/keys", json=body, headers=house.key("admin"))
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_key_is_made_used_listed_rotated_and_revoked(house: House):
    made = make(house, scopes=["triage_*"])
    ask = house.client
    assert ask.post("/v1/triage", json={"subject": "vpn"}, headers=bearer(made["token"])).status_code == 200
    assert ask.get("/v1/policy", headers=bearer(made["token"])).status_code == 403
    listed = ask.get("/v1/keys", headers=house.key("admin"))
    assert made["key"]["key_id"] in {one["key_id"] for one in listed.json()["keys"]}
    assert made["token"].split("_", 2)[2] not in listed.text

    address = f"/v1/keys/{made['key']['key_id']}"
    rotated = ask.post(f"{address}/rotate", json={"overlap_hours": 1}, headers=house.key("admin"))
    assert rotated.status_code == 201
    assert rotated.json()["key"]["succeeds"] == made["key"]["key_id"]
    for token in (made["token"], rotated.json()["token"]):
        assert ask.post("/v1/triage", json={}, headers=bearer(token)).status_code == 200
    assert ask.post(f"{address}/rotate", json={}, headers=house.key("admin")).status_code == 409

    assert ask.delete(address, headers=house.key("admin")).json()["revoked_at"] is not None
    assert ask.post("/v1/triage", json={}, headers=bearer(made["token"])).status_code == 401
    assert ask.post("/v1/triage", json={}, headers=bearer(rotated.json()["token"])).status_code == 200


def test_a_token_is_never_kept_to_be_replayed(house: House):
    headers = house.key("admin") | {"Idempotency-Key": "same"}
    body = {"name": "helpdesk", "role": "service"}
    tokens = {house.client.post("/v1/keys", json=body, headers=headers).json()["token"] for _ in range(2)}
    assert len(tokens) == 2
    with house.store.reading(Across.OPERATOR) as connection:
        kept = repr(connection.exec_driver_sql("SELECT * FROM idempotency_keys").all())
        kept += repr(connection.exec_driver_sql("SELECT * FROM audit_log").all())
    assert not any(token.split("_", 2)[2] in kept for token in tokens)


def test_a_key_that_could_do_nothing_or_is_over_is_refused(house: House):
    over = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    for more in ({"scopes": ["promote_model"]}, {"role": "king"}, {"expires_at": over}, {"name": ""}):
        body = {"name": "helpdesk", "role": "service"} | more
        assert house.client.post("/v1/keys", json=body, headers=house.key("admin")).status_code == 422


def test_when_a_key_was_used_is_written_beside_the_requests(house: House):
    made = make(house)
    house.client.post("/v1/triage", json={}, headers=bearer(made["token"]))
    house.client.app_state["door"].uses.write()  # Else within five seconds.
    listed = house.client.get("/v1/keys", headers=house.key("admin")).json()["keys"]
    (mine,) = [one for one in listed if one["key_id"] == made["key"]["key_id"]]
    assert mine["last_used_at"] is not None


OWN = ["*_key", "list_key?", "triage_*"]


@pytest.mark.parametrize("scopes", [None, [], ["*"], ["read_policy"], ["triage_*", "erase_*"], ["list_key*"]])
def test_a_key_with_scopes_makes_and_takes_none_that_may_more(house: House, scopes: list[str] | None):
    mine = bearer(create_key(house.store, "acme", "clerk", Role.ADMIN, scopes=OWN)[0])
    body = {"name": "more", "role": "admin", "scopes": scopes}
    refused = house.client.post("/v1/keys", json=body, headers=mine)
    assert refused.status_code == 403 and "caller's own" in refused.json()["detail"]
    _, other = create_key(house.store, "acme", "more", Role.ADMIN, scopes=scopes)
    assert house.client.post(f"/v1/keys/{other.key_id}/rotate", json={}, headers=mine).status_code == 403
    if scopes is None:  # What it has it may give.
        body["scopes"] = ["triage_ticket", "create_key", "list_key?"]
        given = house.client.post("/v1/keys", json=body, headers=mine)
        assert given.status_code == 201
        address = f"/v1/keys/{given.json()['key']['key_id']}/rotate"
        assert house.client.post(address, json={}, headers=mine).status_code == 201


@pytest.mark.parametrize("teams", [None, [], ["web", "vpn"]])
def test_a_key_with_teams_makes_and_takes_none_that_reaches_further(house: House, teams: list[str] | None):
    mine = bearer(create_key(house.store, "acme", "clerk", Role.ADMIN, teams=["web"])[0])
    body = {"name": "more", "role": "agent", "teams": teams}
    refused = house.client.post("/v1/keys", json=body, headers=mine)
    assert refused.status_code == 403 and "expected some of web" in refused.json()["detail"]
    _, other = create_key(house.store, "acme", "more", Role.AGENT, teams=teams)
    assert house.client.post(f"/v1/keys/{other.key_id}/rotate", json={}, headers=mine).status_code == 403
    body["teams"] = ["web"]
    assert house.client.post("/v1/keys", json=body, headers=mine).status_code == 201


def test_a_requester_is_erased_by_those_who_reach_all_teams(house: House):
    mine = bearer(create_key(house.store, "acme", "clerk", Role.ADMIN, teams=["web"])[0])
    refused = house.client.delete("/v1/requesters/ada@example.org", headers=mine)
    assert refused.status_code == 403 and "all teams" in refused.json()["detail"]
    allowed = house.client.delete("/v1/requesters/ada@example.org", headers=house.key("admin"))
    assert allowed.status_code == 200


def test_a_key_that_ends_makes_and_takes_none_that_goes_on_longer(house: House):
    ask, now = house.client, datetime.now(UTC)
    end = (now + timedelta(days=1)).isoformat()
    maker = make(house, role="admin", expires_at=end)
    headers, whole = bearer(maker["token"]), make(house)["key"]["key_id"]
    body = {"name": "helpdesk", "role": "service"}
    for later in (None, (now + timedelta(days=2)).isoformat()):
        refused = ask.post("/v1/keys", json=body | {"expires_at": later}, headers=headers)
        assert refused.status_code == 403 and "expected one that ends by" in refused.json()["detail"]
    assert ask.post("/v1/keys", json=body | {"expires_at": end}, headers=headers).status_code == 201
    assert ask.post(f"/v1/keys/{whole}/rotate", json={}, headers=headers).status_code == 403

    own = f"/v1/keys/{maker['key']['key_id']}/rotate"
    successor = ask.post(own, json={}, headers=headers)
    assert successor.status_code == 201
    assert successor.json()["key"]["expires_at"] == maker["key"]["expires_at"]
    # Whoever has a key without an end is not held to one.
    assert ask.post(f"/v1/keys/{whole}/rotate", json={}, headers=house.key("admin")).status_code == 201


def test_a_limited_key_is_told_when_to_come_back_and_others_go_on(house: House):
    made = make(house, role="admin", per_minute=12)
    assert made["key"]["per_minute"] == 12
    limited, other = bearer(made["token"]), bearer(make(house)["token"])

    def ask(headers: dict[str, str]) -> int:
        return house.client.post("/v1/triage", json={"subject": "vpn"}, headers=headers).status_code

    assert [ask(limited) for _ in range(2)] == [200, 200]  # Ten seconds' worth.
    refused = house.client.get("/v1/agents", headers=limited)
    assert refused.status_code == 429 and 1 <= int(refused.headers["Retry-After"]) <= 5
    assert "12 times a minute" in refused.json()["detail"]
    assert [ask(other) for _ in range(5)] == [200] * 5
    # What ends a flood is not held up by it.
    assert house.client.get("/v1/policy", headers=limited).status_code == 200


def test_each_ticket_of_a_batch_counts_as_one_request(house: House):
    limited = bearer(make(house, per_minute=60)["token"])
    body = {"tickets": [{"subject": "vpn"}] * 30}
    assert house.client.post("/v1/triage/batch", json=body, headers=limited).status_code == 200
    refused = house.client.post("/v1/triage", json={}, headers=limited)
    assert refused.status_code == 429 and 15 <= int(refused.headers["Retry-After"]) <= 21


def test_a_limited_key_gets_no_other_key_but_its_own_successor(house: House):
    ask = house.client
    maker = make(house, role="admin", per_minute=6_000)
    headers, other = bearer(maker["token"]), make(house, per_minute=60)["key"]["key_id"]
    refused = ask.post("/v1/keys", json={"name": "n", "role": "service", "per_minute": 60}, headers=headers)
    assert refused.status_code == 403 and "6000 times a minute" in refused.json()["detail"]
    assert ask.post(f"/v1/keys/{other}/rotate", json={}, headers=headers).status_code == 403
    own = ask.post(f"/v1/keys/{maker['key']['key_id']}/rotate", json={}, headers=headers)
    assert own.status_code == 201 and own.json()["key"]["per_minute"] == 6_000
    for none in (0, -1, 1_000_001):
        body = {"name": "helpdesk", "role": "service", "per_minute": none}
        assert ask.post("/v1/keys", json=body, headers=house.key("admin")).status_code == 422


def test_a_refusal_at_the_door_says_how_long_to_wait_as_the_first_one_did(house: House):
    limited = bearer(make(house, per_minute=1)["token"])
    answers = [house.client.post("/v1/triage", json={}, headers=limited) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 429, 429, 429]
    assert {59, 60} >= {int(one.headers["Retry-After"]) for one in answers[1:]}
    assert "times a minute" in answers[1].json()["detail"] and "Retry-After" in answers[2].json()["detail"]


def test_a_replay_of_a_batch_costs_one_request(house: House):
    limited = bearer(make(house, per_minute=60)["token"]) | {"Idempotency-Key": "same"}
    body = {"tickets": [{"subject": "vpn"}] * 5}
    for _ in range(5):  # Anew it would be 25 of the ten that it has at once.
        assert house.client.post("/v1/triage/batch", json=body, headers=limited).status_code == 200
