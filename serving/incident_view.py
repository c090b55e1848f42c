"""A suspected incident as people look at it: its growth, and the tickets that show best what it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from features.burst_words import burst_words
from triage.incident import Incident, IncidentState, Member, growth
from triage.store import Store
from triage.store.parents import parent_of
from triage.store.tickets import get_tickets
from triage.ticket import PastTicket

__all__ = ["ExampleTicket", "IncidentView", "most_alike", "view_incident", "view_incidents"]

LOOKED_AT = 200
"""Tickets of an incident among which the most telling are looked for."""

EXAMPLES = 5
MOST_STEPS = 96
STEPS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))


@dataclass(frozen=True, slots=True)
class ExampleTicket:
    """One of an incident's tickets with its subject."""

    ticket_id: str
    filed_at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident with its growth in steps of equal length, examples, and the parent that it would get.

    ``suggested_parent`` is what accepting takes where nobody names one; None once accepted, or where every
    ticket that shows what it is about is a child already.
    """

    incident: Incident
    step: timedelta
    growth: tuple[tuple[datetime, int], ...]
    examples: tuple[ExampleTicket, ...]
    suggested_parent: str | None


def view_incident(store: Store, workspace: str, incident: Incident) -> IncidentView:
    """Gather what is shown of one incident; see :func:`view_incidents`."""
    return view_incidents(store, workspace, [incident])[0]


def view_incidents(store: Store, workspace: str, incidents: Sequence[Incident]) -> list[IncidentView]:
    """Gather what is shown of incidents.

    Examples are the tickets with most of the incident's words, among its first 200; the earliest of equals.
    The first of them that is nobody's child is the parent that accepting takes by default.
    Growth is told by the hour, in longer steps where that would be more than 96.
    """
    wanted = {m.ticket_id for one in incidents for m in one.members[:LOOKED_AT]}
    stored = get_tickets(store, workspace, sorted(wanted))
    views = []
    for one in incidents:
        ranked = _ranked(one, stored)
        examples = tuple(
            ExampleTicket(member.ticket_id, member.filed_at, stored[member.ticket_id].ticket.subject)
            for member in ranked[:EXAMPLES]
        )
        lasted = one.last_at - one.first_at
        step = next((step for step in STEPS if lasted / step < MOST_STEPS), STEPS[-1])
        parent = None
        if one.state is not IncidentState.ACCEPTED:
            names = (member.ticket_id for member in ranked)
            parent = next((name for name in names if parent_of(store, workspace, name) is None), None)
        views.append(IncidentView(one, step, tuple(growth(one, step)), examples, parent))
    return views


def most_alike(store: Store, workspace: str, incident: Incident) -> tuple[str, ...]:
    """Return ids of an incident's stored tickets, those first that show best what it is about."""
    names = [member.ticket_id for member in incident.members[:LOOKED_AT]]
    return tuple(one.ticket_id for one in _ranked(incident, get_tickets(store, workspace, names)))


def _ranked(incident: Incident, stored: Mapping[str, PastTicket]) -> list[Member]:
    """Return the first tickets that are stored, by how many of the incident's words they have."""
    counted = {burst.word for burst in incident.bursts}
    kept = [member for member in incident.members[:LOOKED_AT] if member.ticket_id in stored]
    shared = {
        member.ticket_id: len(counted & set(burst_words(stored[member.ticket_id].ticket))) for member in kept
    }
    return sorted(kept, key=lambda member: -shared[member.ticket_id])
