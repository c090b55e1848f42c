"""With which team and agent a ticket is: for those who reach only their teams' tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from triage.store.database import Store
from triage.store.routing_tables import assignments
from triage.store.schema import decisions, tickets

__all__ = ["TicketPlace", "place_of_decision", "place_of_ticket", "places_of_tickets"]

_MANY = 500


@dataclass(frozen=True, slots=True)
class TicketPlace:
    """The team and the agent of one ticket; None where nobody said so."""

    team: str | None
    agent: str | None


def place_of_ticket(store: Store, workspace: str, ticket_id: str) -> TicketPlace | None:
    """Return with whom a ticket is, see :func:`places_of_tickets`; None when it is not stored."""
    return places_of_tickets(store, workspace, [ticket_id]).get(ticket_id)


def places_of_tickets(store: Store, workspace: str, ticket_ids: Sequence[str]) -> dict[str, TicketPlace]:
    """Return with whom tickets are: what a person told, else who was given it, else what was decided last.

    Tickets that are not stored are left out.
    """
    places: dict[str, TicketPlace] = {}
    with store.reading(workspace) as connection:
        for begin in range(0, len(ticket_ids), _MANY):
            places |= _places(connection, workspace, ticket_ids[begin : begin + _MANY])
    return places


def place_of_decision(store: Store, workspace: str, decision_id: str) -> TicketPlace | None:
    """Return with whom the ticket of a decision is, None when the workspace has no such decision."""
    with store.reading(workspace) as connection:
        row = connection.execute(
            select(decisions.c.ticket_id, decisions.c.document).where(
                decisions.c.workspace == workspace, decisions.c.decision_id == decision_id
            )
        ).first()
    if row is None:
        return None
    stored = place_of_ticket(store, workspace, row.ticket_id) if row.ticket_id else None
    return stored or TicketPlace(_decided(row.document), None)


def _decided(document: Mapping[str, Any] | None) -> str | None:
    value = ((document or {}).get("fields", {}).get("team") or {}).get("value")
    return value if isinstance(value, str) else None


def _places(connection: Connection, workspace: str, ids: Sequence[str]) -> dict[str, TicketPlace]:
    told = {
        row.ticket_id: row.labels
        for row in connection.execute(
            select(tickets.c.ticket_id, tickets.c.labels).where(
                tickets.c.workspace == workspace, tickets.c.ticket_id.in_(ids)
            )
        )
    }
    given = {
        row.ticket_id: row
        for row in connection.execute(
            select(assignments.c.ticket_id, assignments.c.team, assignments.c.agent).where(
                assignments.c.workspace == workspace,
                assignments.c.ticket_id.in_(list(told)),
                assignments.c.ended_at.is_(None),
            )
        )
    }
    places = {}
    for name, labels in told.items():
        row = given.get(name)
        team = labels.get("team") or (None if row is None else row.team)
        agent = labels.get("assignee") or (None if row is None else row.agent)
        places[name] = TicketPlace(team, agent)
    nowhere = [name for name, place in places.items() if place.team is None]
    newest = (
        select(decisions.c.ticket_id, decisions.c.document)
        .where(decisions.c.workspace == workspace, decisions.c.ticket_id.in_(nowhere))
        .order_by(decisions.c.created_at)
    )
    for one in connection.execute(newest) if nowhere else ():
        places[one.ticket_id] = TicketPlace(_decided(one.document), places[one.ticket_id].agent)
    return places
