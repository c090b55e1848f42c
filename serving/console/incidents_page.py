"""Suspected incidents: what they are about, how they grow, and saying that they are or are none."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import RedirectResponse

from serving.console.errors import ConsoleRoute
from serving.console.incidents_view import card_of, cards_of
from serving.console.session import FromHere, signed_in
from serving.console.visit import Visit
from serving.console.writing import written
from serving.dependencies import StoreDep
from serving.incident_sight import incidents_in_sight, newest_in_sight, reach_incident
from serving.incident_view import most_alike
from serving.schemas.incidents import StateName
from triage.incident import Incident, IncidentState
from triage.store import Store
from triage.store.incident_verdicts import accept_incident, dismiss_incident
from triage.store.incident_watches import read_watch
from triage.store.incidents import get_incident

__all__ = ["router"]

router = APIRouter(prefix="/console/incidents", include_in_schema=False, route_class=ConsoleRoute)
ADDRESS = "/console/incidents"
SHOWN = 30

IncidentId = Annotated[str, Path(max_length=40)]


@router.get("")
def show_incidents(
    store: StoreDep,
    visit: Annotated[Visit, signed_in("list_incidents")],
    state: Annotated[StateName | Literal[""], Query()] = "",
) -> Response:
    """Show the newest incidents, all or those that people said the same of."""
    workspace = visit.caller.workspace
    wanted = IncidentState(state) if state else None
    found = newest_in_sight(store, visit.caller, wanted, SHOWN)
    watch = read_watch(store, workspace)
    return visit.show("incidents.html", cards=cards_of(store, visit, found), state=state, watch=watch)


@router.post("/{incident_id}/accept", dependencies=[FromHere])
def accept(
    incident_id: IncidentId, store: StoreDep, visit: Annotated[Visit, signed_in("accept_incident")]
) -> Response:
    """Link its tickets to the one that the card names."""

    def judge(store: Store, workspace: str, incident_id: str, actor: str) -> Incident:
        incident = get_incident(store, workspace, incident_id)
        preferred = most_alike(store, workspace, incident)
        return accept_incident(store, workspace, incident_id, actor, preferred=preferred)

    return _one(store, visit, _judged(store, visit, incident_id, judge))


@router.post("/{incident_id}/dismiss", dependencies=[FromHere])
def dismiss(
    incident_id: IncidentId, store: StoreDep, visit: Annotated[Visit, signed_in("dismiss_incident")]
) -> Response:
    """Keep its look-alikes quiet."""
    return _one(store, visit, _judged(store, visit, incident_id, dismiss_incident))


def _judged(
    store: Store, visit: Visit, incident_id: str, judge: Callable[[Store, str, str, str], Incident]
) -> Incident:
    caller = visit.caller

    def say() -> Incident:
        reach_incident(store, caller, incident_id)
        return judge(store, caller.workspace, incident_id, caller.name)

    return written(
        store,
        visit,
        say,
        lambda incident: {"incident_id": incident.incident_id, "state": incident.state.value},
    )


def _one(store: StoreDep, visit: Visit, incident: Incident) -> Response:
    if not visit.is_partial:
        return RedirectResponse(ADDRESS, 303)
    (seen,) = incidents_in_sight(store, visit.caller, [incident])
    return visit.show("parts/incident.html", one=card_of(store, visit, seen))
