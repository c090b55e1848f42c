"""Whatever id a thing has, its address reaches it and nothing else; or no door takes such an id.

Ids hold any sign, slashes too, so that one can look like another address: an event ``release/remove``.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.routing import Match

from serving.app import create_app
from serving.gates import leaf_routes
from serving.settings import Settings
from tests.contract.things import EVENT
from tests.serving.console.conftest import Desk
from tests.serving.house import House
from triage.agent_names import agent_name_problem
from triage.knowledge_ids import article_id_problem, macro_id_problem
from triage.store.known_events import list_events
from triage.store.tickets import get_ticket, put_tickets
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
PLACE = re.compile(r"{(\w+)(:path)?}")
NO_IDS = {"name", "path"}
"""Places of files of pages, and of what is no page."""


TAKEN: dict[str, Callable[[str], bool]] = {
    "agent": lambda one: agent_name_problem(one) is None,
    "article_id": lambda one: article_id_problem(one) is None,
    "macro_id": lambda one: macro_id_problem(one) is None,
}
"""Of things whose ids are looked at when they are stored, whether one is taken; of others any is."""

EITHER = {("DELETE", "/v1/tickets/{ticket_id:path}", "/parent")}
"""Erasing ticket ``A/parent`` has the address of taking ``A`` from its parent, which then answers 409."""

ROUTES = [one for one in leaf_routes(create_app(Settings.from_env({})).routes) if hasattr(one, "methods")]


def reached(method: str, address: str) -> tuple[Any, dict[str, Any]]:
    """Return which route answers, and with what in its places."""
    scope = {"type": "http", "method": method, "path": address, "root_path": "", "headers": []}
    for route in ROUTES:
        match, found = route.matches(scope)
        if match is Match.FULL:
            return route, found["path_params"]
    raise AssertionError(f"nothing answers {method} {address}")


def addresses() -> Iterator[tuple[str, str, str, str]]:
    """Yield method, path and place of each id that may hold slashes, with ids that look like addresses."""
    for route in ROUTES:
        for method in route.methods - {"HEAD"}:
            for place in PLACE.finditer(route.path):
                if place[2] is None or place[1] in NO_IDS:
                    continue
                before = route.path[: place.start()]
                for other in ROUTES:
                    if method in other.methods and other.path.startswith(before):
                        tail = PLACE.sub("A", other.path[len(before) :])
                        for looks_like in {tail, f"B/{tail}"} - {""}:
                            yield method, route.path, place[1], looks_like


CASES = sorted(set(addresses()))


def test_the_ids_of_every_kind_of_thing_are_looked_at():
    kinds = {place for _, _, place, _ in CASES}
    assert {"agent", "article_id", "event_id", "macro_id", "requester", "team", "ticket_id"} <= kinds


@pytest.mark.parametrize("path", sorted({path for _, path, _, _ in CASES}))
def test_an_id_that_looks_like_an_address_is_reached_or_never_taken(path: str):
    for method, _, place, looks_like in (one for one in CASES if one[1] == path):
        if not TAKEN.get(place, bool)(looks_like):
            continue
        if any((method, path) == (way, at) and looks_like.endswith(end) for way, at, end in EITHER):
            continue
        filled = PLACE.sub(lambda found, here=place, one=looks_like: one if found[1] == here else "A", path)
        route, places = reached(method, filled)
        assert (route.path, places[place]) == (path, looks_like), f"{method} {filled}"


@pytest.mark.parametrize("dots", [".", ".."])
def test_no_door_takes_an_id_of_dots_alone(house: House, dots: str):
    """Clients take such an id for a step of the path; those that send it all the same are told."""
    sent = dots.replace(".", "%2E")
    plan = {"interval": "hour"}
    for method, path, body in (
        ("POST", "/v1/triage", {"ticket_id": dots, "subject": "vpn"}),
        ("POST", "/v1/triage/batch", {"tickets": [{"ticket_id": dots, "subject": "vpn"}]}),
        ("PUT", f"/v1/tickets/{sent}/assignee", {"agent": None}),
        ("POST", f"/v1/tickets/{sent}/close", {}),
        ("PUT", f"/v1/agents/{sent}", {"team": "web"}),
        ("POST", "/v1/agents/import", {"csv": f"agent,team\n{dots},web\n"}),
        ("PUT", f"/v1/knowledge/{sent}", {"title": "x", "body": "y"}),
        ("POST", "/v1/knowledge", {"article_id": dots, "title": "x", "body": "y"}),
        ("PUT", f"/v1/macros/{sent}", {"title": "x", "body": "y"}),
        ("PUT", f"/v1/events/{sent}", EVENT),
        ("PUT", f"/v1/staffing/baselines/{sent}", plan),
    ):
        answer = house.client.request(method, path, json=body, headers=house.key("admin"))
        assert (answer.status_code, "dots alone" in answer.text) == (422, True), (path, answer.text)
    assert get_ticket(house.store, "acme", dots) is None
    desk = Desk(house)
    desk.sign_in()
    assert "dots alone" in desk.post("/console/staffing/baselines", name=dots).text


def test_a_ticket_whose_id_ends_like_its_parents_address_is_never_taken_for_erased(house: House):
    headers = house.key("admin")
    filed = [PastTicket(Ticket(name, "vpn", "x", NOW)) for name in ("A", "A/parent")]
    put_tickets(house.store, "acme", filed, source="test")
    for address in ("/v1/tickets/A/parent", "/v1/tickets/A%2Fparent"):
        answer = house.client.delete(address, headers=headers)
        assert answer.status_code == 409 and "triage erase" in answer.json()["detail"]
    assert get_ticket(house.store, "acme", "A/parent") is not None


def test_an_event_with_any_id_is_changed_and_removed_on_the_page(house: House):
    desk = Desk(house)
    desk.sign_in()
    form = {"kind": "release", "title": "Version 7", "first_day": "2026-04-14"}
    for event_id in ("seven", "seven/remove", "remove", "change/seven"):
        house.client.put(f"/v1/events/{event_id}", json=EVENT, headers=house.key("admin"))
    assert desk.post("/console/volume/events/change/seven/remove", **form).status_code == 200
    assert desk.post("/console/volume/events/remove/seven/remove").status_code == 200
    assert desk.post("/console/volume/events/remove/remove").status_code == 200
    left = [one.event_id for one in list_events(house.store, "acme")]
    assert sorted(left) == ["change/seven", "seven"]
