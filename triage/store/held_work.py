"""Which open tickets everybody has, and what became of those that changed since it was last looked.

Counting all of them takes as long as there are many. So a count is kept where it is needed and brought up
to date: every ticket bears the revision (:mod:`triage.store.revisions`) at which who has it was last written.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal_column, select, union_all

from triage.store.assignments import DONE, open_work
from triage.store.database import Store
from triage.store.decided_values import decided_values
from triage.store.routing_tables import assignments
from triage.store.schema import tickets

__all__ = ["Held", "changed_work", "held_work", "open_loads"]

Held = tuple[str, float]
"""Who has an open ticket, and how many slots it takes."""

_PRIORITY = tickets.c.labels["priority"].as_string()


def held_work(
    store: Store, workspace: str, efforts: Mapping[str, float], *, limit: int
) -> dict[str, Held] | None:
    """Return who has which open ticket, by ticket id; None where there are more than ``limit``.

    Parameters
    ----------
    store : Store
        Where from.
    workspace : str
        Whose tickets.
    efforts : Mapping of str to float
        Slots by priority; one where it is not named (:class:`triage.routing.policy.RoutingPolicy`).
    limit : int
        At most so many.
    """
    # A row more tells that there are more; each half may bring that many.
    halves = [half.limit(limit + 1) for half in _open(workspace)]
    with store.reading(workspace) as connection:
        rows = [row for half in halves for row in connection.execute(half)]
    return None if len(rows) > limit else _weighed(store, workspace, efforts, rows)


def changed_work(
    store: Store, workspace: str, since: int, efforts: Mapping[str, float], *, limit: int
) -> dict[str, Held | None] | None:
    """Return who has the tickets that changed after a revision, by id; None for those that nobody has open.

    Parameters
    ----------
    store, workspace, efforts
        As of :func:`held_work`.
    since : int
        The revision of the work in hand that is known.
    limit : int
        At most so many: where more changed, the answer is None.
    """
    some = {"named": workspace, "known": since, "most": limit + 1}
    with store.reading(workspace) as connection:
        rows = connection.execute(_CHANGED, some).all()
    if len(rows) > limit:
        return None
    held = _weighed(store, workspace, efforts, [row for row in rows if row.agent is not None])
    return {row.ticket_id: held.get(row.ticket_id) for row in rows}


def _changed() -> Select[Any]:
    work = open_work(bindparam("named"))
    holder = case((work.is_open, work.holder))
    return (
        select(tickets.c.ticket_id, holder.label("agent"), _PRIORITY.label("priority"))
        .select_from(work.source)
        .where(
            tickets.c.workspace == bindparam("named"),
            tickets.c.work > bindparam("known"),
            tickets.c.work > literal_column("0"),  # Says that the index of these alone will do.
        )
        .limit(bindparam("most"))
    )


# With every ticket that is assigned: made once, since making a statement costs more than running it.
_CHANGED = _changed()


def open_loads(store: Store, workspace: str, efforts: Mapping[str, float]) -> dict[str, float]:
    """Return how many slots everybody's open tickets take, of however many.

    Parameters
    ----------
    store, workspace, efforts
        As of :func:`held_work`.

    Returns
    -------
    dict of str to float
        By agent; who has nothing open is not in it. A ticket counts for the assignee that the helpdesk
        told last, or for whom an assignment since then names.
    """
    every = union_all(*_open(workspace)).subquery()
    counted = select(every.c.agent, every.c.priority, func.count().label("how_many")).group_by(
        every.c.agent, every.c.priority
    )
    # Where a priority weighs and no person said it, the one that was decided does, as when it was assigned.
    undecided = select(every.c.agent, every.c.ticket_id).where(every.c.priority.is_(None))
    loads: dict[str, float] = {}
    with store.reading(workspace) as connection:  # Both see the same moment.
        for row in connection.execute(counted):
            loads[row.agent] = loads.get(row.agent, 0.0) + row.how_many * efforts.get(row.priority, 1.0)
        rows = connection.execute(undecided).all() if efforts else []
    decided = _decided(store, workspace, (row.ticket_id for row in rows))
    for row in rows:
        loads[row.agent] = loads.get(row.agent, 0.0) + efforts.get(decided.get(row.ticket_id, ""), 1.0) - 1.0
    return loads


def _open(workspace: str) -> tuple[Select[Any], Select[Any]]:
    """Return queries of the open tickets that somebody has: with a status, and by our assignment alone.

    Each has an index of its own: of a history without status, only tickets with an assignment are read.
    """
    work = open_work(workspace)
    columns = (tickets.c.ticket_id, work.holder.label("agent"), _PRIORITY.label("priority"))
    here: list[ColumnElement[bool]] = [
        tickets.c.workspace == workspace,
        tickets.c.resolved_at.is_(None),
        tickets.c.closed_at.is_(None),
        work.holder.is_not(None),
    ]
    told = (
        select(*columns)
        .select_from(work.source)
        .where(*here, tickets.c.status >= "", func.lower(tickets.c.status).not_in(DONE))
    )
    going_on = and_(
        assignments.c.workspace == tickets.c.workspace, assignments.c.ticket_id == tickets.c.ticket_id
    )
    ours = (
        select(*columns)
        .select_from(assignments.join(tickets, going_on))
        .where(
            *here,
            assignments.c.workspace == workspace,
            assignments.c.ended_at.is_(None),
            tickets.c.status.is_(None),
        )
    )
    return told, ours


def _weighed(
    store: Store, workspace: str, efforts: Mapping[str, float], rows: Sequence[Any]
) -> dict[str, Held]:
    decided: Mapping[str, str] = {}
    if efforts:
        decided = _decided(store, workspace, (row.ticket_id for row in rows if row.priority is None))
    return {
        row.ticket_id: (
            row.agent,
            efforts.get(row.priority or decided.get(row.ticket_id, ""), 1.0),
        )
        for row in rows
    }


def _decided(store: Store, workspace: str, ticket_ids: Iterable[str]) -> dict[str, str]:
    return decided_values(store, workspace, list(ticket_ids), "priority", in_shadow=True)
