"""Single facts of stored tickets, for those who need no more: labels, and whether they are there at all."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, select

from triage.store.database import Store
from triage.store.schema import tickets
from triage.ticket import FIELDS

__all__ = ["get_labels", "has_labels", "labels_in_use", "stored_among"]

_MANY = 500
"""Ids in one query: SQLite allows a limited number of bound values."""
# Made once: asked for every ticket that is decided.
_LABELS = select(tickets.c.ticket_id, tickets.c.labels).where(
    tickets.c.workspace == bindparam("workspace"),
    tickets.c.ticket_id.in_(bindparam("ticket_ids", expanding=True)),
)


def get_labels(store: Store, workspace: str, ticket_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the values by field, as the helpdesk told them, of the tickets that exist among these ids."""
    found: dict[str, dict[str, str]] = {}
    with store.reading(workspace) as connection:
        for begin in range(0, len(ticket_ids), _MANY):
            some = {"workspace": workspace, "ticket_ids": ticket_ids[begin : begin + _MANY]}
            for ticket_id, labels in connection.execute(_LABELS, some):
                found[ticket_id] = {name: value for name, value in labels.items() if name in FIELDS}
    return found


def stored_among(store: Store, workspace: str, ticket_ids: Collection[str]) -> set[str]:
    """Return those of some ids by which a ticket is stored."""
    names, found = list(ticket_ids), set[str]()
    with store.reading(workspace) as connection:
        for begin in range(0, len(names), _MANY):
            some = names[begin : begin + _MANY]
            query = select(tickets.c.ticket_id)
            found.update(
                connection.scalars(
                    query.where(tickets.c.workspace == workspace, tickets.c.ticket_id.in_(some))
                )
            )
    return found


def labels_in_use(store: Store, workspace: str, field: str, labels: Collection[str]) -> set[str]:
    """Return those of some labels of a field that a stored ticket has, as the helpdesk told it."""
    if not labels:
        return set()
    told = tickets.c.labels[field].as_string()
    query = select(told).where(tickets.c.workspace == workspace, told.in_(list(labels))).distinct()
    with store.reading(workspace) as connection:
        return set(connection.scalars(query))


def has_labels(store: Store, workspace: str, field: str) -> bool:
    """Whether a stored ticket has any label of a field."""
    told = tickets.c.labels[field].as_string()
    query = select(tickets.c.ticket_id).where(tickets.c.workspace == workspace, told.is_not(None)).limit(1)
    with store.reading(workspace) as connection:
        return connection.execute(query).first() is not None
