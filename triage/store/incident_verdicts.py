"""What people said of suspected incidents: accepted with a parent for their tickets, or dismissed."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from triage.errors import ConflictError, NotFoundError
from triage.incident import Incident, IncidentState
from triage.store.database import Store
from triage.store.incident_messages import message_of
from triage.store.incident_tables import incidents
from triage.store.incidents import get_incident
from triage.store.outbox import put_messages
from triage.store.parents import check_parent, link_children, unlink_incident

__all__ = ["accept_incident", "dismiss_incident"]


def accept_incident(
    store: Store,
    workspace: str,
    incident_id: str,
    actor: str,
    *,
    parent_id: str | None = None,
    preferred: Sequence[str] = (),
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
        A stored ticket; by default the first that is nobody's child, of those preferred, then of all.
    preferred : sequence of str, default=()
        Tickets of the incident that show best what it is about, best first.
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
    with store.writing(workspace) as connection:
        _lock(connection, workspace, incident_id)
        incident = get_incident(store, workspace, incident_id)
        if incident.state is IncidentState.ACCEPTED:
            if parent_id in (None, incident.parent_id):
                return incident
            raise ConflictError(
                f"Got {parent_id!r} as parent of incident {incident_id!r}, which was accepted with "
                f"{incident.parent_id!r}. Dismiss it first, then accept it with the other parent."
            )
        parent = parent_id or _first_free(connection, workspace, incident, preferred)
        check_parent(connection, workspace, parent)
        _judge(connection, workspace, incident_id, IncidentState.ACCEPTED, parent, actor, moment)
        ids = [member.ticket_id for member in incident.members]
        link_children(connection, workspace, parent, ids, incident_id, actor, moment)
        judged = get_incident(store, workspace, incident_id)
        put_messages(store, workspace, [message_of(workspace, judged, moment)], now=moment)
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
    with store.writing(workspace) as connection:
        _lock(connection, workspace, incident_id)
        incident = get_incident(store, workspace, incident_id)
        if incident.state is IncidentState.DISMISSED:
            return incident
        _judge(connection, workspace, incident_id, IncidentState.DISMISSED, None, actor, moment)
        unlink_incident(connection, workspace, incident_id)
        judged = get_incident(store, workspace, incident_id)
        put_messages(store, workspace, [message_of(workspace, judged, moment)], now=moment)
    return judged


def _judge(
    connection: Connection,
    workspace: str,
    incident_id: str,
    state: IncidentState,
    parent_id: str | None,
    actor: str,
    now: datetime,
) -> None:
    connection.execute(
        update(incidents)
        .where(incidents.c.workspace == workspace, incidents.c.incident_id == incident_id)
        .values(state=state.value, parent_id=parent_id, judged_at=now, judged_by=actor)
    )


def _lock(connection: Connection, workspace: str, incident_id: str) -> None:
    """Let two people who judge one incident at once do so one after the other."""
    connection.execute(
        select(incidents.c.incident_id)
        .where(incidents.c.workspace == workspace, incidents.c.incident_id == incident_id)
        .with_for_update()
    ).first()


def _first_free(connection: Connection, workspace: str, incident: Incident, preferred: Sequence[str]) -> str:
    mine = [member.ticket_id for member in incident.members]
    for ticket_id in (*preferred, *mine):
        try:
            check_parent(connection, workspace, ticket_id)
        except (ConflictError, NotFoundError):
            continue
        return ticket_id
    raise ConflictError(
        f"Got incident {incident.incident_id!r}, whose tickets are all children of others or gone; "
        "expected a parent. Give parent_id."
    )
