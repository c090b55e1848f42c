"""Who was given what, when, by whom and why; and which tickets that leaves open on whose desk.

A ticket is open while its status is known and says so, or while an assignment of it goes on. Past tickets
without status and times say nothing of today's load.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)

from triage.store.database import Store
from triage.store.revisions import Kind, take_revision
from triage.store.routing_tables import assignments
from triage.store.schema import tickets

__all__ = [
    "DONE",
    "GivenTicket",
    "OpenWork",
    "end_assignment",
    "going_on_among",
    "list_assignments",
    "open_work",
    "put_assignment",
]

_MANY = 500
"""Ids in one query: SQLite allows a limited number of bound values."""
DONE = ("canceled", "cancelled", "closed", "done", "rejected", "resolved", "solved")
"""Statuses, in lower case, of tickets that are on nobody's desk: those that helpdesks ship with."""


@dataclass(frozen=True, slots=True)
class GivenTicket:
    """One assignment.

    Parameters
    ----------
    ticket_id : str
        Which ticket.
    agent : str or None
        To whom; None where it was taken back: people say who gets it.
    team : str or None
        For which team.
    assigned_at : datetime
        When, with a zone.
    assigned_by : str
        ``triage``, or who did it.
    reason : str or None, default=None
        A :class:`triage.decision.Reason` where it went to nobody.
    affinity : float or None, default=None
        What the history said of the agent.
    detail : str, default=""
        The sentence that was shown. No ticket text.
    ended_at : datetime or None, default=None
        When the ticket was given to another, taken back or done; None while it goes on.
    """

    ticket_id: str
    agent: str | None
    team: str | None
    assigned_at: datetime
    assigned_by: str
    reason: str | None = None
    affinity: float | None = None
    detail: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What a query over open tickets is made of.

    Parameters
    ----------
    source : FromClause
        Tickets, each with the assignment of ours that goes on.
    is_open : ColumnElement
        Whether the ticket is open.
    holder : ColumnElement
        Who has it: the assignee that the helpdesk told last, or for whom an assignment since then names.
    """

    source: FromClause
    is_open: ColumnElement[bool]
    holder: ColumnElement[Any]


_WHERE_GOING_ON = (
    assignments.c.workspace == bindparam("named"),
    assignments.c.ticket_id == bindparam("ticket"),
    assignments.c.ended_at.is_(None),
)
# With every ticket that is given: made once, since making a statement costs as much as running it.
_WHO = select(assignments.c.agent, assignments.c.team).where(*_WHERE_GOING_ON)
_END = update(assignments).where(*_WHERE_GOING_ON).values(ended_at=bindparam("moment"))
_INSERT = insert(assignments)


def put_assignment(store: Store, workspace: str, given: GivenTicket, *, is_counted: bool = False) -> bool:
    """Note an assignment; the one that went on till then ends with it.

    Parameters
    ----------
    store, workspace, given
        Where, and what is noted.
    is_counted : bool, default=False
        Whether this transaction has taken a revision of the work in hand and written it with the ticket.

    Returns
    -------
    bool
        False where the same agent and team had the ticket already: then nothing is noted.
    """
    with store.writing(workspace) as connection:
        # A revision first: from then on nobody else changes who has what.
        revision = None if is_counted else take_revision(connection, workspace, Kind.WORK)
        here = {"named": workspace, "ticket": given.ticket_id}
        row = connection.execute(_WHO, here).first()
        if row is not None:
            if (row.agent, row.team) == (given.agent, given.team):
                return False
            connection.execute(_END, {**here, "moment": given.assigned_at})
        values = {name: getattr(given, name) for name in GivenTicket.__slots__}
        values |= {"assignment_id": uuid.uuid4().hex, "workspace": workspace}
        connection.execute(_INSERT, values)
        if revision is not None:
            _write_revision(connection, workspace, given.ticket_id, revision)
        return True


def end_assignment(store: Store, workspace: str, ticket_id: str, ended_at: datetime) -> bool:
    """End the assignment of a ticket that is done or taken back; tell whether one went on."""
    with store.writing(workspace) as connection:
        given = {"named": workspace, "ticket": ticket_id, "moment": ended_at}
        done = connection.execute(_END, given)
        if done.rowcount:
            revision = take_revision(connection, workspace, Kind.WORK)
            _write_revision(connection, workspace, ticket_id, revision)
        return bool(done.rowcount)


def list_assignments(store: Store, workspace: str, ticket_id: str) -> list[GivenTicket]:
    """Return a ticket's assignments, the first first."""
    mine = assignments.c.workspace == workspace, assignments.c.ticket_id == ticket_id
    query = select(assignments).where(*mine).order_by(assignments.c.assigned_at, assignments.c.assignment_id)
    with store.reading(workspace) as connection:
        return [_from_row(row) for row in connection.execute(query)]


# With every ticket that is decided: made once, since making a statement costs as much as running it.
_GOING_ON = select(assignments).where(
    assignments.c.workspace == bindparam("named"),
    assignments.c.ticket_id.in_(bindparam("ids", expanding=True)),
    assignments.c.ended_at.is_(None),
)


def going_on_among(store: Store, workspace: str, ticket_ids: Sequence[str]) -> dict[str, GivenTicket]:
    """Return the assignments that go on of the tickets among these ids, by id.

    One without an agent that a person made says that the ticket was taken back.
    """
    found: dict[str, GivenTicket] = {}
    with store.reading(workspace) as connection:
        for begin in range(0, len(ticket_ids), _MANY):
            some = {"named": workspace, "ids": ticket_ids[begin : begin + _MANY]}
            found.update((row.ticket_id, _from_row(row)) for row in connection.execute(_GOING_ON, some))
    return found


def open_work(workspace: str | BindParameter[str]) -> OpenWork:
    """Return what a query over a workspace's open tickets is made of; it may be named when it is run."""
    assignee = tickets.c.labels["assignee"].as_string()
    given = assignments
    on_it = and_(
        given.c.workspace == tickets.c.workspace,
        given.c.ticket_id == tickets.c.ticket_id,
        given.c.ended_at.is_(None),
    )
    # Without status and with no assignment of ours nobody knows whether the ticket is still open.
    is_open = and_(
        tickets.c.workspace == workspace,
        tickets.c.resolved_at.is_(None),
        tickets.c.closed_at.is_(None),
        or_(
            func.lower(tickets.c.status).not_in(DONE),
            and_(tickets.c.status.is_(None), given.c.ticket_id.is_not(None)),
        ),
    )
    is_newer = and_(assignee.is_not(None), tickets.c.updated_at > given.c.assigned_at)
    holder = case((is_newer, assignee), else_=func.coalesce(given.c.agent, assignee))
    return OpenWork(tickets.outerjoin(given, on_it), is_open, holder)


_BEARS = (
    update(tickets)
    .where(tickets.c.workspace == bindparam("named"), tickets.c.ticket_id == bindparam("ticket"))
    .values(work=bindparam("revision"))
)


def _write_revision(connection: Connection, workspace: str, ticket_id: str, revision: int) -> None:
    """See that a ticket is found by the change of who has it."""
    connection.execute(_BEARS, {"named": workspace, "ticket": ticket_id, "revision": revision})


def _from_row(row: Row[Any]) -> GivenTicket:
    return GivenTicket(**{name: getattr(row, name) for name in GivenTicket.__slots__})
