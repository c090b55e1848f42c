"""Erased tickets taken out of suspected incidents: out of their members, and out of the words that burst."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from triage.store.incident_tables import incident_tickets, incidents, ticket_parents
from triage.store.schema import tickets
from triage.store.sealer import Sealer

__all__ = ["erase_from_incidents"]

_MANY = 400


def erase_from_incidents(
    connection: Connection, sealer: Sealer, workspace: str, ids: Sequence[str], rows: Counter[str]
) -> None:
    """Take tickets out of the incidents of a workspace, in the transaction of the caller.

    An incident without other tickets goes. Of the others only words stay that a ticket which is left has,
    too: five people share a burst, but all five may be one person's tickets.

    Parameters
    ----------
    connection : Connection
        Before the tickets themselves are deleted.
    sealer : Sealer
        Opens the texts of the others.
    workspace, ids
        Which tickets.
    rows : Counter
        Removed rows by table; is added to.
    """
    found: set[str] = set()
    for at in range(0, len(ids), _MANY):
        some = ids[at : at + _MANY]
        query = (
            select(incident_tickets.c.incident_id)
            .join(incidents, incidents.c.incident_id == incident_tickets.c.incident_id)
            .where(incidents.c.workspace == workspace, incident_tickets.c.ticket_id.in_(some))
        )
        mine = set(connection.scalars(query))
        if mine:
            gone = incident_tickets.c.incident_id.in_(mine) & incident_tickets.c.ticket_id.in_(some)
            rows["incident_tickets"] += connection.execute(delete(incident_tickets).where(gone)).rowcount
        found |= mine
        headless = (incidents.c.workspace == workspace) & incidents.c.parent_id.in_(some)
        connection.execute(update(incidents).where(headless).values(parent_id=None))
    for incident_id in sorted(found):
        _shrink(connection, sealer, workspace, incident_id, set(ids), rows)


def _shrink(
    connection: Connection,
    sealer: Sealer,
    workspace: str,
    incident_id: str,
    erased: set[str],
    rows: Counter[str],
) -> None:
    here = incidents.c.incident_id == incident_id
    left = connection.execute(
        select(incident_tickets.c.ticket_id, tickets.c.subject, tickets.c.body)
        .outerjoin(
            tickets,
            (tickets.c.ticket_id == incident_tickets.c.ticket_id) & (tickets.c.workspace == workspace),
        )
        .where(incident_tickets.c.incident_id == incident_id)
        .order_by(incident_tickets.c.filed_at, incident_tickets.c.ticket_id)
    ).all()
    if not left:
        links = (ticket_parents.c.workspace == workspace) & (ticket_parents.c.incident_id == incident_id)
        connection.execute(delete(ticket_parents).where(links))
        rows["incidents"] += connection.execute(delete(incidents).where(here)).rowcount
        return
    told = select(incidents.c.raised_by, incidents.c.bursts, incidents.c.spelling)
    row = connection.execute(told.where(here)).one()
    opened = [sealer.opened(tickets, {**one._mapping, "workspace": workspace}) for one in left]
    texts = [f"{one['subject'] or ''}\n{one['body'] or ''}".casefold() for one in opened]

    def is_told(word: str) -> bool:
        written = str(row.spelling.get(word, word)).casefold()
        return any(written in text for text in texts)

    bursts = [one for one in row.bursts if is_told(one["word"])]
    kept = {one["word"] for one in bursts}
    changed = {
        "raised_by": left[0].ticket_id if row.raised_by in erased else row.raised_by,
        "bursts": bursts,
        "spelling": {word: written for word, written in row.spelling.items() if word in kept},
    }
    connection.execute(update(incidents).where(here).values(**changed))
    rows["incidents, changed"] += 1
