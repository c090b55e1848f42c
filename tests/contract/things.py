"""One of everything in a workspace, with what would change it: for tests that come from another one."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from serving.api_keys import create_key
from serving.roles import Role
from tests.serving.house import House
from tests.serving.routers.test_spikes import BURST, NOW
from tests.triage.made_incident import incident
from triage.store.incidents import save_incidents
from triage.store.overrides import put_override
from triage.store.runs import active_runs, cancel_run
from triage.store.staffing import StoredBaseline, put_staffing_baseline
from triage.store.volume_alerts import take_alerts

__all__ = ["KEEPS_OUT", "MAKES_ITS_OWN", "OPERATIONS", "WITH_OBJECT", "Things", "call", "things"]

EVENT = {"kind": "release", "title": "Version 7", "first_day": "2026-04-14", "last_day": "2026-04-16"}


def operations() -> dict[str, tuple[str, str]]:
    """What ``test_openapi`` holds the application to: read, since describing it takes seconds."""
    document = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
    return {
        operation["operationId"]: (method, path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


OPERATIONS = operations()


WITH_OBJECT = [name for name in sorted(OPERATIONS) if "{" in OPERATIONS[name][1]]
MAKES_ITS_OWN = {
    "replace_agent": "agents/{agent}",
    "replace_article": "knowledge/{article_id}",
    "replace_macro": "macros/{macro_id}",
    "put_event": "events/{event_id}",
}
"""A PUT that makes what is not there: in another workspace it makes that one's own."""


KEEPS_OUT = {"erase_ticket", "erase_requester"}
"""What was never stored is kept out from now on: that is answered alike, and touches nobody else's."""


def call(house: House, operation: str, headers: dict[str, str], ids: dict[str, str] | None = None, **more):
    method, path = OPERATIONS[operation]
    path = re.sub(r"{(\w+)}", lambda name: (ids or {}).get(name[1], "nothing-here"), path)
    return house.client.request(method, path, headers=headers, **more)


@dataclass
class Things:
    """One of everything in workspace ``acme``, with bodies that would change it."""

    ids: dict[str, str]
    bodies: dict[str, Any]


@pytest.fixture(scope="package")
def things(house: House) -> Things:
    admin, service = house.key("admin"), house.key("service")
    ask = house.client
    agent = {"team": "web", "capacity": 4.0}
    assert ask.put("/v1/agents/ada", json=agent, headers=admin).status_code == 200
    schema = ask.get("/openapi.json").json()["components"]["schemas"]
    absence = schema["AbsenceIn"]["examples"][0]
    article = schema["ArticleIn"]["examples"][0]
    put = ask.post("/v1/agents/ada/absences", json=absence, headers=admin)
    assert put.status_code == 201, put.text
    assert ask.put("/v1/knowledge/KB-1", json=article, headers=admin).status_code == 200
    ticket = {"ticket_id": "T-1", "subject": "vpn", "values": {"team": "web"}}
    decision = ask.post("/v1/triage", json=ticket, headers=service).json()
    told = {"agent": "ada", "team": "web"}
    assert ask.put("/v1/tickets/T-1/assignee", json=told, headers=service).status_code == 200
    for one in active_runs(house.store):  # The house is open for other tests, too.
        cancel_run(house.store, one.workspace, one.run_id)
    run = ask.post("/v1/forecasts", json={}, headers=admin)
    macro, event = {"title": "VPN", "body": "Update the client."}, EVENT
    assert ask.put("/v1/macros/M-1", json=macro, headers=admin).status_code == 200
    assert ask.put("/v1/events/E-1", json=event, headers=admin).status_code == 200
    offered = ask.post("/v1/suggest", json={"subject": "vpn"}, headers=house.key("requester")).json()
    save_incidents(house.store, "acme", [incident()], now=NOW)
    take_alerts(house.store, "acme", [BURST], now=NOW)
    override = put_override(
        house.store, "acme", "day", "total", NOW, 9.0, model_mean=7.0, author="ada", reason="a fair", now=NOW
    )
    put_staffing_baseline(house.store, "acme", StoredBaseline("as planned", {}, {}, "s1", NOW, "ada"))
    _, key = create_key(house.store, "acme", "old", Role.AGENT)
    ids = {
        "decision_id": decision["decision_id"],
        "version": "v1",
        "article_id": "KB-1",
        "run_id": run.json()["run_id"],
        "agent": "ada",
        "team": "web",
        "requester": "mallory",
        "absence_id": put.json()["absence_id"],
        "ticket_id": "T-1",
        "key_id": key.key_id,
        "macro_id": "M-1",
        "event_id": "E-1",
        "suggestion_id": offered["suggestion_id"],
        "incident_id": "inc-1",
        "alert_id": "b1",
        "override_id": override.override_id,
        "baseline": "as planned",
    }
    bodies = {
        "give_feedback": {"fields": {"category": {"verdict": "accepted"}}},
        "set_assignee": {"agent": "ada"},
        "note_first_response": {},
        "set_status": {"status": "pending"},
        "close_ticket": {},
        "replace_agent": agent,
        "add_absence": absence,
        "replace_absence": absence,
        "replace_article": article,
        "rotate_key": {},
        "replace_macro": macro,
        "put_event": event,
        "give_suggestion_feedback": {"items": [{"kind": "article", "item_id": "KB-1", "verdict": "sent"}]},
        "set_ticket_parent": {"parent_id": "T-2"},
        "add_reply": {"body": "Update the client."},
        "confirm_auto_resolution": {"helped": True},
        "accept_incident": {},
        "dismiss_incident": {},
        "set_spike_state": {"state": "acknowledged"},
        "save_staffing_baseline": {},
    }
    return Things(ids, bodies)
