"""A helpdesk's floor over HTTP: agents who always work, and what is told of tickets."""

from tests.serving.house import House

ADA = {"team": "web", "skills": {"vpn": 3}, "capacity": 2.0}
BOB = {"team": "web", "capacity": 8.0}


def put_agent(house: House, name: str, document: dict, **headers: str):
    return house.client.put(f"/v1/agents/{name}", json=document, headers=house.key("admin") | headers)


def people(house: House, **agents: dict) -> None:
    """Store agents; without any, ada and bob of the team that the fake model names for ``vpn``."""
    for name, document in (agents or {"ada": ADA, "bob": BOB}).items():
        assert put_agent(house, name, document).status_code == 200


def policy(house: House, **routing) -> None:
    """Let every team and agent be applied, by this routing, whoever is sure of whom."""
    routing.setdefault("least_affinity", 0.0)
    document = {
        "kill_switch": False,
        "disabled_guardrails": [],
        "fields": {
            "team": {"mode": "apply", "thresholds": {"web": 0.5}},
            "assignee": {"mode": "apply"},
        },
        "routing": routing,
    }
    answer = house.client.put("/v1/policy", json=document, headers=house.key("admin"))
    assert answer.status_code == 200, answer.text


def decide(house: House, ticket_id: str | None = None, subject: str = "vpn", **more) -> dict:
    answer = house.client.post(
        "/v1/triage", json={"ticket_id": ticket_id, "subject": subject} | more, headers=house.key("service")
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def give(house: House, ticket_id: str, agent: str | None, **more):
    return house.client.put(
        f"/v1/tickets/{ticket_id}/assignee", json={"agent": agent} | more, headers=house.key("agent")
    )


def close(house: House, ticket_id: str, **more):
    return house.client.post(f"/v1/tickets/{ticket_id}/close", json=more, headers=house.key("service"))


def load(house: House, agent: str) -> float:
    return house.client.get(f"/v1/agents/{agent}", headers=house.key("agent")).json()["load"]
