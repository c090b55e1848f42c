"""Suspected incidents of a workspace with their tickets, and what people said of them.

What the watch writes (:func:`save_incidents`) never touches what people said (:func:`accept_incident`,
:func:`dismiss_incident`), and the other way round.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from triage.errors import ConflictError, NotFoundError
from triage.incident import Incident, IncidentState, Member, Volume, WordBurst
from triage.store.database import Store
from triage.store.incident_tables import incident_tickets, incidents
from triage.store.outbox import put_messages
from triage.store.parents import check_parent, link_children, unlink_incident
from triage.store.upsert import upsert

__all__ = [
    "accept_incident",
    "accepted_tickets",
    "dismiss_incident",
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
    with store.writing() as connection:
        stands = _states(connection, [one.incident_id for one in found])
        new = [one for one in found if one.incident_id not in stands]
        if new:
            connection.execute(incidents.insert(), [_to_row(workspace, one) for one in new])
        for one in found:
            if one.incident_id in stands:
                changed = _of_the_watch(one)
                connection.execute(
                    update(incidents).where(incidents.c.incident_id == one.incident_id).values(**changed)
                )
            rows = [
                {"incident_id": one.incident_id, "ticket_id": member.ticket_id, "filed_at": member.filed_at}
                for member in one.members
            ]
            upsert(connection, incident_tickets, rows)
            state, parent_id = stands.get(one.incident_id, (None, None))
            if state == IncidentState.ACCEPTED and parent_id is not None:
                ids = [member.ticket_id for member in one.members]
                link_children(connection, workspace, parent_id, ids, one.incident_id, _WATCH, now)
        put_messages(store, workspace, [_message(workspace, one, now) for one in new], now=now)


def list_incidents(
    store: Store, workspace: str, *, state: IncidentState | None = None, limit: int = 50
) -> list[Incident]:
    """Return incidents with their tickets, the newest first."""
    query = select(incidents).where(incidents.c.workspace == workspace)
    if state is not None:
        query = query.where(incidents.c.state == state.value)
    return _read(store, query.order_by(incidents.c.raised_at.desc(), incidents.c.incident_id).limit(limit))


def watched_incidents(store: Store, workspace: str, since: datetime) -> list[Incident]:
    """Return the incidents that got a ticket since a moment, in the order in which they were raised."""
    query = select(incidents).where(incidents.c.workspace == workspace, incidents.c.last_at >= since)
    return _read(store, query.order_by(incidents.c.raised_at, incidents.c.incident_id))


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
    found = _read(store, query)
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
    with store.reading() as connection:
        return set(connection.scalars(query))


def accept_incident(
    store: Store,
    workspace: str,
    incident_id: str,
    actor: str,
    *,
    parent_id: str | None = None,
    now: datetime | None = None,
) -> Incident:
    """Say that it is an incident: its tickets become children of one, those to come too.

    The same once more changes nothing. One that was dismissed can be accepted after all.

    Parameters
    ----------
    store : Store
        Where it is kept.
    workspace, incident_id : str
        Which.
    actor : str
        Who says so.
    parent_id : str, optional
        A stored ticket; by default the first one of the incident that is nobody's child.
    now : datetime, optional
        The moment; by default this one.

    Raises
    ------
    NotFoundError
        If there is no such incident, or no such ticket.
    ConflictError
        If it was accepted with another parent, or if the parent is itself a child.
    """
    moment = now or datetime.now(UTC)
    with store.writing() as connection:
        _lock(connection, workspace, incident_id)
        incident = get_incident(store, workspace, incident_id)
        if incident.state is IncidentState.ACCEPTED:
            if parent_id in (None, incident.parent_id):
                return incident
            raise ConflictError(
                f"Got {parent_id!r} as parent of incident {incident_id!r}, which was accepted with "
                f"{incident.parent_id!r}. Dismiss it first, then accept it with the other parent."
            )
        parent = parent_id or _first_free(connection, workspace, incident)
        check_parent(connection, workspace, parent)
        _judge(connection, incident_id, IncidentState.ACCEPTED, parent, actor, moment)
        ids = [member.ticket_id for member in incident.members]
        link_children(connection, workspace, parent, ids, incident_id, actor, moment)
        judged = get_incident(store, workspace, incident_id)
        put_messages(store, workspace, [_message(workspace, judged, moment)], now=moment)
    return judged


def dismiss_incident(
    store: Store, workspace: str, incident_id: str, actor: str, *, now: datetime | None = None
) -> Incident:
    """Say that it is none: look-alikes stay quiet for four weeks, and links of its tickets go.

    The same once more changes nothing.

    Raises
    ------
    NotFoundError
        If there is no such incident.
    """
    moment = now or datetime.now(UTC)
    with store.writing() as connection:
        _lock(connection, workspace, incident_id)
        incident = get_incident(store, workspace, incident_id)
        if incident.state is IncidentState.DISMISSED:
            return incident
        _judge(connection, incident_id, IncidentState.DISMISSED, None, actor, moment)
        unlink_incident(connection, workspace, incident_id)
        judged = get_incident(store, workspace, incident_id)
        put_messages(store, workspace, [_message(workspace, judged, moment)], now=moment)
    return judged


def _judge(
    connection: Connection,
    incident_id: str,
    state: IncidentState,
    parent_id: str | None,
    actor: str,
    now: datetime,
) -> None:
    connection.execute(
        update(incidents)
        .where(incidents.c.incident_id == incident_id)
        .values(state=state.value, parent_id=parent_id, judged_at=now, judged_by=actor)
    )


def _lock(connection: Connection, workspace: str, incident_id: str) -> None:
    """Let two people who judge one incident at once do so one after the other."""
    connection.execute(
        select(incidents.c.incident_id)
        .where(incidents.c.workspace == workspace, incidents.c.incident_id == incident_id)
        .with_for_update()
    ).first()


def _first_free(connection: Connection, workspace: str, incident: Incident) -> str:
    for member in incident.members:
        try:
            check_parent(connection, workspace, member.ticket_id)
        except (ConflictError, NotFoundError):
            continue
        return member.ticket_id
    raise ConflictError(
        f"Got incident {incident.incident_id!r}, whose tickets are all children of others or gone; "
        "expected a parent. Give parent_id."
    )


def _states(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    for at in range(0, len(ids), _MANY):
        query = (
            select(incidents.c.incident_id, incidents.c.state, incidents.c.parent_id)
            .where(incidents.c.incident_id.in_(ids[at : at + _MANY]))
            .order_by(incidents.c.incident_id)
            .with_for_update()
        )
        found.update((row.incident_id, (row.state, row.parent_id)) for row in connection.execute(query))
    return found


def _read(store: Store, query: Any) -> list[Incident]:
    with store.reading() as connection:
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


def _message(workspace: str, one: Incident, now: datetime) -> tuple[str, str, dict[str, Any]]:
    """Return what receivers get: no ticket's text, but the words that five or more people share."""
    kind = f"incident.{one.state.value}"
    moment = one.judged_at or now
    body = {
        "type": kind,
        "timestamp": moment.isoformat(),
        "data": {
            "incident_id": one.incident_id,
            "workspace": workspace,
            "words": list(one.words),
            "tickets": [member.ticket_id for member in one.members],
            "raised_at": one.raised_at.isoformat(),
            "parent_id": one.parent_id,
        },
    }
    about = one.incident_id
    if one.judged_at is not None:
        about = f"{one.incident_id[:24]}{one.state.value[0]}{int(moment.timestamp()):x}"
    return about, kind, body
