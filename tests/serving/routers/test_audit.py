from tests.serving.house import House
from triage.audit import digest
from triage.signing import signing_key
from triage.store.audit import AuditLog


def entries(house: House, workspace: str = "acme", **query) -> list[dict]:
    answer = house.client.get("/v1/audit", params=query, headers=house.key("auditor", workspace))
    assert answer.status_code == 200, answer.text
    return answer.json()["entries"]


def test_every_write_over_http_leaves_an_entry_with_who_what_and_from_where(house: House):
    ask, admin, service = house.client, house.key("admin"), house.key("service")
    decision = ask.post(
        "/v1/triage", json={"subject": "vpn secret-word", "ticket_id": "T-1"}, headers=service
    ).json()
    feedback = {"fields": {"category": {"verdict": "accepted"}}, "actor": "dana"}
    ask.post(f"/v1/decisions/{decision['decision_id']}/feedback", json=feedback, headers=service)
    policy = {"kill_switch": True, "disabled_guardrails": [], "fields": {}}
    changed = ask.put("/v1/policy", json=policy, headers=admin | {"X-Request-ID": "request-77"})
    ask.put("/v1/policy", json=policy, headers=admin)
    article = {"title": "VPN", "body": "Restart it."}
    ask.put("/v1/knowledge/KB-1", json=article, headers=admin)
    ask.post("/v1/training-runs", json={}, headers=admin)

    found = entries(house)
    assert [(one["action"], one["object"]) for one in found][:5] == [
        ("triage_ticket", f"decision/{decision['decision_id']}"),
        ("give_feedback", f"decision/{decision['decision_id']}"),
        ("replace_policy", "policy"),
        ("replace_policy", "policy"),
        ("replace_article", "article/KB-1"),
    ]
    assert found[5]["object"].startswith("run/")
    first, judged, switched, again = found[:4]
    assert first["model_version"] == "v1" and first["facts"]["ticket_id"] == "T-1"
    assert first["actor"].startswith("key:") and first["role"] == "service"
    assert judged["on_behalf_of"] == "dana"
    assert switched["request_id"] == "request-77" and switched["address"] == "testclient"
    assert switched["facts"] == {"kill_switch": True, "version": 1}
    assert switched["after_hash"] == digest(changed.json()) == again["before_hash"]
    assert "secret-word" not in repr(found)


def test_a_batch_leaves_an_entry_for_each_decision(house: House):
    batch = {"tickets": [{"subject": "vpn"}] * 3}
    answer = house.client.post("/v1/triage/batch", json=batch, headers=house.key("service"))
    ids = [f"decision/{one['decision_id']}" for one in answer.json()["decisions"]]
    assert [one["object"] for one in entries(house, action="triage_batch")] == ids


def test_what_failed_or_was_replayed_leaves_none(house: House):
    headers = house.key("service") | {"Idempotency-Key": "once"}
    for _ in range(3):
        house.client.post("/v1/triage", json={"subject": "vpn"}, headers=headers)
    house.client.put("/v1/tickets/none/assignee", json={"agent": "ada"}, headers=house.key("agent"))
    house.client.get("/v1/policy", headers=house.key("admin"))
    assert len(entries(house)) == 1


def test_pages_and_filters(house: House):
    for number in range(5):
        house.client.put(f"/v1/agents/a{number}", json={"team": "web"}, headers=house.key("admin"))
    first = house.client.get("/v1/audit", params={"limit": 3}, headers=house.key("auditor")).json()
    assert [one["seq"] for one in first["entries"]] == [1, 2, 3]
    assert first["next_after"] == 3 and first["head"]["seq"] == 5
    second = house.client.get("/v1/audit", params={"after": 3}, headers=house.key("auditor")).json()
    assert [one["seq"] for one in second["entries"]] == [4, 5] and second["next_after"] is None
    assert [one["seq"] for one in entries(house, object="agent/a2")] == [3]
    assert entries(house, "other") == []


def test_the_log_of_a_used_server_holds(house: House):
    for number in range(3):
        house.client.post("/v1/triage", json={"subject": f"vpn {number}"}, headers=house.key("service"))
    key = signing_key({"TRIAGE_HOME": str(house.home)})
    verified = AuditLog(house.store, key).verify("acme")
    assert (verified.entries, verified.problem) == (3, None)


def test_signing_in_and_what_is_done_in_the_console_is_in_it(house: House):
    token = house.key("admin")["Authorization"].removeprefix("Bearer ")
    headers = {"Origin": "http://testserver"}
    house.client.post("/console/sign-in", data={"key": token}, headers=headers)
    house.client.post("/console/decide", data={"subject": "vpn"}, headers=headers)
    house.client.post("/console/model/train", headers=headers)
    house.client.cookies.clear()
    assert [one["action"] for one in entries(house)] == ["sign_in", "triage_ticket", "start_training_run"]
