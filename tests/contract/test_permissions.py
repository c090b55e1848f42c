"""Every route x every role x own and other workspace and team, from the one table (T14)."""

import re

import pytest
from fastapi import APIRouter, FastAPI

from serving.api_keys import create_key
from serving.app import create_app
from serving.gates import OPEN_ADDRESSES, demand_gates, leaf_routes, operation_of
from serving.roles import PERMISSIONS, Role
from serving.settings import Settings
from tests.contract.things import KEEPS_OUT, MAKES_ITS_OWN, OPERATIONS, WITH_OBJECT, Things, call
from tests.serving.house import House
from triage.errors import ConfigurationError

OPEN = {"read_health", "read_readiness"}
"""What answers without a key."""


CLOSED = sorted(set(OPERATIONS) - OPEN)


def test_every_route_stands_in_the_table_and_the_table_names_only_routes():
    assert set(OPERATIONS) - OPEN == set(PERMISSIONS)


def test_every_route_of_the_application_the_consoles_too_asks_for_a_permission():
    routes = list(leaf_routes(create_app(Settings.from_env({})).routes))
    asked = {route.path: operation_of(route) for route in routes}
    assert len(routes) > 50 and sum(path.startswith("/console") for path in asked) > 10
    assert {path for path, operation in asked.items() if operation is None} == OPEN_ADDRESSES
    assert {one for one in asked.values() if one} <= set(PERMISSIONS)


def test_a_route_without_a_permission_keeps_a_server_from_starting():
    inner, outer, app = APIRouter(), APIRouter(), FastAPI(docs_url=None, redoc_url=None)

    @inner.get("/v1/forgotten")
    def forgotten() -> str:
        return "anybody"

    outer.include_router(inner)
    app.include_router(outer)
    with pytest.raises(ConfigurationError, match="/v1/forgotten"):
        demand_gates(app.routes)


@pytest.mark.parametrize("operation", CLOSED)
def test_a_route_is_closed_without_a_key(house: House, operation: str):
    assert call(house, operation, {}).status_code == 401


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("operation", CLOSED)
def test_a_role_gets_through_exactly_where_the_table_says_so(house: House, operation: str, role: Role):
    status = call(house, operation, house.key(role, "empty")).status_code
    assert (status == 403) == (role not in PERMISSIONS[operation])
    assert status not in (401, 500)


def test_there_is_a_thing_for_every_id_in_an_address(things: Things):
    named = {name for _, path in OPERATIONS.values() for name in re.findall(r"{(\w+)}", path)}
    assert named == set(things.ids)


@pytest.mark.parametrize("operation", WITH_OBJECT)
def test_what_another_workspace_has_is_answered_as_what_does_not_exist(
    house: House, things: Things, operation: str
):
    headers = house.key("admin", "other")
    body = things.bodies.get(operation)
    more = {} if body is None else {"json": body}
    there = call(house, operation, headers, things.ids, **more)
    missing = call(house, operation, headers, **more)
    if operation in MAKES_ITS_OWN:
        assert there.status_code == 200
        made = MAKES_ITS_OWN[operation]
        house.client.delete(f"/v1/{made.format_map(things.ids)}", headers=headers)
        house.client.delete(f"/v1/{made.split('/')[0]}/nothing-here", headers=headers)
    elif operation in KEEPS_OUT:
        assert there.json()["rows"] == missing.json()["rows"] == {}
        assert house.client.get("/v1/tickets/T-1/assignments", headers=house.key("admin")).status_code == 200
    else:
        assert (there.status_code, missing.status_code) == (404, 404)
        same = {"type", "title", "status", "detail", "errors"}
        told = [
            {name: str(part) for name, part in one.json().items() if name in same} for one in (there, missing)
        ]
        # The answer may name what was asked for, and nothing else may differ.
        for value in things.ids.values():
            told = [{name: part.replace(value, "nothing-here") for name, part in one.items()} for one in told]
        assert told[0] == told[1]
    # Nothing of it was touched where it is.
    assert house.client.get("/v1/agents/ada", headers=house.key("admin")).status_code == 200
    stays = house.client.get("/v1/knowledge/KB-1", headers=house.key("admin"))
    assert stays.status_code == 200


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD])
@pytest.mark.parametrize("operation", ["read_decision", "list_ticket_assignments", "set_assignee"])
def test_another_teams_ticket_is_answered_as_what_does_not_exist(
    house: House, things: Things, operation: str, role: Role
):
    body = things.bodies.get(operation)
    more = {} if body is None else {"json": body}

    def ask(*teams: str):
        token, _ = create_key(house.store, "acme", "scoped", role, teams=teams)
        return call(house, operation, {"Authorization": f"Bearer {token}"}, things.ids, **more)

    assert ask("web").status_code == 200
    refused = ask("desk", "field")
    assert refused.status_code == 404
    missing = call(house, operation, house.key(role), **more)
    assert refused.json()["detail"] == missing.json()["detail"]


def test_a_lead_changes_agents_of_the_own_team_only(house: House, things: Things):
    token, _ = create_key(house.store, "acme", "lead", Role.LEAD, teams=["desk"])
    headers = {"Authorization": f"Bearer {token}"}

    def put(name: str, team: str) -> int:
        return house.client.put(f"/v1/agents/{name}", json={"team": team}, headers=headers).status_code

    assert put("ada", "desk") == 403  # Of another team.
    assert put("bea", "web") == 403  # Into another team.
    assert put("bea", "desk") == 200
    assert call(house, "read_queue", headers, params={"agent": "ada"}).status_code == 403
    assert call(house, "read_queue", headers, params={"agent": "bea"}).status_code == 200
    house.client.delete("/v1/agents/bea", headers=house.key("admin"))


@pytest.mark.parametrize("name", ["workspace", "role", "actor_role", "tenant", "key_id"])
@pytest.mark.parametrize("operation", ["triage_ticket", "create_key", "replace_policy", "create_article"])
def test_nobody_assigns_what_is_not_theirs_to_assign(house: House, operation: str, name: str):
    """A workspace comes from the key alone; a body that names one, or anything unknown, is refused."""
    schemas = house.client.get("/openapi.json").json()
    method, path = OPERATIONS[operation]
    reference = schemas["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = schemas["components"]["schemas"][reference.rpartition("/")[2]]
    if name in schema["properties"]:
        pytest.skip("is a part of this body")
    body = schema["examples"][0] | {name: "other"}
    assert call(house, operation, house.key("admin"), json=body).status_code == 422


def test_a_header_names_no_workspace(house: House):
    headers = house.key("admin", "other") | {"X-Workspace": "acme", "X-Tenant-Id": "acme"}
    listed = house.client.get("/v1/keys", headers=headers).json()["keys"]
    assert {one["workspace"] for one in listed} == {"other"}


def test_scopes_hold_a_key_to_less_than_its_role(house: House):
    token, _ = create_key(house.store, "acme", "narrow", Role.ADMIN, scopes=["read_*", "triage_ticket"])
    headers = {"Authorization": f"Bearer {token}"}
    for operation in CLOSED:
        if "event" in OPERATIONS[operation][1]:
            continue
        status = call(house, operation, headers).status_code
        is_open = operation.startswith("read_") or operation == "triage_ticket"
        assert (status != 403) == is_open, operation
