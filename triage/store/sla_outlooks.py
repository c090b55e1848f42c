"""What was expected of tickets' time when they were decided, and the values that their promises go by.

A stored ticket carries what the helpdesk told of it. What a person set in the request, or triage applied or
suggested, stands here, so that due times are the same in the answer, in lists and in reminders.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select

from triage.sla.foresight import Foresight
from triage.store.database import Store
from triage.store.routing_tables import assignments
from triage.store.sla_tables import sla_outlooks
from triage.store.upsert import upsert
from triage.ticket import PastTicket

__all__ = ["GOES_BY", "StoredOutlook", "get_outlooks", "put_outlooks", "told_more"]

GOES_BY = ("category", "priority", "team")
"""Fields that say which policy holds, and who is told."""

_MANY = 500


@dataclass(frozen=True, slots=True)
class StoredOutlook:
    """What was known and expected of one ticket when it was decided last.

    Parameters
    ----------
    values : Mapping of str to str
        Of the fields of :data:`GOES_BY`: a person's, else what was applied or suggested.
    foresight : Foresight or None
        None where the model learnt nothing of times.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    foresight: Foresight | None = None


def put_outlooks(
    store: Store, workspace: str, outlooks: Mapping[str, StoredOutlook], *, now: datetime
) -> None:
    """Keep outlooks by ticket id, in place of earlier ones."""
    rows = [
        {
            "workspace": workspace,
            "ticket_id": ticket_id,
            "field_values": {name: one.values[name] for name in GOES_BY if name in one.values},
            "resolution_hours": [list(pair) for pair in one.foresight.resolution_hours.items()]
            if one.foresight
            else [],
            "breach": one.foresight.breach if one.foresight else None,
            "reassignment": one.foresight.reassignment if one.foresight else None,
            "made_at": now,
        }
        for ticket_id, one in outlooks.items()
    ]
    with store.writing(workspace) as connection:
        upsert(connection, sla_outlooks, rows)


def get_outlooks(store: Store, workspace: str, ticket_ids: Sequence[str]) -> dict[str, StoredOutlook]:
    """Return the outlooks that are kept of these tickets, by id."""
    found: dict[str, StoredOutlook] = {}
    with store.reading(workspace) as connection:
        for begin in range(0, len(ticket_ids), _MANY):
            query = select(sla_outlooks).where(
                sla_outlooks.c.workspace == workspace,
                sla_outlooks.c.ticket_id.in_(ticket_ids[begin : begin + _MANY]),
            )
            for row in connection.execute(query):
                hours = {level: at for level, at in row.resolution_hours}
                risks = (row.breach, row.reassignment)
                foresight = Foresight(hours, *risks) if hours or risks != (None, None) else None
                found[row.ticket_id] = StoredOutlook(row.field_values, foresight)
    return found


def told_more(
    store: Store, workspace: str, past: Sequence[PastTicket]
) -> tuple[list[PastTicket], dict[str, Foresight]]:
    """Return tickets with what triage knows of them where the helpdesk told nothing, and their foresights.

    A label of the helpdesk's stays. Where it told no assignee, it is whom triage gave the ticket to.
    """
    ids = [one.ticket.ticket_id for one in past]
    outlooks = get_outlooks(store, workspace, ids)
    agents = _given_to(store, workspace, [one.ticket.ticket_id for one in past if _is_nobodys(one)])
    found = []
    for one in past:
        name = one.ticket.ticket_id
        ours = dict(outlooks[name].values) if name in outlooks else {}
        if name in agents:
            ours["assignee"] = agents[name]
        found.append(replace(one, labels=ours | dict(one.labels)) if ours else one)
    return found, {name: one.foresight for name, one in outlooks.items() if one.foresight is not None}


def _is_nobodys(past: PastTicket) -> bool:
    return not past.labels.get("assignee")


def _given_to(store: Store, workspace: str, ticket_ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    with store.reading(workspace) as connection:
        for begin in range(0, len(ticket_ids), _MANY):
            query = select(assignments.c.ticket_id, assignments.c.agent).where(
                assignments.c.workspace == workspace,
                assignments.c.ticket_id.in_(ticket_ids[begin : begin + _MANY]),
                assignments.c.ended_at.is_(None),
                assignments.c.agent.is_not(None),
            )
            found.update((row.ticket_id, row.agent) for row in connection.execute(query))
    return found
