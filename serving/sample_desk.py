"""The sample helpdesk of an empty store: made, imported, and ready to be learnt from.

The making and importing are commands of the training room; here is only their order. Each step may be
cut off and begun again.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from triage.errors import UnavailableError
from triage.store import Store
from triage.store.runs import Run, ask_for_run, list_runs
from triage.store.tickets import count_tickets
from triage.store.workspaces import ensure_workspace, find_workspace, list_workspaces

__all__ = ["WORKSPACE", "ask_for_model", "import_steps", "keep_company", "needs_sample", "sample_step"]

WORKSPACE = "default"
TABLES = {"articles": "articles.csv", "agents": "agents.csv", "history": "tickets.csv", "links": "links.csv"}
"""In the order of importing: by what ``triage import`` calls it, the file of the sample."""

Step = tuple[str, list[str]]
"""A step's name, and the words after ``triage`` that do it."""


def needs_sample(store: Store) -> bool:
    """Tell whether the store is empty, or the making of its sample was cut off."""
    if any(one.workspace != WORKSPACE for one in list_workspaces(store)):
        return False
    place = find_workspace(store, WORKSPACE)
    if place is not None and place.made_up:
        return not list_runs(store, WORKSPACE, limit=1)
    return count_tickets(store, WORKSPACE) == 0


def sample_step(folder: Path, preset: str, tickets: int) -> Step:
    """Return the step that makes the helpdesk's tables."""
    return "sample", ["sample", str(folder), "--preset", preset, "--tickets", str(tickets), "--json"]


def keep_company(store: Store, summary: str) -> str:
    """Make the workspace of the company that a sample's JSON summary tells of; return its name.

    Raises
    ------
    UnavailableError
        If the summary is none.
    """
    try:
        said = json.loads(summary)
        company, zone, country = said["company"], said["zone"], said["country"]
    except (ValueError, KeyError, TypeError):
        raise UnavailableError(
            "Got something other than a JSON summary from `triage sample`; expected its company, zone and "
            "country. Run `triage sample DIR --json` to see."
        ) from None
    ensure_workspace(store, WORKSPACE, name=company, zone=zone, country=country, made_up=True)
    return str(company)


def import_steps(folder: Path) -> Iterator[Step]:
    """Return the steps that bring the tables into the store."""
    for kind, file in TABLES.items():
        yield f"import-{kind}", ["import", kind, str(folder / file), "--workspace", WORKSPACE, "--json"]


def ask_for_model(store: Store, champion: str | None) -> Run | None:
    """Ask for training and forecast where a sample has no model; return the training to wait for, if any."""
    place = find_workspace(store, WORKSPACE)
    if champion is not None or place is None or not place.made_up:
        return None
    newest = list_runs(store, WORKSPACE, kind="train", limit=1)
    if newest and newest[0].is_active:
        return newest[0]
    training = ask_for_run(store, WORKSPACE, "train", {"targets": None}, "triage up")
    earlier = list_runs(store, WORKSPACE, kind="forecast", limit=1)
    if not earlier or not (earlier[0].is_active or earlier[0].state == "succeeded"):
        parameters = {"days": 28, "hours": 72, "by": ["category", "team"]}
        ask_for_run(store, WORKSPACE, "forecast", parameters, "triage up")
    return training
