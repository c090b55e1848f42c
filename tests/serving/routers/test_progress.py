from datetime import UTC, datetime, timedelta

from serving.audit_trail import KINDS
from tests.serving.desk import close, decide
from tests.serving.house import House
from triage.store.tickets import get_ticket

NOW = datetime.now(UTC)
BOOK = {"calendars": [], "policies": [{"name": "all", "response": "1h", "resolution": "8h"}]}


def responded(house: House, ticket_id: str = "T-1", **more):
    role = more.pop("role", "service")
    headers = house.key(role) | more.pop("headers", {})
    return house.client.post(f"/v1/tickets/{ticket_id}/first-response", json=more, headers=headers)


def status(house: House, told: str, ticket_id: str = "T-1", **more):
    body = {"status": told} | more
    return house.client.put(f"/v1/tickets/{ticket_id}/status", json=body, headers=house.key("service"))


def states(house: House) -> dict[str, str]:
    due = house.client.get("/v1/sla/due", headers=house.key("agent")).json()["promises"]
    return {one["target"]: one["state"] for one in due}


def test_the_promise_of_an_answer_is_kept_and_the_clock_of_the_solution_stands_still(house: House):
    answer = house.client.put("/v1/sla/policies", json=BOOK, headers=house.key("admin"))
    assert answer.status_code == 200, answer.text
    decide(house, "T-1")
    assert states(house) == {"response": "running", "resolution": "running"}
    first = responded(house).json()
    assert first["changed"] is True
    assert states(house) == {"resolution": "running"}
    told = status(house, "pending").json()
    assert (told["previous"], told["changed"]) == (None, True) and told["waiting_since"]
    assert states(house) == {"resolution": "paused"}
    assert status(house, "pending").json()["changed"] is False
    assert status(house, "open").json()["waiting_since"] is None
    assert states(house) == {"resolution": "running"}
    assert responded(house).json() == first | {"changed": False}


def test_the_same_request_is_answered_again_and_stands_in_the_audit_log_once(house: House):
    decide(house, "T-1")
    key = {"Idempotency-Key": "first"}
    one, two = responded(house, headers=key), responded(house, headers=key)
    assert one.json() == two.json() and two.headers["Idempotent-Replayed"] == "true"
    status(house, "pending")
    entries = house.client.get("/v1/audit?limit=500", headers=house.key("auditor")).json()["entries"]
    mine = [one for one in entries if one["action"] in ("note_first_response", "set_status")]
    assert [one["object"] for one in mine] == [f"{KINDS['ticket_id']}/T-1"] * 2
    assert mine[1]["facts"]["status"] == "pending"


def test_what_cannot_have_happened_is_refused(house: House):
    decide(house, "T-1")
    before = (NOW - timedelta(days=9)).isoformat()
    assert responded(house, at=before).status_code == 422
    assert status(house, "pending", at=before).status_code == 422
    assert status(house, "solved").status_code == 422
    assert close(house, "T-1").status_code == 200
    assert status(house, "pending").status_code == 409
    assert get_ticket(house.store, "acme", "T-1").status == "closed"
    assert responded(house, "T-9").status_code == status(house, "open", "T-9").status_code == 404
    assert responded(house, role="planner").status_code == 403
