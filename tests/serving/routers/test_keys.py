from datetime import UTC, datetime, timedelta

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
