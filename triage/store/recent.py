"""The newest tickets of a workspace, and when tickets were filed: for people who look, not for learning."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from triage.store.database import Store
from triage.store.schema import tickets
from triage.store.tickets import get_tickets
from triage.ticket import FIELDS, PastTicket

__all__ = ["count_filed", "filed_between", "filed_ids", "newest_ids", "newest_tickets", "written_since"]


def newest_tickets(store: Store, workspace: str, limit: int) -> list[PastTicket]:
    """Return the tickets filed last, newest first; those without a time are left out."""
    ids = newest_ids(store, workspace, limit)
    found = get_tickets(store, workspace, ids)
    return [found[ticket_id] for ticket_id in reversed(ids) if ticket_id in found]


def newest_ids(store: Store, workspace: str, limit: int) -> list[str]:
    """Return the ids of the tickets filed last, in order of filing; those without a time are left out."""
    query = (
        select(tickets.c.ticket_id)
        .where(tickets.c.workspace == workspace, tickets.c.created_at.is_not(None))
        .order_by(tickets.c.created_at.desc(), tickets.c.ticket_id)
        .limit(limit)
    )
    with store.reading(workspace) as connection:
        return list(connection.execute(query).scalars())[::-1]


def filed_between(
    store: Store, workspace: str, since: datetime, until: datetime
) -> list[tuple[datetime, dict[str, str]]]:
    """Return when the tickets from ``since`` to before ``until`` were filed, in order, and their labels.

    Their channel stands among the labels, as ``channel``.
    """
    query = (
        select(tickets.c.created_at, tickets.c.labels, tickets.c.channel)
        .where(tickets.c.workspace == workspace, tickets.c.created_at >= since, tickets.c.created_at < until)
        .order_by(tickets.c.created_at)
    )
    with store.reading(workspace) as connection:
        return [
            (
                row.created_at,
                {name: value for name, value in row.labels.items() if name in FIELDS}
                | ({"channel": row.channel} if row.channel else {}),
            )
            for row in connection.execute(query)
        ]


def filed_ids(store: Store, workspace: str, since: datetime, until: datetime) -> Sequence[str]:
    """Return the ids of the tickets filed after ``since`` and until ``until``, in order of filing."""
    query = (
        select(tickets.c.ticket_id)
        .where(tickets.c.workspace == workspace, tickets.c.created_at > since, tickets.c.created_at <= until)
        .order_by(tickets.c.created_at, tickets.c.ticket_id)
    )
    with store.reading(workspace) as connection:
        return connection.scalars(query).all()


def written_since(store: Store, workspace: str, moment: datetime, limit: int) -> list[tuple[datetime, str]]:
    """Return when tickets last written at a moment or later were filed, and their ids, in order of filing.

    At most so many, whichever; those without a time are left out.
    """
    query = (
        select(tickets.c.created_at, tickets.c.ticket_id)
        .where(tickets.c.workspace == workspace, tickets.c.updated_at >= moment)
        .limit(limit)
    )
    with store.reading(workspace) as connection:
        rows = connection.execute(query).all()
    return sorted((row.created_at, row.ticket_id) for row in rows if row.created_at is not None)


def count_filed(store: Store, workspace: str, since: datetime, until: datetime) -> int:
    """Return how many tickets were filed after ``since`` and until ``until``."""
    query = select(func.count()).where(
        tickets.c.workspace == workspace, tickets.c.created_at > since, tickets.c.created_at <= until
    )
    with store.reading(workspace) as connection:
        return int(connection.scalar(query) or 0)
