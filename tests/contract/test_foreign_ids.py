"""A foreign id and a missing one: the same answer by the same work, at every route and every page (T14)."""

import re
from typing import Any

import pytest

from serving.app import create_app
from serving.gates import leaf_routes, operation_of
from serving.settings import Settings
from tests.contract.statements import statements
from tests.contract.things import KEEPS_OUT, MAKES_ITS_OWN, WITH_OBJECT, Things, call
from tests.serving.house import House

MISSING = "nothing-here"
PAGES = {
    operation_of(route): (next(iter(route.methods)), route.path)
    for route in leaf_routes(create_app(Settings.from_env({})).routes)
    if route.path.startswith("/console") and "{" in route.path and operation_of(route)
}
FORM = {
    "agent": "ada",
    "ticket_id": "T-1",
    "verdict": "accepted",
    "field": "category",
    "state": "acknowledged",
    "kind": "article",
    "item_id": "KB-1",
    "absent_from": "2026-03-01",
    "absent_to": "2026-03-02",
}
"""What the forms of these pages send; a page takes what it knows."""


MOMENTARY = {"instance", "request_id", "as_of"}
"""What differs from one request to the next."""
TRIES = 3


@pytest.mark.parametrize("operation", sorted(set(WITH_OBJECT) - set(MAKES_ITS_OWN) - KEEPS_OUT))
def test_a_foreign_id_is_looked_for_by_the_same_statements_as_a_missing_one(
    house: House, things: Things, operation: str
):
    """So both take the same time, whatever the machine is doing."""
    headers = house.key("admin", "elsewhere")
    body = things.bodies.get(operation)
    more: dict[str, Any] = {} if body is None else {"json": body}

    def least(ids: dict[str, str]) -> list[str]:
        # Now and then a request also does what is due for all; of several, one does not.
        tries = []
        for _ in range(TRIES):
            with statements() as sent:
                assert call(house, operation, headers, ids, **more).status_code == 404
            tries.append(sent)
        return min(tries, key=len)

    foreign = least(things.ids)
    assert len(foreign) > 1  # Beginning, and looking who asks.
    assert foreign == least({})


@pytest.mark.parametrize("page", sorted(set(PAGES) - set(MAKES_ITS_OWN)))
def test_a_page_answers_a_foreign_id_as_a_missing_one(house: House, things: Things, page: str):
    house.key("admin", "elsewhere")
    here = {"Origin": "http://testserver", "HX-Request": "true"}
    key = {"key": house.tokens["admin@elsewhere"]}
    house.client.post("/console/sign-in", data=key, headers=here, follow_redirects=False)
    method, path = PAGES[page]
    form = {"data": FORM} if method == "POST" else {}
    told = []
    for ids in (things.ids, {}):
        address = re.sub(r"{(\w+)(:path)?}", lambda name, ids=ids: ids.get(name[1], MISSING), path)
        answer = house.client.request(method, address, headers=here, follow_redirects=False, **form)
        assert answer.status_code == 404
        told.append(answer.text)
    house.client.cookies.clear()
    for value in things.ids.values():
        told = [one.replace(f"&#39;{value}&#39;", f"&#39;{MISSING}&#39;") for one in told]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/queue?agent={agent}", None),
        ("GET", "/v1/reports/staffing?baseline={baseline}", None),
        ("GET", "/v1/sla/notices?ticket_id={ticket_id}", None),
        ("GET", "/v1/sla/due?assignee={agent}", None),
        ("PUT", "/v1/tickets/T-own/parent", {"parent_id": "{ticket_id}"}),
        ("POST", "/v1/triage", {"subject": "vpn", "ticket_id": "T-own", "suggestion_id": "{suggestion_id}"}),
    ],
)
def test_a_foreign_id_in_a_query_or_a_body_is_answered_as_a_missing_one(
    house: House, things: Things, method: str, path: str, body: dict[str, str] | None
):
    headers = house.key("admin", "elsewhere")
    own = {"ticket_id": "T-own", "subject": "vpn"}
    assert house.client.post("/v1/triage", json=own, headers=headers).status_code == 200
    told = []
    for ids in (things.ids, dict.fromkeys(things.ids, MISSING)):
        filled = None if body is None else {name: text.format_map(ids) for name, text in body.items()}
        answer = house.client.request(method, path.format_map(ids), json=filled, headers=headers)
        document = {name: part for name, part in answer.json().items() if name not in MOMENTARY}
        told.append((answer.status_code, document))
    foreign = repr(told[0])
    for value in things.ids.values():
        foreign = foreign.replace(f"{value!r}", f"{MISSING!r}").replace(f'"{value}"', f'"{MISSING}"')
    assert told[0][0] != 500
    assert foreign == repr(told[1])
