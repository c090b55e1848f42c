"""What happens to a ticket after filing: somebody is assigned, it is closed with its final values.

Each is one transaction: ticket, assignment and what affinity learns from change together or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from triage.store.assignments import GivenTicket, end_assignment, going_on_among, put_assignment
from triage.store.database import Store
from triage.store.decided_values import decided_values
from triage.store.handled import HandledKind, note_handled
from triage.store.routing_tables import assignments
from triage.store.schema import tickets
from triage.store.solved import note_solved
from triage.store.work_rows import check_after_filing, lock_ticket, told_moment, write_ticket

__all__ = ["Handover", "close_ticket", "set_assignee"]

CLOSED = "closed"
_SOURCE = "_source"


@dataclass(frozen=True, slots=True)
class Handover:
    """What telling a ticket's assignee came to.

    Parameters
    ----------
    previous : str or None
        Who had it before.
    is_changed : bool
        False where the same agent had it for the same team already: then nothing was stored.
    """

    previous: str | None
    is_changed: bool


def set_assignee(
    store: Store,
    workspace: str,
    ticket_id: str,
    agent: str | None,
    *,
    assigned_by: str,
    team: str | None = None,
    at: datetime | None = None,
) -> Handover:
    """Store that a person or the helpdesk assigned a ticket, or took it back.

    Parameters
    ----------
    store : Store
        Where.
    workspace, ticket_id : str
        Which ticket.
    agent : str or None
        Who has it from now on; None: nobody.
    assigned_by : str
        Who said so.
    team : str or None, default=None
        For which team; None: the ticket's.
    at : datetime or None, default=None
        When, with a zone; None is now.

    Raises
    ------
    InputError
        If the moment is more than a day ahead.
    NotFoundError
        If the ticket is not stored.
    """
    moment = told_moment(at)
    with store.writing(workspace) as connection:
        row = lock_ticket(connection, workspace, ticket_id)
        labels = dict(row.labels)
        stands = going_on_among(store, workspace, [ticket_id]).get(ticket_id)
        ours = None if stands is None else stands.agent
        previous = labels.get("assignee") or ours
        own_team = team or labels.get("team")
        if labels.get("assignee") == agent and labels.get("team") == own_team and ours in (None, agent):
            if agent is not None or stands is not None:
                return Handover(previous, False)
        told = {"assignee": agent} | ({} if own_team is None else {"team": own_team})
        changes: dict[str, Any] = {"labels": _merged(labels, told)}
        if agent is None:
            # One that goes on without an agent keeps the ticket from being given again by the machine.
            back = GivenTicket(ticket_id, None, own_team, moment, assigned_by)
            put_assignment(store, workspace, back, is_counted=True)
            events = []
        else:
            changes["assigned_at"] = row.assigned_at or moment
            if previous not in (None, agent):
                changes["reassignments"] = (row.reassignments or 0) + 1
            # The fair share of a team counts by assignments: the ticket's team, whoever said so.
            if own_team is None:
                own_team = _team(store, workspace, stands, ticket_id, agent)
            given = GivenTicket(ticket_id, agent, own_team, moment, assigned_by)
            put_assignment(store, workspace, given, is_counted=True)
            events = [(ticket_id, agent, HandledKind.ASSIGNED, moment)]
        write_ticket(connection, workspace, ticket_id, changes)
        note_handled(connection, workspace, events)
        return Handover(previous, True)


def close_ticket(
    store: Store,
    workspace: str,
    ticket_id: str,
    *,
    labels: Mapping[str, str | None],
    status: str = CLOSED,
    at: datetime | None = None,
    resolution: str | None = None,
) -> None:
    """Store a ticket's final values and that it is done.

    Parameters
    ----------
    store : Store
        Where.
    workspace, ticket_id : str
        Which ticket.
    labels : Mapping of str to (str or None)
        Final value by field; None removes one, fields that are not named stay. ``assignee`` is who
        resolved it.
    status : str, default="closed"
        In the helpdesk's own words.
    at : datetime or None, default=None
        When, with a zone; None is now.
    resolution : str or None, default=None
        What solved it; None leaves what is stored.

    Raises
    ------
    InputError
        If the moment is more than a day ahead, or lies before the ticket was filed.
    NotFoundError
        If the ticket is not stored.
    """
    moment = told_moment(at)
    with store.writing(workspace) as connection:
        row = lock_ticket(connection, workspace, ticket_id)
        check_after_filing(moment, row.created_at, "a ticket's end")
        ours = _going_on(connection, workspace, ticket_id)
        before = row.labels.get("assignee")
        final = _merged(row.labels, labels)
        agent = final.get("assignee")
        changes: dict[str, Any] = {
            "labels": final,
            "status": status,
            "resolved_at": row.resolved_at or moment,
            "closed_at": moment,
        }
        if resolution is not None:
            told = {"workspace": workspace, "ticket_id": ticket_id, "resolution": resolution}
            changes["resolution"] = store.sealer.sealed(tickets, told)["resolution"]
        if agent is not None and (before or ours) not in (None, agent):
            changes["reassignments"] = (row.reassignments or 0) + 1
        end_assignment(store, workspace, ticket_id, moment)
        write_ticket(connection, workspace, ticket_id, changes)
        note_handled(
            connection,
            workspace,
            [] if agent is None else [(ticket_id, agent, HandledKind.RESOLVED, moment)],
        )
        note_solved(connection, workspace, [ticket_id])


def _team(store: Store, workspace: str, stands: GivenTicket | None, ticket_id: str, agent: str) -> str | None:
    if stands is not None and stands.agent == agent:
        return stands.team
    return decided_values(store, workspace, [ticket_id], "team").get(ticket_id)


def _going_on(connection: Connection, workspace: str, ticket_id: str) -> str | None:
    query = select(assignments.c.agent).where(
        assignments.c.workspace == workspace,
        assignments.c.ticket_id == ticket_id,
        assignments.c.ended_at.is_(None),
    )
    return connection.execute(query).scalars().first()


def _merged(labels: Mapping[str, str], told: Mapping[str, str | None]) -> dict[str, str]:
    # A source's own value belongs to the label that it was brought to.
    merged: dict[str, str | None] = {
        name: value for name, value in labels.items() if name.removesuffix(_SOURCE) not in told
    }
    merged |= told
    return {name: value for name, value in merged.items() if value is not None}
