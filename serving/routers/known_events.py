"""The calendar of known events: releases, campaigns, migrations."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.idempotency import OnceDep, answer
from serving.known_series import series_of
from serving.problems import documented
from serving.schemas.base import AddressId
from serving.schemas.known_events import EventIn, EventListOut, EventOut, EventsCsvIn
from triage.event_calendar import read_events, write_events
from triage.store.idempotency import Reply
from triage.store.known_events import delete_event, list_events, put_events

__all__ = ["router"]

router = APIRouter(prefix="/v1/events", tags=["forecasts"])
PROBLEMS = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)
EventId = Annotated[
    AddressId, Path(min_length=1, max_length=40, description="Its name here.", examples=["release-7"])
]


@router.get(
    "",
    operation_id="list_events",
    summary="List known events",
    response_model=EventListOut,
    responses=documented(400, 401, 403, 500, 503),
)
def list_all(store: StoreDep, caller: Annotated[Caller, permitted("list_events")]) -> EventListOut:
    """Return the calendar in the order of days."""
    return EventListOut.of(list_events(store, caller.workspace), series_of(store, caller.workspace))


@router.get(
    "/csv",
    operation_id="export_events",
    summary="Export known events",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "A CSV file."},
        **documented(400, 401, 403, 500, 503),
    },
)
def export(store: StoreDep, caller: Annotated[Caller, permitted("export_events")]) -> Response:
    """Return the calendar as a CSV file that can be imported again."""
    return Response(write_events(list_events(store, caller.workspace)), media_type="text/csv")


@router.put(
    "/{event_id:path}",
    operation_id="put_event",
    summary="Put an event on the calendar",
    response_model=EventOut,
    responses=PROBLEMS,
)
def put(
    event_id: EventId,
    given: EventIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("put_event")],
) -> Response:
    """Add an event, or replace the one with this id; the next forecast knows of it."""

    def keep() -> Reply:
        event = given.event(event_id)
        put_events(store, caller.workspace, [event], caller.name, now=datetime.now(UTC))
        return Reply(200, EventOut.of(event, series_of(store, caller.workspace)).model_dump(mode="json"))

    return answer(once.run(caller.workspace, keep))


@router.post(
    "/import",
    operation_id="import_events",
    summary="Import known events",
    response_model=EventListOut,
    responses=PROBLEMS,
)
def import_file(
    given: EventsCsvIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("import_events")],
) -> Response:
    """Add or replace the events of a CSV file, all or none; others stay."""

    def keep() -> Reply:
        events = read_events(given.csv)
        put_events(store, caller.workspace, events, caller.name, now=datetime.now(UTC))
        return Reply(200, EventListOut.of(events, series_of(store, caller.workspace)).model_dump(mode="json"))

    return answer(once.run(caller.workspace, keep))


@router.delete(
    "/{event_id:path}",
    operation_id="delete_event",
    summary="Take an event off the calendar",
    status_code=204,
    responses=documented(400, 401, 403, 404, 422, 500, 503),
)
def delete(event_id: EventId, store: StoreDep, caller: Annotated[Caller, permitted("delete_event")]) -> None:
    """Forget an event; published forecasts stay as they are."""
    delete_event(store, caller.workspace, event_id)
