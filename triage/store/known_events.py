"""The calendar of known events that planners edit."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select

from triage.errors import NotFoundError
from triage.known_event import KnownEvent
from triage.store.database import Store
from triage.store.planner_tables import known_events

__all__ = ["delete_event", "list_events", "put_events"]

_COLUMNS = [known_events.c[name] for name in KnownEvent.__slots__]


def put_events(
    store: Store, workspace: str, events: Sequence[KnownEvent], actor: str, *, now: datetime
) -> None:
    """Store events, all or none; one with a known id takes the place of the earlier one."""
    with store.writing(workspace) as connection:
        for one in events:
            connection.execute(
                delete(known_events).where(
                    known_events.c.workspace == workspace, known_events.c.event_id == one.event_id
                )
            )
            days = {"first_day": one.first_day.isoformat(), "last_day": one.last_day.isoformat()}
            values = {name: getattr(one, name) for name in KnownEvent.__slots__} | days
            connection.execute(
                known_events.insert().values(**values, workspace=workspace, changed_at=now, changed_by=actor)
            )


def list_events(store: Store, workspace: str) -> list[KnownEvent]:
    """Return the events of a workspace in the order of their days."""
    query = select(*_COLUMNS).where(known_events.c.workspace == workspace)
    ordered = query.order_by(known_events.c.first_day, known_events.c.event_id)
    with store.reading(workspace) as connection:
        rows = [dict(row._mapping) for row in connection.execute(ordered)]
    days = ("first_day", "last_day")
    return [KnownEvent(**row | {name: date.fromisoformat(row[name]) for name in days}) for row in rows]


def delete_event(store: Store, workspace: str, event_id: str) -> None:
    """Take an event off the calendar.

    Raises
    ------
    NotFoundError
        If the workspace has no such event.
    """
    with store.writing(workspace) as connection:
        done = connection.execute(
            delete(known_events).where(
                known_events.c.workspace == workspace, known_events.c.event_id == event_id
            )
        )
        if not done.rowcount:
            raise NotFoundError("Got an event that this workspace does not have; GET /v1/events lists them.")
