"""Tickets of a workspace with what became of them: written, found by id, walked through by time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, or_, select, update

from triage.errors import InputError, NotFoundError
from triage.store.database import Store
from triage.store.handled import note_written
from triage.store.revisions import Kind, take_revision
from triage.store.schema import tickets
from triage.store.solved import note_relabelled, note_solved
from triage.store.ticket_rows import SOURCE, from_row, to_row
from triage.store.upsert import upsert
from triage.ticket import FIELDS, PastTicket

__all__ = [
    "count_tickets",
    "get_ticket",
    "get_tickets",
    "iter_open_tickets",
    "iter_past_tickets",
    "put_ticket",
    "put_tickets",
    "set_labels",
]

_MANY = 500
"""Ids in one query: SQLite allows a limited number of bound values."""
_WEIGHED = {"assignee", "priority", "team"}
"""Labels that say whose work a ticket is, for which team, and how much."""


def put_tickets(
    store: Store,
    workspace: str,
    past_tickets: Sequence[PastTicket],
    *,
    source: str,
    updated_at: datetime | None = None,
    work: int | None = None,
) -> None:
    """Store tickets, all or none; one that is there is replaced, of several with one id the last stays.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose they are.
    past_tickets : sequence of PastTicket
        Each with an id; texts without NUL, which PostgreSQL cannot hold.
    source : str
        Where they come from, at most 40 characters: ``jira``, ``history``, ``api`` ...
    updated_at : datetime or None, default=None
        The moment to note, with a zone; None is now.
    work : int or None, default=None
        Revision of the work in hand that this transaction has taken: they bear it, or a newer one. None: who
        has them stays, unless what is stored says otherwise.

    Raises
    ------
    InputError
        If a ticket has no id.
    """
    moment = updated_at or datetime.now(UTC)
    rows = {past.ticket.ticket_id: to_row(workspace, past, source, moment) for past in past_tickets}
    if "" in rows:
        raise InputError("Got a ticket without ticket_id; expected one, it names the ticket in the store.")
    with store.writing(workspace) as connection:
        written = {past.ticket.ticket_id: past for past in past_tickets}
        work = note_written(connection, workspace, written, moment) or work
        if work is not None:
            rows = {name: row | {"work": work} for name, row in rows.items()}
        upsert(connection, tickets, [store.sealer.sealed(tickets, row) for row in rows.values()])
        note_solved(connection, workspace, [name for name, row in rows.items() if row["resolution"]])


def put_ticket(store: Store, workspace: str, past: PastTicket, *, source: str) -> None:
    """Store one ticket; see :func:`put_tickets`."""
    put_tickets(store, workspace, [past], source=source)


def get_ticket(store: Store, workspace: str, ticket_id: str) -> PastTicket | None:
    """Return a ticket of this workspace, None when there is none by that id."""
    return get_tickets(store, workspace, [ticket_id]).get(ticket_id)


_NAMED = select(tickets).where(
    tickets.c.workspace == bindparam("named"), tickets.c.ticket_id.in_(bindparam("ids", expanding=True))
)


def get_tickets(store: Store, workspace: str, ticket_ids: Sequence[str]) -> dict[str, PastTicket]:
    """Return the tickets that exist among these ids, by id."""
    found: dict[str, PastTicket] = {}
    with store.reading(workspace) as connection:
        for begin in range(0, len(ticket_ids), _MANY):
            some = ticket_ids[begin : begin + _MANY]
            rows = connection.execute(_NAMED, {"named": workspace, "ids": some})
            found.update((row.ticket_id, from_row(store.sealer, row)) for row in rows)
    return found


def count_tickets(store: Store, workspace: str) -> int:
    """Return how many tickets the workspace has."""
    with store.reading(workspace) as connection:
        query = select(func.count()).select_from(tickets).where(tickets.c.workspace == workspace)
        return int(connection.execute(query).scalar_one())


def set_labels(store: Store, workspace: str, ticket_id: str, labels: Mapping[str, str | None]) -> None:
    """Set or, with None, remove final values of a stored ticket; fields not named stay.

    Raises
    ------
    NotFoundError
        If the ticket is not stored.
    InputError
        If a name is not a field.
    """
    unknown = sorted(set(labels) - set(FIELDS))
    if unknown:
        raise InputError(f"Got the field {unknown[0]!r}; expected one of {', '.join(FIELDS)}.")
    here = and_(tickets.c.workspace == workspace, tickets.c.ticket_id == ticket_id)
    with store.writing(workspace) as connection:
        work = {}
        if _WEIGHED & labels.keys():  # The revision first, as by whoever stores tickets.
            work = {"work": take_revision(connection, workspace, Kind.WORK)}
        # FOR UPDATE keeps another writer of the same ticket waiting; SQLite has one writer anyway.
        row = connection.execute(select(tickets.c.labels).where(here).with_for_update()).first()
        if row is None:
            raise NotFoundError(f"Got the ticket {ticket_id!r}, which is not stored; send it first.")
        merged = dict(row.labels)
        for name, value in labels.items():
            merged.pop(name + SOURCE, None)
            merged[name] = value
        kept = {name: value for name, value in merged.items() if value is not None}
        values = {"labels": kept, "updated_at": datetime.now(UTC), **work}
        connection.execute(update(tickets).where(here).values(values))
        note_relabelled(connection, workspace, ticket_id)


def iter_past_tickets(
    store: Store,
    workspace: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    chunk_rows: int = 10_000,
) -> Iterator[list[PastTicket]]:
    """Iterate over a workspace's tickets in the order of filing, in chunks.

    Each chunk is a query of its own, so a long walk holds nothing open; a ticket stored behind the
    walk meanwhile is not seen.

    Parameters
    ----------
    store : Store
        Where from.
    workspace : str
        Whose tickets.
    since, until : datetime or None, default=None
        Filed at or after, and before; with one of them, tickets without a time are left out, without
        they come last.
    chunk_rows : int, default=10_000
        Tickets in one chunk.
    """
    mine = [tickets.c.workspace == workspace]
    if since is not None:
        mine.append(tickets.c.created_at >= since)
    if until is not None:
        mine.append(tickets.c.created_at < until)
    dated = (*mine, tickets.c.created_at.is_not(None))
    order = (tickets.c.created_at, tickets.c.ticket_id)
    after: Any = None
    while True:
        query = select(tickets).where(*dated).order_by(*order).limit(chunk_rows)
        if after is not None:
            at, ticket_id = after
            # Said twice, because a database finds the place by the plain bound and not through the OR.
            query = query.where(
                tickets.c.created_at >= at,
                or_(tickets.c.created_at > at, tickets.c.ticket_id > ticket_id),
            )
        rows = _fetch(store, workspace, query)
        if rows:
            yield [from_row(store.sealer, row) for row in rows]
        if len(rows) < chunk_rows:
            break
        after = (rows[-1].created_at, rows[-1].ticket_id)
    if since is not None or until is not None:
        return
    last = ""
    while True:
        undated = (*mine, tickets.c.created_at.is_(None), tickets.c.ticket_id > last)
        rows = _fetch(
            store, workspace, select(tickets).where(*undated).order_by(tickets.c.ticket_id).limit(chunk_rows)
        )
        if rows:
            yield [from_row(store.sealer, row) for row in rows]
            last = rows[-1].ticket_id
        if len(rows) < chunk_rows:
            return


def iter_open_tickets(
    store: Store, workspace: str, *, changed_since: datetime, chunk_rows: int = 1_000
) -> Iterator[list[tuple[PastTicket, datetime]]]:
    """Iterate in chunks, by id, over tickets that are not solved, and over those that changed lately.

    Parameters
    ----------
    store : Store
        Where from.
    workspace : str
        Whose tickets.
    changed_since : datetime
        Solved ones that changed earlier are left out.
    chunk_rows : int, default=1000
        Rows held at a time, beside the ids of all.

    Yields
    ------
    list of (PastTicket, datetime)
        With the moment of their last change; tickets without a filing time are left out.
    """
    # Names first, by an index each: in the order of ids every ticket of the workspace would be read.
    is_open = and_(tickets.c.resolved_at.is_(None), tickets.c.closed_at.is_(None))
    names: set[str] = set()
    for looked_for in (is_open, tickets.c.updated_at >= changed_since):
        query = select(tickets.c.ticket_id).where(tickets.c.workspace == workspace, looked_for)
        names.update(row.ticket_id for row in _fetch(store, workspace, query))
    ordered = sorted(names)
    for begin in range(0, len(ordered), chunk_rows):
        chunk = ordered[begin : begin + chunk_rows]
        rows: list[Row[Any]] = []
        for at in range(0, len(chunk), _MANY):
            here = tickets.c.workspace == workspace, tickets.c.ticket_id.in_(chunk[at : at + _MANY])
            query = select(tickets).where(*here, tickets.c.created_at.is_not(None))
            rows += _fetch(store, workspace, query.order_by(tickets.c.ticket_id))
        if rows:
            yield [(from_row(store.sealer, row), row.updated_at) for row in rows]


def _fetch(store: Store, workspace: str, query: Any) -> Sequence[Row[Any]]:
    with store.reading(workspace) as connection:
        return connection.execute(query).all()
