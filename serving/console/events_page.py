"""The calendar of known events on the page "Volume": adding, changing and removing them."""

import secrets
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Path, Response
from fastapi.responses import RedirectResponse

from serving.console.errors import ConsoleRoute
from serving.console.events_view import view_events
from serving.console.session import FromHere, signed_in
from serving.console.visit import Visit
from serving.console.writing import written
from serving.dependencies import StoreDep
from serving.schemas.known_events import EventIn
from triage.errors import InputError
from triage.known_event import KnownEvent
from triage.store.known_events import delete_event, put_events
from triage.store.snapshots import latest_snapshot

__all__ = ["router"]

# What is done stands before the id, which may hold slashes: an event may be called "release/remove".
router = APIRouter(prefix="/console/volume/events", include_in_schema=False, route_class=ConsoleRoute)

EventId = Annotated[str, Path(min_length=1, max_length=40)]
Text = Annotated[str, Form(max_length=400)]


def written_event(
    kind: Text = "",
    title: Text = "",
    first_day: Text = "",
    last_day: Text = "",
    series: Text = "total",
    factor: Annotated[str, Form(max_length=12)] = "",
) -> EventIn:
    """Read the form; a last day that is left out is the first, a factor that is left out is learnt."""
    try:
        wanted = float(factor.replace(",", ".")) if factor.strip() else None
    except ValueError:
        raise InputError(
            f"Got the factor {factor!r}; expected a number such as 1.4, times an ordinary day, or none."
        ) from None
    first = _day(first_day, "first")
    last = _day(last_day, "last") if last_day.strip() else first
    return EventIn(
        kind=kind.strip(),
        title=title.strip() or kind.strip(),
        first_day=first,
        last_day=last,
        series=series or "total",
        factor=wanted,
    )


@router.post("", dependencies=[FromHere])
def add_event(
    store: StoreDep,
    visit: Annotated[Visit, signed_in("put_event")],
    given: Annotated[EventIn, Depends(written_event)],
) -> Response:
    """Put a new event on the calendar."""
    return _put(store, visit, given.event(secrets.token_hex(8)))


@router.post("/remove/{event_id:path}", dependencies=[FromHere])
def remove_event(
    event_id: EventId, store: StoreDep, visit: Annotated[Visit, signed_in("delete_event")]
) -> Response:
    """Take an event off the calendar; published forecasts stay as they are."""
    workspace = visit.caller.workspace
    written(
        store,
        visit,
        lambda: delete_event(store, workspace, event_id),
        lambda _: {"event_id": event_id},
    )
    return _calendar(store, visit)


@router.post("/change/{event_id:path}", dependencies=[FromHere])
def change_event(
    event_id: EventId,
    store: StoreDep,
    visit: Annotated[Visit, signed_in("put_event")],
    given: Annotated[EventIn, Depends(written_event)],
) -> Response:
    """Replace an event."""
    return _put(store, visit, given.event(event_id))


def _put(store: StoreDep, visit: Visit, event: KnownEvent) -> Response:
    workspace, who = visit.caller.workspace, visit.caller.name
    written(
        store,
        visit,
        lambda: put_events(store, workspace, [event], who, now=datetime.now(UTC)),
        lambda _: {"event_id": event.event_id, "kind": event.kind, "series": event.series},
    )
    return _calendar(store, visit)


def _calendar(store: StoreDep, visit: Visit) -> Response:
    if not visit.is_partial:
        return RedirectResponse("/console/volume", 303)
    workspace = visit.caller.workspace
    zone = ZoneInfo(visit.workspace.zone if visit.workspace else "UTC")
    snapshot = latest_snapshot(store, workspace, "day")
    calendar = view_events(store, workspace, snapshot, datetime.now(zone).date())
    return visit.show("parts/events.html", calendar=calendar, is_open=True)


def _day(given: str, which: str) -> date:
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise InputError(
            f"Got {given!r} for the {which} day of an event; expected a day such as 2026-04-14."
        ) from None
