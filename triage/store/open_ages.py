"""Open tickets by age: when each was filed, what it is about, which team has it. No text."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from triage.store.assignments import open_work
from triage.store.database import Store
from triage.store.schema import tickets

__all__ = ["OpenTicket", "open_tickets"]


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket that is not done.

    Parameters
    ----------
    filed_at : datetime
        With a zone; when it was stored, where its filing is not known.
    label : str or None
        Of the field that was asked for.
    team : str or None
    """

    filed_at: datetime
    label: str | None
    team: str | None


def open_tickets(store: Store, workspace: str, field: str, *, limit: int = 200_000) -> list[OpenTicket]:
    """Return the open tickets, the oldest first, at most so many.

    Parameters
    ----------
    store : Store
    workspace : str
    field : str
        Whose label is wanted.
    """
    work = open_work(workspace)
    filed_at = func.coalesce(tickets.c.created_at, tickets.c.updated_at)
    query = (
        select(tickets.c.created_at, tickets.c.updated_at, tickets.c.labels)
        .select_from(work.source)
        .where(work.is_open)
        .order_by(filed_at, tickets.c.ticket_id)
        .limit(limit)
    )
    with store.reading(workspace) as connection:
        return [
            OpenTicket(row.created_at or row.updated_at, row.labels.get(field), row.labels.get("team"))
            for row in connection.execute(query)
        ]
