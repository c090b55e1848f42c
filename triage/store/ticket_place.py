"""With which team and agent a ticket is: for those who reach only their teams' tickets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from triage.store.database import Store
from triage.store.routing_tables import assignments
from triage.store.schema import decisions, tickets

__all__ = ["TicketPlace", "place_of_decision", "place_of_ticket"]


@dataclass(frozen=True, slots=True)
class TicketPlace:
    """The team and the agent of one ticket; None where nobody said so."""

    team: str | None
    agent: str | None


def place_of_ticket(store: Store, workspace: str, ticket_id: str) -> TicketPlace | None:
    """Return with whom a ticket is: what a person told, else who was given it, else what was decided last.

    None when the ticket is not stored.
    """
    with store.reading(workspace) as connection:
        here = tickets.c.workspace == workspace, tickets.c.ticket_id == ticket_id
        labels = connection.execute(select(tickets.c.labels).where(*here)).scalars().first()
        if labels is None:
            return None
        given = connection.execute(
            select(assignments.c.team, assignments.c.agent).where(
                assignments.c.workspace == workspace,
                assignments.c.ticket_id == ticket_id,
                assignments.c.ended_at.is_(None),
            )
        ).first()
        team = labels.get("team") or (None if given is None else given.team)
        agent = labels.get("assignee") or (None if given is None else given.agent)
        if team is None:
            document = (
                connection.execute(
                    select(decisions.c.document)
                    .where(decisions.c.workspace == workspace, decisions.c.ticket_id == ticket_id)
                    .order_by(decisions.c.created_at.desc())
                    .limit(1)
                )
                .scalars()
                .first()
            )
            team = _decided(document)
    return TicketPlace(team, agent)


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
