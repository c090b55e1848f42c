"""Suspected incidents of a workspace with their tickets, and what people said of them.

What the watch writes here never touches what people said (:mod:`triage.store.incident_verdicts`), and the
other way round.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from triage.errors import NotFoundError
from triage.incident import Incident, IncidentState, Member, Volume, WordBurst
from triage.store.database import Store
from triage.store.incident_messages import message_of
from triage.store.incident_tables import incident_tickets, incidents
from triage.store.outbox import put_messages
from triage.store.parents import link_children
from triage.store.upsert import upsert

__all__ = [
    "accepted_tickets",
    "get_incident",
    "list_incidents",
    "save_incidents",
    "watched_incidents",
]

_MANY = 500
_WATCH = "incident watch"


def save_incidents(store: Store, workspace: str, found: Sequence[Incident], *, now: datetime) -> None:
    """Keep incidents as the watch sees them; tell receivers of new ones, and link what an accepted one got.

    Saving the same twice changes nothing; a ticket that was once one of an incident stays one.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose they are.
    found : sequence of Incident
        New ones, and those that grew.
    now : datetime
        With a zone.
    """
    with store.writing(workspace) as connection:
        stands = _states(connection, workspace, [one.incident_id for one in found])
        new = [one for one in found if one.incident_id not in stands]
        if new:
            connection.execute(incidents.insert(), [_to_row(workspace, one) for one in new])
        for one in found:
            if one.incident_id in stands:
                changed = _of_the_watch(one)
                mine = incidents.c.workspace == workspace, incidents.c.incident_id == one.incident_id
                connection.execute(update(incidents).where(*mine).values(**changed))
            rows = [
                {"incident_id": one.incident_id, "ticket_id": member.ticket_id, "filed_at": member.filed_at}
                for member in one.members
            ]
            upsert(connection, incident_tickets, rows)
            state, parent_id = stands.get(one.incident_id, (None, None))
            if state == IncidentState.ACCEPTED and parent_id is not None:
                ids = [member.ticket_id for member in one.members]
                link_children(connection, workspace, parent_id, ids, one.incident_id, _WATCH, now)
        put_messages(store, workspace, [message_of(workspace, one, now) for one in new], now=now)


def list_incidents(
    store: Store, workspace: str, *, state: IncidentState | None = None, limit: int = 50
) -> list[Incident]:
    """Return incidents with their tickets, the newest first."""
    query = select(incidents).where(incidents.c.workspace == workspace)
    if state is not None:
        query = query.where(incidents.c.state == state.value)
    return _read(
        store, workspace, query.order_by(incidents.c.raised_at.desc(), incidents.c.incident_id).limit(limit)
    )


def watched_incidents(store: Store, workspace: str, since: datetime) -> list[Incident]:
    """Return the incidents that got a ticket since a moment, in the order in which they were raised."""
    query = select(incidents).where(incidents.c.workspace == workspace, incidents.c.last_at >= since)
    return _read(store, workspace, query.order_by(incidents.c.raised_at, incidents.c.incident_id))


def get_incident(store: Store, workspace: str, incident_id: str) -> Incident:
    """Return one incident.

    Raises
    ------
    NotFoundError
        If the workspace has none by that id.
    """
    query = select(incidents).where(
        incidents.c.workspace == workspace, incidents.c.incident_id == incident_id
    )
    found = _read(store, workspace, query)
    if not found:
        raise NotFoundError(
            f"Got the incident {incident_id!r}; expected one of this workspace. List them: GET /v1/incidents."
        )
    return found[0]


def accepted_tickets(store: Store, workspace: str) -> set[str]:
    """Return the tickets of all incidents that people accepted."""
    query = (
        select(incident_tickets.c.ticket_id)
        .join(incidents, incidents.c.incident_id == incident_tickets.c.incident_id)
        .where(incidents.c.workspace == workspace, incidents.c.state == IncidentState.ACCEPTED.value)
    )
    with store.reading(workspace) as connection:
        return set(connection.scalars(query))


def _states(connection: Connection, workspace: str, ids: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    for at in range(0, len(ids), _MANY):
        query = (
            select(incidents.c.incident_id, incidents.c.state, incidents.c.parent_id)
            .where(incidents.c.workspace == workspace, incidents.c.incident_id.in_(ids[at : at + _MANY]))
            .order_by(incidents.c.incident_id)
            .with_for_update()
        )
        found.update((row.incident_id, (row.state, row.parent_id)) for row in connection.execute(query))
    return found


def _read(store: Store, workspace: str, query: Any) -> list[Incident]:
    with store.reading(workspace) as connection:
        rows = connection.execute(query).all()
        members: dict[str, list[Member]] = {row.incident_id: [] for row in rows}
        ids = list(members)
        for at in range(0, len(ids), _MANY):
            inside = (
                select(incident_tickets)
                .where(incident_tickets.c.incident_id.in_(ids[at : at + _MANY]))
                .order_by(incident_tickets.c.filed_at, incident_tickets.c.ticket_id)
            )
            for one in connection.execute(inside):
                members[one.incident_id].append(Member(one.ticket_id, one.filed_at))
    return [_from_row(row, members[row.incident_id]) for row in rows]


def _of_the_watch(one: Incident) -> dict[str, Any]:
    return {
        "last_at": one.last_at,
        "bursts": [
            {name: getattr(burst, name) for name in ("word", "tickets", "expected", "surprise", "hours")}
            for burst in one.bursts
        ],
        "spelling": dict(one.spelling),
        "surprise": one.surprise,
    }


def _to_row(workspace: str, one: Incident) -> dict[str, Any]:
    return {
        "incident_id": one.incident_id,
        "workspace": workspace,
        "raised_by": one.raised_by,
        "raised_at": one.raised_at,
        "volume": one.volume.tickets,
        "volume_expected": one.volume.expected,
        "state": one.state.value,
        "parent_id": one.parent_id,
        "judged_at": one.judged_at,
        "judged_by": one.judged_by,
        **_of_the_watch(one),
    }


def _from_row(row: Row[Any], members: Sequence[Member]) -> Incident:
    bursts: Sequence[Mapping[str, Any]] = row.bursts
    return Incident(
        incident_id=row.incident_id,
        raised_by=row.raised_by,
        raised_at=row.raised_at,
        bursts=tuple(WordBurst(**one) for one in bursts),
        spelling=dict(row.spelling),
        members=tuple(members),
        volume=Volume(row.volume, row.volume_expected),
        surprise=row.surprise,
        state=IncidentState(row.state),
        parent_id=row.parent_id,
        judged_at=row.judged_at,
        judged_by=row.judged_by,
    )
