"""A caller held to a team and another team's ticket, at every route and page that may name it (T14)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from serving.api_keys import create_key, rotate_key
from serving.caller import Caller
from serving.reach import reach_as_requester
from serving.roles import PERMISSIONS, Role
from tests.contract.test_foreign_ids import FORM
from tests.contract.things import OPERATIONS, call
from tests.serving.house import House, open_house
from tests.triage.made_incident import burst, incident
from triage.errors import NotFoundError
from triage.helping.gap import Gap, GapReport, GapSources
from triage.store.incidents import save_incidents
from triage.store.knowledge_reports import put_gaps
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

CANARY = "Zyxwort"
FOREIGN = burst(1)[0].ticket_id
READ_ALL = {"read_audit"}
"""Oversight of a workspace, whoever reads it."""


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: bytes) -> Iterator[House]:
    home: Path = tmp_path_factory.mktemp("firm")
    (home / "house.db").write_bytes(empty_sqlite)
    with open_house(home, f"sqlite:///{home / 'house.db'}", poll_seconds=1.0) as house:
        admin = house.key()
        ask = house.client
        book = {"policies": [{"name": "all", "response": "30m", "resolution": "8h"}]}
        assert ask.put("/v1/sla/policies", json=book, headers=admin).status_code == 200
        secret = {"confidential": {"category": ["salary"]}}
        careful = {"kill_switch": False, "disabled_guardrails": [], "fields": {}, "helping": secret}
        assert ask.put("/v1/policy", json=careful, headers=admin).status_code == 200
        ticket = {
            "ticket_id": FOREIGN,
            "subject": f"{CANARY} vpn",
            "body": f"{CANARY} vpn drops",
            "created_at": "2026-03-01T09:00:00Z",
            "values": {"team": "web", "category": "salary"},
        }
        assert ask.post("/v1/triage", json=ticket, headers=admin).status_code == 200
        told = {"agent": "ada", "team": "web"}
        put = ask.put(f"/v1/tickets/{FOREIGN}/assignee", json=told, headers=admin)
        assert put.status_code == 200
        save_incidents(house.store, "acme", [incident(count=1)], now=burst(1)[0].created_at)
        sources = GapSources((FOREIGN,), FOREIGN, ((FOREIGN,),))
        examples = ((FOREIGN, f"{CANARY} vpn"),)
        gap = Gap(f"{CANARY} vpn", (CANARY,), 6, None, 6.0, 0.2, False, examples, 0, None, sources)
        report = GapReport(6, 6, 6, (gap,), 1, ())
        put_gaps(house.store, "acme", report.to_document(with_sources=True), burst(1)[0].created_at)
        yield house


def limited(house: House, role: Role = Role.AGENT, *teams: str) -> dict[str, str]:
    token, _ = create_key(house.store, "acme", "scoped", role, teams=teams or ("desk",))
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.SERVICE])
def test_no_list_names_another_teams_ticket(firm: House, role: Role):
    headers = limited(firm, role)
    asked = {"agent": "ada", "q": "vpn", "team": "web"}
    for operation, (method, path) in OPERATIONS.items():
        is_list = method == "get" and "{" not in path and role in PERMISSIONS.get(operation, ())
        if is_list and operation not in READ_ALL:
            text = call(
                firm, operation, headers, params=asked if "due" in operation else {"agent": "ada"}
            ).text
            assert FOREIGN not in text and CANARY not in text, operation


@pytest.mark.parametrize(
    "operation", sorted(n for n, (_, path) in OPERATIONS.items() if "{ticket_id}" in path)
)
def test_another_teams_ticket_is_out_of_reach_of_every_call(firm: House, operation: str):
    bodies = {
        "set_assignee": {"agent": "bea"},
        "set_status": {"status": "pending"},
        "set_ticket_parent": {"parent_id": "T-2"},
        "add_reply": {"body": "Hello."},
        "confirm_auto_resolution": {"helped": True},
    }
    allowed = PERMISSIONS[operation]
    role = Role.AGENT if Role.AGENT in allowed else Role.ADMIN
    more = {} if OPERATIONS[operation][0] in ("get", "delete") else {"json": bodies.get(operation, {})}
    told = call(firm, operation, limited(firm, role), {"ticket_id": FOREIGN}, **more)
    assert told.status_code == 404, told.text


@pytest.mark.parametrize("path", ["/v1/triage", "/v1/triage/batch"])
def test_a_ticket_of_another_team_is_not_taken_over_by_sending_it_again(firm: House, path: str):
    mine = {"ticket_id": f"T-new{path[-5:].strip('/')}", "subject": "mine"}
    stolen = {"ticket_id": FOREIGN, "subject": "hijack", "values": {"team": "desk"}}
    body = {"tickets": [mine, stolen]} if path.endswith("batch") else stolen
    assert firm.client.post(path, json=body, headers=limited(firm)).status_code == 404
    gone = firm.client.get(f"/v1/tickets/{mine['ticket_id']}/assignments", headers=firm.key())
    assert gone.status_code == 404
    due = firm.client.get("/v1/sla/due", headers=firm.key()).text
    assert CANARY in due and "hijack" not in due


def test_the_teams_own_people_see_it_and_confidential_ones_only_they_and_admins(firm: House):
    def sees(headers: dict[str, str]) -> set[str]:
        asked = {"queue": "/v1/queue?agent=ada", "due": "/v1/sla/due", "incidents": "/v1/incidents"}
        return {
            name for name, path in asked.items() if FOREIGN in firm.client.get(path, headers=headers).text
        }

    everywhere = {"queue", "due", "incidents"}
    assert sees(firm.key()) == sees(limited(firm, Role.SERVICE, "web")) == everywhere
    assert sees(firm.key("agent")) == sees(limited(firm, Role.SERVICE, "desk")) == set()


def test_what_was_offered_for_another_teams_ticket_is_neither_read_nor_judged(firm: House):
    article = {"title": "VPN", "body": f"{CANARY} vpn drops: update the client."}
    assert firm.client.put("/v1/knowledge/KB-1", json=article, headers=firm.key()).status_code == 200
    again = {"ticket_id": FOREIGN, "subject": f"{CANARY} vpn", "body": f"{CANARY} vpn drops"}
    decided = firm.client.post("/v1/triage", json=again, headers=limited(firm, Role.SERVICE, "web")).json()
    path = f"/v1/suggestions/{decided['decision_id']}"
    words = {"items": [{"kind": "article", "item_id": "KB-1", "verdict": "sent"}]}

    def ask(headers: dict[str, str]) -> tuple[int, int]:
        read = firm.client.get(path, headers=headers)
        judged = firm.client.post(f"{path}/feedback", json=words, headers=headers)
        return read.status_code, judged.status_code

    assert ask(limited(firm)) == (404, 404)
    assert ask(limited(firm, Role.AGENT, "web")) == (200, 201)


def test_a_person_who_files_tickets_reaches_their_own_answers_and_a_portals_key_all(firm: House):
    ticket = Ticket("T-answered", "vpn", requester="Dana@example.org")
    put_tickets(firm.store, "acme", [PastTicket(ticket)], source="x")
    someone = Caller(
        "oidc", "dana@example.org", "dana@example.org", "acme", Role.REQUESTER, teams=frozenset()
    )
    reach_as_requester(firm.store, someone, "T-answered")
    reach_as_requester(firm.store, Caller("key", "k", "portal", "acme", Role.REQUESTER), "T-answered")
    for name, ticket_id in (("mallory", "T-answered"), ("dana@example.org", FOREIGN)):
        with pytest.raises(NotFoundError):
            reach_as_requester(firm.store, replace(someone, name=name), ticket_id)


@pytest.mark.parametrize("kind", ["agent", "limited"])
def test_the_console_shows_it_neither_to_other_teams_nor_where_it_is_confidential(firm: House, kind: str):
    token = (firm.key("agent") if kind == "agent" else limited(firm))["Authorization"].removeprefix("Bearer ")
    here = {"Origin": "http://testserver"}
    firm.client.post("/console/sign-in", data={"key": token}, headers=here, follow_redirects=False)
    for page in ("/console", "/console/sla", "/console/incidents", "/console/agents"):
        shown = firm.client.get(page)
        assert shown.status_code == 200 and CANARY not in shown.text and FOREIGN not in shown.text
    for page in (f"/console/examples/{FOREIGN}", "/console/incidents/inc-1/dismiss"):
        assert firm.client.post(page, data=FORM, headers=here).status_code == 404
    firm.client.cookies.clear()


def test_an_answer_is_given_again_to_its_caller_and_their_keys_successor_only(firm: House):
    token, key = create_key(firm.store, "acme", "first", Role.AGENT)
    body = {"subject": "vpn once"}

    def ask(token: str) -> tuple[str, bool]:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "same"}
        told = firm.client.post("/v1/triage", json=body, headers=headers)
        return told.json()["decision_id"], "Idempotent-Replayed" in told.headers

    first, _ = ask(token)
    other, is_again = ask(create_key(firm.store, "acme", "other", Role.AGENT)[0])
    assert other != first and not is_again
    successor, _ = rotate_key(firm.store, "acme", key.key_id)
    assert ask(token) == ask(successor) == (first, True)
