"""Suspected incidents: seen, accepted, dismissed."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response

from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.idempotency import OnceDep, answer
from serving.incident_sight import incident_in_sight, incidents_in_sight, newest_in_sight, reach_incident
from serving.incident_view import IncidentView, most_alike, view_incident, view_incidents
from serving.problems import documented
from serving.schemas.base import SafeText
from serving.schemas.incidents import AcceptIn, IncidentListOut, IncidentOut, StateName
from triage.incident import Incident, IncidentState
from triage.store import Store
from triage.store.idempotency import Reply
from triage.store.incident_verdicts import accept_incident, dismiss_incident
from triage.store.incidents import get_incident

__all__ = ["router"]

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])
READING = documented(400, 401, 403, 404, 422, 500, 503)
WRITING = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)

IncidentId = Annotated[
    SafeText,
    Path(
        min_length=1,
        max_length=40,
        pattern=r"^[^/?#]+$",
        description="Its id.",
        examples=["2a5d0a3c9c0f4f0a8b7e6d5c4b3a2910"],
    ),
]


@router.get(
    "",
    operation_id="list_incidents",
    summary="List suspected incidents",
    response_model=IncidentListOut,
    responses=documented(400, 401, 403, 422, 500, 503),
)
def list_all(
    store: StoreDep,
    caller: Annotated[Caller, permitted("list_incidents")],
    state: Annotated[StateName | None, Query(description="Only those that people said this of.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="At most so many.")] = 50,
) -> IncidentListOut:
    """Return incidents, the newest first, with words, growth and example tickets.

    Tickets of other teams than the caller is held to, and confidential ones, are left out; so are incidents
    of which none is left.
    """
    wanted = None if state is None else IncidentState(state)
    found = newest_in_sight(store, caller, wanted, limit)
    views = view_incidents(store, caller.workspace, found)
    return IncidentListOut(incidents=[IncidentOut.of(one) for one in views])


@router.get(
    "/{incident_id}",
    operation_id="read_incident",
    summary="Read a suspected incident",
    response_model=IncidentOut,
    responses=READING,
)
def read(
    incident_id: IncidentId, store: StoreDep, caller: Annotated[Caller, permitted("read_incident")]
) -> IncidentOut:
    """Return one incident as it is now."""
    found = incident_in_sight(store, caller, incident_id)
    return IncidentOut.of(view_incident(store, caller.workspace, found))


@router.post(
    "/{incident_id}/accept",
    operation_id="accept_incident",
    summary="Say that it is an incident",
    response_model=IncidentOut,
    responses=WRITING,
)
def accept(
    incident_id: IncidentId,
    given: Annotated[AcceptIn, Body(default_factory=AcceptIn)],
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("accept_incident")],
) -> Response:
    """Make its tickets children of one (`suggested_parent`); tickets that join later become children too.

    Tickets that have a parent, or children of their own, stay as they are. Accepting again changes nothing.
    """

    def judge() -> Reply:
        reach_incident(store, caller, incident_id, given.parent_id)
        incident = get_incident(store, caller.workspace, incident_id)
        done = accept_incident(
            store,
            caller.workspace,
            incident_id,
            caller.name,
            parent_id=given.parent_id,
            preferred=most_alike(store, caller.workspace, incident),
        )
        shown = IncidentOut.of(_view(store, caller, done))
        return Reply(200, shown.model_dump(mode="json"))

    return answer(once.run(caller.workspace, judge))


@router.post(
    "/{incident_id}/dismiss",
    operation_id="dismiss_incident",
    summary="Say that it is no incident",
    response_model=IncidentOut,
    responses=WRITING,
)
def dismiss(
    incident_id: IncidentId,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("dismiss_incident")],
) -> Response:
    """Keep its look-alikes quiet for four weeks; links that accepting made are removed.

    Dismissed incidents count as false alarms when the next training decides how sure the watch must be.
    """

    def judge() -> Reply:
        reach_incident(store, caller, incident_id)
        done = dismiss_incident(store, caller.workspace, incident_id, caller.name)
        shown = IncidentOut.of(_view(store, caller, done))
        return Reply(200, shown.model_dump(mode="json"))

    return answer(once.run(caller.workspace, judge))


def _view(store: Store, caller: Caller, judged: Incident) -> IncidentView:
    (seen,) = incidents_in_sight(store, caller, [judged])
    return view_incident(store, caller.workspace, seen)
