"""Open tickets: those that wait for an agent, and those that an agent has."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from triage.store.assignments import DONE, open_work
from triage.store.database import Store
from triage.store.decided_values import decided_values
from triage.store.routing_tables import assignments
from triage.store.schema import tickets

__all__ = ["HeldTicket", "count_held", "held_tickets", "is_waiting", "unassigned_ids"]

OURS = "api"
"""Source of tickets that came to be decided: of them it is known that they are new, whatever their status."""


@dataclass(frozen=True, slots=True)
class HeldTicket:
    """An open ticket that somebody has.

    Parameters
    ----------
    ticket_id : str
        Which.
    filed_at : datetime
        With a zone; when it was stored, where its filing is not known.
    priority : str or None
        The helpdesk's, else the one that was decided last and applied or suggested.
    subject : str
        Of the ticket.
    """

    ticket_id: str
    filed_at: datetime
    priority: str | None
    subject: str


def held_tickets(store: Store, workspace: str, agent: str, *, limit: int = 1_000) -> list[HeldTicket]:
    """Return the open tickets that an agent has, the oldest first, at most so many."""
    work = open_work(workspace)
    filed_at = func.coalesce(tickets.c.created_at, tickets.c.updated_at)
    query = (
        select(
            tickets.c.workspace,
            tickets.c.ticket_id,
            tickets.c.created_at,
            tickets.c.updated_at,
            tickets.c.subject,
            tickets.c.labels["priority"].as_string().label("priority"),
        )
        .select_from(work.source)
        .where(work.is_open, work.holder == agent)
        .order_by(filed_at, tickets.c.ticket_id)
        .limit(limit)
    )
    with store.reading(workspace) as connection:
        rows = connection.execute(query).all()
    decided = decided_values(
        store, workspace, [row.ticket_id for row in rows if row.priority is None], "priority"
    )
    return [
        HeldTicket(
            row.ticket_id,
            row.created_at or row.updated_at,
            row.priority or decided.get(row.ticket_id),
            store.sealer.opened(tickets, row._mapping)["subject"],
        )
        for row in rows
    ]


def count_held(store: Store, workspace: str, agent: str) -> int:
    """Return how many open tickets an agent has."""
    work = open_work(workspace)
    query = select(func.count()).select_from(work.source).where(work.is_open, work.holder == agent)
    with store.reading(workspace) as connection:
        return int(connection.execute(query).scalar_one())


def unassigned_ids(store: Store, workspace: str, *, limit: int) -> list[str]:
    """Return the ids of the open tickets that nobody has, the oldest first, at most so many.

    A ticket without a status is open where it came to be decided and was not closed since; one of an
    imported history without status is a past one.
    """
    # Of two without a time of filing the smaller id comes first: the same way on every database.
    query = (
        select(tickets.c.ticket_id)
        .select_from(open_work(workspace).source)
        .where(_waits(workspace))
        .order_by(
            case((tickets.c.created_at.is_(None), 1), else_=0), tickets.c.created_at, tickets.c.ticket_id
        )
        .limit(limit)
    )
    with store.reading(workspace) as connection:
        return list(connection.execute(query).scalars())


def is_waiting(store: Store, workspace: str, ticket_id: str) -> bool:
    """Tell whether a stored ticket is open and nobody's; see :func:`unassigned_ids`."""
    query = (
        select(tickets.c.ticket_id)
        .select_from(open_work(workspace).source)
        .where(_waits(workspace), tickets.c.ticket_id == ticket_id)
    )
    with store.reading(workspace) as connection:
        return connection.execute(query).first() is not None


def _waits(workspace: str) -> ColumnElement[bool]:
    return and_(
        tickets.c.workspace == workspace,
        tickets.c.resolved_at.is_(None),
        tickets.c.closed_at.is_(None),
        or_(
            func.lower(tickets.c.status).not_in(DONE),
            and_(tickets.c.status.is_(None), tickets.c.source == OURS),
        ),
        tickets.c.labels["assignee"].as_string().is_(None),
        assignments.c.agent.is_(None),
    )
