"""A suspected incident as people look at it: its growth, and the tickets that show best what it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from features.burst_words import burst_words
from triage.incident import Incident, growth
from triage.store import Store
from triage.store.tickets import get_tickets

__all__ = ["ExampleTicket", "IncidentView", "view_incident", "view_incidents"]

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
    """An incident with its growth in steps of equal length, and examples of its tickets."""

    incident: Incident
    step: timedelta
    growth: tuple[tuple[datetime, int], ...]
    examples: tuple[ExampleTicket, ...]


def view_incident(store: Store, workspace: str, incident: Incident) -> IncidentView:
    """Gather what is shown of one incident; see :func:`view_incidents`."""
    return view_incidents(store, workspace, [incident])[0]


def view_incidents(store: Store, workspace: str, incidents: Sequence[Incident]) -> list[IncidentView]:
    """Gather what is shown of incidents.

    Examples are the tickets with most of the incident's words, among its first 200; the earliest of equals.
    Growth is told by the hour, in longer steps where that would be more than 96.
    """
    wanted = {m.ticket_id for one in incidents for m in one.members[:LOOKED_AT]}
    stored = get_tickets(store, workspace, sorted(wanted))
    views = []
    for one in incidents:
        counted = {burst.word for burst in one.bursts}
        ranked = [
            (-len(counted & set(burst_words(stored[member.ticket_id].ticket))), order, member)
            for order, member in enumerate(one.members[:LOOKED_AT])
            if member.ticket_id in stored
        ]
        examples = tuple(
            ExampleTicket(member.ticket_id, member.filed_at, stored[member.ticket_id].ticket.subject)
            for _, _, member in sorted(ranked, key=lambda entry: entry[:2])[:EXAMPLES]
        )
        lasted = one.last_at - one.first_at
        step = next((step for step in STEPS if lasted / step < MOST_STEPS), STEPS[-1])
        views.append(IncidentView(one, step, tuple(growth(one, step)), examples))
    return views
