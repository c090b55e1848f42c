"""Who handled which ticket, event by event, in the order in which it became known: what affinity learns from.

Written with the tickets themselves, in their transaction; it holds no ticket text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select

from triage.store.assignments import DONE
from triage.store.database import Store
from triage.store.revisions import Kind, take_revision
from triage.store.routing_tables import handled
from triage.store.schema import tickets
from triage.ticket import PastTicket

__all__ = [
    "Handled",
    "HandledKind",
    "Mark",
    "handled_after",
    "newest_handled",
    "newest_mark",
    "note_handled",
    "note_written",
]

_MANY = 500
"""Ids in one query: SQLite allows a limited number of bound values."""

Mark = tuple[int, int]
"""Place of an event in the order: revision, and place within it."""


class HandledKind(StrEnum):
    """How far somebody got with a ticket."""

    ASSIGNED = "assigned"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Handled:
    """One event.

    Parameters
    ----------
    mark : tuple of int
        Its place in the order of all events of the workspace.
    ticket_id, agent : str
        Which ticket, who.
    kind : HandledKind
        Given to, or resolved by.
    at : datetime
        When, with a zone.
    """

    mark: Mark
    ticket_id: str
    agent: str
    kind: HandledKind
    at: datetime


def note_handled(
    connection: Connection,
    workspace: str,
    events: Sequence[tuple[str, str, HandledKind, datetime]],
) -> int:
    """Note events, each a ticket's id, an agent, a kind and a time; inside the transaction that made them.

    Returns
    -------
    int
        The revision of the work in hand that this is.
    """
    revision = take_revision(connection, workspace, Kind.WORK)
    rows = [
        {
            "workspace": workspace,
            "revision": revision,
            "place": place,
            "ticket_id": ticket_id,
            "agent": agent,
            "kind": kind.value,
            "at": at,
        }
        for place, (ticket_id, agent, kind, at) in enumerate(events)
    ]
    if rows:
        connection.execute(insert(handled), rows)
    return revision


def note_written(
    connection: Connection, workspace: str, written: Mapping[str, PastTicket], moment: datetime
) -> int | None:
    """Note what tickets tell that are about to be stored, beside what is stored of them.

    Parameters
    ----------
    connection : Connection
        Of the transaction that stores them, before it does.
    workspace : str
        Whose they are.
    written : Mapping of str to PastTicket
        By id.
    moment : datetime
        For tickets that tell no time at all.

    Returns
    -------
    int or None
        The revision of the work in hand that this is; None where nobody's changes.
    """
    stands = _stands(connection, workspace, list(written))
    # Of tickets that nobody has, new ones change nobody's load.
    moved = [
        past
        for name, past in written.items()
        if (stands[name] != _state(past) if name in stands else past.labels.get("assignee"))
    ]
    if not moved:
        return None
    events = []
    for past in moved:
        agent = past.labels.get("assignee")
        before = stands.get(past.ticket.ticket_id)
        if agent and (before is None or (before["assignee"], before["is_done"]) != (agent, _is_done(past))):
            kind = HandledKind.RESOLVED if _is_done(past) else HandledKind.ASSIGNED
            known_at = past.labels_known_at or moment
            # A source may say that a ticket was answered before it was filed.
            events.append(
                (past.ticket.ticket_id, agent, kind, max(known_at, past.ticket.created_at or known_at))
            )
    events.sort(key=lambda one: (one[3], one[0]))
    return note_handled(connection, workspace, events)


# With every ticket that is assigned: made once, since making a statement costs as much as running it.
_AFTER = (
    select(handled)
    .where(
        handled.c.workspace == bindparam("named"),
        handled.c.revision >= bindparam("known"),
        or_(handled.c.revision > bindparam("known"), handled.c.place > bindparam("place")),
    )
    .order_by(handled.c.revision, handled.c.place)
    .limit(bindparam("most"))
)


def handled_after(store: Store, workspace: str, mark: Mark, *, limit: int) -> list[Handled]:
    """Return the events after a mark, the first first, at most so many."""
    revision, place = mark
    given = {"named": workspace, "known": revision, "place": place, "most": limit}
    with store.reading(workspace) as connection:
        return [_from_row(row) for row in connection.execute(_AFTER, given)]


def newest_handled(store: Store, workspace: str, limit: int, *, until: Mark | None = None) -> list[Handled]:
    """Return the newest events by their time, the oldest of them first, none after the mark ``until``."""
    order = handled.c.at, handled.c.revision, handled.c.place
    wanted = [handled.c.workspace == workspace]
    if until is not None:
        revision, place = until
        wanted.append(
            or_(
                handled.c.revision < revision,
                and_(handled.c.revision == revision, handled.c.place <= place),
            )
        )
    query = select(handled).where(*wanted).order_by(*(column.desc() for column in order)).limit(limit)
    with store.reading(workspace) as connection:
        return [_from_row(row) for row in connection.execute(query)][::-1]


def newest_mark(store: Store, workspace: str) -> Mark:
    """Return the mark of the last event, one before all marks where there is none."""
    query = (
        select(handled.c.revision, handled.c.place)
        .where(handled.c.workspace == workspace)
        .order_by(handled.c.revision.desc(), handled.c.place.desc())
        .limit(1)
    )
    with store.reading(workspace) as connection:
        row = connection.execute(query).first()
    return (0, -1) if row is None else (row.revision, row.place)


# With every ticket that is stored: made once, since making a statement costs as much as running it.
_STANDS = select(
    *(
        tickets.c[name]
        for name in ("ticket_id", "labels", "status", "assigned_at", "resolved_at", "closed_at")
    )
).where(tickets.c.workspace == bindparam("named"), tickets.c.ticket_id.in_(bindparam("ids", expanding=True)))


def _stands(connection: Connection, workspace: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for begin in range(0, len(ids), _MANY):
        some = {"named": workspace, "ids": ids[begin : begin + _MANY]}
        for row in connection.execute(_STANDS, some):
            ends = row.resolved_at, row.closed_at
            found[row.ticket_id] = _facts(row.labels, row.status, row.assigned_at, *ends)
    return found


def _state(past: PastTicket) -> dict[str, Any]:
    return _facts(past.labels, past.status, past.assigned_at, past.resolved_at, past.closed_at)


def _facts(
    labels: Mapping[str, str],
    status: str | None,
    assigned_at: datetime | None,
    resolved_at: datetime | None,
    closed_at: datetime | None,
) -> dict[str, Any]:
    """Return all of a ticket that anybody's load, fair share or affinity depends on."""
    is_done = (
        resolved_at is not None
        or closed_at is not None
        or (status is None or status.lower() in DONE)  # A past ticket without status is one that is over.
    )
    return {name: labels.get(name) for name in ("assignee", "team", "priority")} | {
        "is_done": is_done,
        "status": status,
        "assigned_at": assigned_at,
    }


def _is_done(past: PastTicket) -> bool:
    return bool(_state(past)["is_done"])


def _from_row(row: Row[Any]) -> Handled:
    return Handled((row.revision, row.place), row.ticket_id, row.agent, HandledKind(row.kind), row.at)
