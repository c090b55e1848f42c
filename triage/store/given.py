"""To whom which tickets were given lately, for the fair share of a team: each ticket's, or their number.

Our assignments count, and the assignee and team of tickets that the helpdesk assigned itself. Everything that
changes either is written with a new revision of the ticket, as what :mod:`triage.store.held_work` reads is.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    func,
    select,
    union,
    union_all,
)

from triage.store.database import Store
from triage.store.routing_tables import assignments
from triage.store.schema import tickets

__all__ = ["Given", "given_among", "given_since", "given_tickets"]

Given = frozenset[tuple[str, str]]
"""Team and agent of each time that a ticket was given; the same ones once."""

_MANY = 400
"""Ids in one query, each named twice: SQLite allows a limited number of bound values."""


def given_tickets(store: Store, workspace: str, since: datetime, *, limit: int) -> dict[str, Given] | None:
    """Return to whom tickets were given since a moment, by ticket id; None where they are too many.

    Parameters
    ----------
    store : Store
        Where from.
    workspace : str
        Whose tickets.
    since : datetime
        The moment, with a zone.
    limit : int
        At most so many times that one was given.
    """
    with store.reading(workspace) as connection:
        some = {"named": workspace, "since": since, "most": limit + 1}
        rows = connection.execute(_EACH, some).all()
    return None if len(rows) > limit else _by_ticket(rows)


def given_among(
    store: Store, workspace: str, since: datetime, ticket_ids: Collection[str]
) -> dict[str, Given]:
    """Return the same of the tickets among these ids that were given to anybody."""
    ids, rows = list(ticket_ids), list[Any]()
    with store.reading(workspace) as connection:
        for begin in range(0, len(ids), _MANY):
            some = {"named": workspace, "since": since, "ids": ids[begin : begin + _MANY]}
            rows += connection.execute(_AMONG, some).all()
    return _by_ticket(rows)


def given_since(store: Store, workspace: str, since: datetime) -> dict[str, dict[str, int]]:
    """Return how many tickets everybody was given since a moment, by team and agent, of however many."""
    found: dict[str, dict[str, int]] = {}
    with store.reading(workspace) as connection:
        for row in connection.execute(_COUNTED, {"named": workspace, "since": since}):
            found.setdefault(row.team, {})[row.agent] = row.how_many
    return found


def _ours() -> Select[Any]:
    given = assignments
    return select(given.c.ticket_id, given.c.team, given.c.agent).where(
        given.c.workspace == bindparam("named"),
        given.c.agent.is_not(None),
        given.c.team.is_not(None),
        given.c.assigned_at >= bindparam("since"),
    )


def _theirs(assigned_at: ColumnElement[Any] = tickets.c.assigned_at) -> Select[Any]:
    team = tickets.c.labels["team"].as_string()
    agent = tickets.c.labels["assignee"].as_string()
    return select(tickets.c.ticket_id, team.label("team"), agent.label("agent")).where(
        tickets.c.workspace == bindparam("named"),
        assigned_at >= bindparam("since"),
        team.is_not(None),
        agent.is_not(None),
    )


def _among() -> CompoundSelect[Any]:
    ids: BindParameter[str] = bindparam("ids", expanding=True)
    # Said so that it is in no index: else SQLite, without statistics, reads all that were given since then.
    assigned_at = func.coalesce(tickets.c.assigned_at, tickets.c.assigned_at)
    return union_all(
        _ours().where(assignments.c.ticket_id.in_(ids)),
        _theirs(assigned_at).where(tickets.c.ticket_id.in_(ids)),
    )


def _count() -> Select[Any]:
    each = union(_ours().distinct(), _theirs()).subquery()
    both = each.c.team, each.c.agent
    return select(*both, func.count().label("how_many")).group_by(*both)


# Made once, since making a statement costs as much as running it.
_EACH = union(_ours(), _theirs()).limit(bindparam("most"))
_AMONG = _among()
_COUNTED = _count()


def _by_ticket(rows: Collection[Any]) -> dict[str, Given]:
    found: dict[str, set[tuple[str, str]]] = {}
    for ticket_id, team, agent in rows:
        found.setdefault(ticket_id, set()).add((team, agent))
    return {ticket_id: frozenset(given) for ticket_id, given in found.items()}
