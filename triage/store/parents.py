"""Which ticket is whose child: duplicates that people linked, and tickets of accepted incidents.

A ticket has one parent at most, and a parent is nobody's child: there are no chains.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, select

from triage.errors import ConflictError, InputError, NotFoundError
from triage.store.database import Store
from triage.store.incident_tables import ticket_parents
from triage.store.schema import tickets
from triage.store.upsert import upsert

__all__ = [
    "LinkKind",
    "ParentLink",
    "children_of",
    "link_children",
    "list_parent_links",
    "parent_of",
    "remove_parent",
    "set_parent",
]

_MANY = 500


class LinkKind(StrEnum):
    """Why a ticket is the child of another."""

    DUPLICATE = "duplicate"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class ParentLink:
    """A ticket, its parent and who said so; ``incident_id`` is None for duplicates."""

    ticket_id: str
    parent_id: str
    kind: str
    incident_id: str | None
    linked_at: datetime
    linked_by: str


_COLUMNS = [ticket_parents.c[name] for name in ParentLink.__slots__]


def set_parent(
    store: Store,
    workspace: str,
    ticket_id: str,
    parent_id: str,
    actor: str,
    *,
    kind: LinkKind = LinkKind.DUPLICATE,
    now: datetime | None = None,
) -> ParentLink:
    """Make a ticket the child of another; the same once more changes nothing.

    Raises
    ------
    InputError
        If both are one ticket.
    NotFoundError
        If one of them is not stored.
    ConflictError
        If it has another parent or children of its own, or if the parent is itself a child.
    """
    if ticket_id == parent_id:
        raise InputError(f"Got {ticket_id!r} as parent of itself; expected another ticket.")
    with store.writing(workspace) as connection:
        _must_exist(connection, workspace, ticket_id)
        check_parent(connection, workspace, parent_id)
        stands = _parent(connection, workspace, ticket_id)
        if stands is not None:
            if stands.parent_id == parent_id:
                return stands
            raise ConflictError(
                f"Got {parent_id!r} as parent of {ticket_id!r}, which is a child of {stands.parent_id!r} "
                "already. Remove that link first."
            )
        if _with_children(connection, workspace, [ticket_id]):
            raise ConflictError(
                f"Got {ticket_id!r} as a child, but it has children of its own; expected one without. "
                "Link its children to the parent instead."
            )
        link = ParentLink(ticket_id, parent_id, kind.value, None, now or datetime.now(UTC), actor)
        upsert(connection, ticket_parents, [_row(workspace, link)])
    return link


def link_children(
    connection: Connection,
    workspace: str,
    parent_id: str,
    ticket_ids: Sequence[str],
    incident_id: str,
    actor: str,
    now: datetime,
) -> int:
    """Make tickets of an incident children of one; those with a parent or children of their own stay.

    Returns how many are new. In the transaction of the caller, who has checked the parent.
    """
    wanted = [one for one in ticket_ids if one != parent_id]
    taken = set(_with_children(connection, workspace, wanted))
    for at in range(0, len(wanted), _MANY):
        query = select(ticket_parents.c.ticket_id).where(
            ticket_parents.c.workspace == workspace, ticket_parents.c.ticket_id.in_(wanted[at : at + _MANY])
        )
        taken.update(connection.scalars(query))
    new = [
        ParentLink(one, parent_id, LinkKind.INCIDENT.value, incident_id, now, actor)
        for one in wanted
        if one not in taken
    ]
    upsert(connection, ticket_parents, [_row(workspace, one) for one in new])
    return len(new)


def unlink_incident(connection: Connection, workspace: str, incident_id: str) -> None:
    """Remove all links of an incident, in the transaction of the caller."""
    connection.execute(
        delete(ticket_parents).where(
            ticket_parents.c.workspace == workspace, ticket_parents.c.incident_id == incident_id
        )
    )


def check_parent(connection: Connection, workspace: str, parent_id: str) -> None:
    """Raise NotFoundError or ConflictError where a ticket cannot be a parent."""
    _must_exist(connection, workspace, parent_id)
    above = _parent(connection, workspace, parent_id)
    if above is not None:
        raise ConflictError(
            f"Got {parent_id!r} as a parent, but it is itself a child of {above.parent_id!r}; "
            f"expected a ticket without a parent. Give {above.parent_id!r}."
        )


def remove_parent(store: Store, workspace: str, ticket_id: str) -> bool:
    """Remove a ticket's link to its parent; tell whether there was one."""
    with store.writing(workspace) as connection:
        done = connection.execute(
            delete(ticket_parents).where(
                ticket_parents.c.workspace == workspace, ticket_parents.c.ticket_id == ticket_id
            )
        )
        return bool(done.rowcount)


def parent_of(store: Store, workspace: str, ticket_id: str) -> ParentLink | None:
    """Return a ticket's link to its parent."""
    with store.reading(workspace) as connection:
        return _parent(connection, workspace, ticket_id)


def children_of(store: Store, workspace: str, parent_id: str) -> list[ParentLink]:
    """Return the links of a ticket's children, by ticket."""
    return _listed(store, workspace, ticket_parents.c.parent_id == parent_id)


def list_parent_links(store: Store, workspace: str, kind: LinkKind) -> list[ParentLink]:
    """Return all links of a kind, by ticket."""
    return _listed(store, workspace, ticket_parents.c.kind == kind.value)


def _listed(store: Store, workspace: str, condition: object) -> list[ParentLink]:
    query = select(*_COLUMNS).where(ticket_parents.c.workspace == workspace, condition)  # type: ignore[arg-type]
    with store.reading(workspace) as connection:
        rows = connection.execute(query.order_by(ticket_parents.c.ticket_id))
        return [ParentLink(*row) for row in rows]


def _parent(connection: Connection, workspace: str, ticket_id: str) -> ParentLink | None:
    query = select(*_COLUMNS).where(
        ticket_parents.c.workspace == workspace, ticket_parents.c.ticket_id == ticket_id
    )
    row = connection.execute(query).first()
    return None if row is None else ParentLink(*row)


def _with_children(connection: Connection, workspace: str, ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    for at in range(0, len(ids), _MANY):
        query = (
            select(ticket_parents.c.parent_id)
            .where(ticket_parents.c.workspace == workspace)
            .where(ticket_parents.c.parent_id.in_(ids[at : at + _MANY]))
            .distinct()
        )
        found.extend(connection.scalars(query))
    return found


def _must_exist(connection: Connection, workspace: str, ticket_id: str) -> None:
    query = select(tickets.c.ticket_id).where(
        tickets.c.workspace == workspace, tickets.c.ticket_id == ticket_id
    )
    if connection.scalar(query) is None:
        raise NotFoundError(f"Got the ticket {ticket_id!r}, which is not stored; send it first.")


def _row(workspace: str, link: ParentLink) -> dict[str, object]:
    return {"workspace": workspace, **{name: getattr(link, name) for name in ParentLink.__slots__}}
