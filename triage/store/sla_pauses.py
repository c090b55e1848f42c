"""When the requester of a ticket was waited for: begun and ended by what the ticket's state was."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from triage.sla.clock import Pause
from triage.store.database import Store
from triage.store.sla_tables import sla_pauses
from triage.store.upsert import upsert

__all__ = ["begin_pause", "end_pause", "list_pauses"]

_MANY = 500
"""Ids in one query: SQLite allows a limited number of bound values."""


def list_pauses(store: Store, workspace: str, ticket_ids: Sequence[str]) -> dict[str, list[Pause]]:
    """Return the pauses of tickets by their ids, earliest first; tickets without any are left out."""
    found: dict[str, list[Pause]] = defaultdict(list)
    with store.reading(workspace) as connection:
        for at in range(0, len(ticket_ids), _MANY):
            query = (
                select(sla_pauses.c.ticket_id, sla_pauses.c.started_at, sla_pauses.c.ended_at)
                .where(
                    sla_pauses.c.workspace == workspace,
                    sla_pauses.c.ticket_id.in_(ticket_ids[at : at + _MANY]),
                )
                .order_by(sla_pauses.c.ticket_id, sla_pauses.c.started_at)
            )
            for row in connection.execute(query):
                found[row.ticket_id].append(Pause(row.started_at, row.ended_at))
    return dict(found)


def begin_pause(store: Store, workspace: str, ticket_id: str, at: datetime) -> None:
    """Note that the requester is waited for from a moment on; nothing happens if that is known already."""
    with store.writing(workspace) as connection:
        if any(one.ended_at is None for one in list_pauses(store, workspace, [ticket_id]).get(ticket_id, ())):
            return
        row = {"workspace": workspace, "ticket_id": ticket_id, "started_at": at, "ended_at": None}
        upsert(connection, sla_pauses, [row])


def end_pause(store: Store, workspace: str, ticket_id: str, at: datetime) -> None:
    """Note that the requester is no longer waited for; nothing happens where nobody was."""
    with store.writing(workspace) as connection:
        connection.execute(
            update(sla_pauses)
            .where(
                sla_pauses.c.workspace == workspace,
                sla_pauses.c.ticket_id == ticket_id,
                sla_pauses.c.ended_at.is_(None),
            )
            .values(ended_at=at)
        )
