"""Which tickets have a text that solved them, in the order in which that became known.

Servers follow it as they follow the log of who handled what (ADR 0029): a ticket whose solution is told, or
told anew, moves to the newest revision. Holds no text; tickets and replies do.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, or_, select

from triage.store.database import Store
from triage.store.helping_tables import solved_tickets
from triage.store.revisions import Kind, take_revision
from triage.store.upsert import upsert

__all__ = ["SolvedMark", "count_solved", "note_relabelled", "note_solved", "solved_after"]

SolvedMark = tuple[int, str]
"""Revision and ticket: how far somebody has read."""


def note_solved(connection: Connection, workspace: str, ticket_ids: Sequence[str]) -> None:
    """Note that solutions were told or changed; in the transaction that tells them."""
    names = sorted(set(ticket_ids))
    if not names:
        return
    revision = take_revision(connection, workspace, Kind.SOLUTIONS)
    upsert(
        connection,
        solved_tickets,
        [{"workspace": workspace, "ticket_id": name, "revision": revision} for name in names],
    )


def note_relabelled(connection: Connection, workspace: str, ticket_id: str) -> None:
    """Note that people changed the labels of a ticket, if it is one that servers hold labels of."""
    here = (solved_tickets.c.workspace == workspace) & (solved_tickets.c.ticket_id == ticket_id)
    if connection.execute(select(solved_tickets.c.ticket_id).where(here)).first() is not None:
        note_solved(connection, workspace, [ticket_id])


_AFTER = (
    select(solved_tickets.c.revision, solved_tickets.c.ticket_id)
    .where(
        solved_tickets.c.workspace == bindparam("named"),
        solved_tickets.c.revision >= bindparam("revision"),
        or_(
            solved_tickets.c.revision > bindparam("revision"),
            solved_tickets.c.ticket_id > bindparam("ticket"),
        ),
    )
    .order_by(solved_tickets.c.revision, solved_tickets.c.ticket_id)
    .limit(bindparam("most"))
)


def solved_after(store: Store, workspace: str, mark: SolvedMark, *, limit: int) -> list[SolvedMark]:
    """Return the tickets after a mark, the first first, at most so many; each is its own mark."""
    revision, ticket_id = mark
    given = {"named": workspace, "revision": revision, "ticket": ticket_id, "most": limit}
    with store.reading(workspace) as connection:
        return [(row.revision, row.ticket_id) for row in connection.execute(_AFTER, given)]


def count_solved(store: Store, workspace: str) -> int:
    """Return how many tickets were ever noted."""
    query = select(func.count()).select_from(solved_tickets).where(solved_tickets.c.workspace == workspace)
    with store.reading(workspace) as connection:
        return int(connection.execute(query).scalar_one())
