"""Suspected incidents as far as a caller sees their tickets, and whether they may say what one is.

The words of an incident stay as they are: many people's tickets have them, those in sight as well.
"""

from collections.abc import Sequence
from dataclasses import replace

from serving.caller import Caller
from serving.reach import reach_stored, reach_ticket
from serving.sight import work_in_sight
from triage.errors import ForbiddenError, NotFoundError
from triage.incident import Incident, IncidentState
from triage.store import Store
from triage.store.incidents import get_incident, list_incidents

__all__ = ["incident_in_sight", "incidents_in_sight", "newest_in_sight", "reach_incident"]

LOOKED_AT = 1_000
"""Newest incidents among which those in sight are looked for."""


def incidents_in_sight(store: Store, caller: Caller, found: Sequence[Incident]) -> list[Incident]:
    """Leave tickets out of a caller's sight out of incidents, and incidents of which no ticket is left."""
    sight = work_in_sight(store, caller)
    if sight.sees_all:
        return list(found)
    names = {member.ticket_id for one in found for member in one.members}
    names |= {one.parent_id for one in found if one.parent_id is not None}
    shown = sight.among(store, caller.workspace, names)
    seen = []
    for one in found:
        members = tuple(member for member in one.members if member.ticket_id in shown)
        if members:
            raised_by = one.raised_by if one.raised_by in shown else members[0].ticket_id
            parent_id = one.parent_id if one.parent_id in shown else None
            seen.append(replace(one, members=members, raised_by=raised_by, parent_id=parent_id))
    return seen


def newest_in_sight(store: Store, caller: Caller, state: IncidentState | None, limit: int) -> list[Incident]:
    """Return the newest incidents of which a caller sees a ticket, of one state or of all."""
    most = limit if work_in_sight(store, caller).sees_all else LOOKED_AT
    found = list_incidents(store, caller.workspace, state=state, limit=most)
    return incidents_in_sight(store, caller, found)[:limit]


def incident_in_sight(store: Store, caller: Caller, incident_id: str) -> Incident:
    """Return an incident as far as a caller sees it.

    Raises
    ------
    NotFoundError
        If there is none, or they see none of its tickets.
    """
    found = incidents_in_sight(store, caller, [get_incident(store, caller.workspace, incident_id)])
    if not found:
        raise NotFoundError(
            f"Got the incident {incident_id!r}; expected one of this workspace. List them: GET /v1/incidents."
        )
    return found[0]


def reach_incident(store: Store, caller: Caller, incident_id: str, parent_id: str | None = None) -> None:
    """See to it that a caller may say what an incident is: that links tickets, so they must reach them all.

    Raises
    ------
    NotFoundError
        If they see none of its tickets, or do not reach the parent.
    ForbiddenError
        If some of its tickets are with other teams.
    """
    if parent_id is not None:
        reach_ticket(store, caller, parent_id)
    incident_in_sight(store, caller, incident_id)
    if caller.teams is None:
        return
    members = get_incident(store, caller.workspace, incident_id).members
    try:
        reach_stored(store, caller, [one.ticket_id for one in members])
    except NotFoundError:
        raise ForbiddenError(
            f"Got an incident that has tickets of others than the teams {', '.join(sorted(caller.teams))}; "
            "expected one of theirs only. Somebody who reaches all teams can say what it is."
        ) from None
