"""A ticket as a row of its table, and back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from triage.store.schema import tickets
from triage.store.sealer import Sealer
from triage.ticket import FIELDS, PastTicket, Ticket

__all__ = ["SOURCE", "from_row", "to_row"]

_FILED = ("subject", "body", "created_at", "requester", "organization", "channel", "product", "language")
_LATER = (
    "status",
    "resolution",
    "assigned_at",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "reopened",
    "reassignments",
    "made_sla",
)
SOURCE = "_source"
"""Ends the name under which a source's own value of a field stands among the labels."""


def to_row(workspace: str, past: PastTicket, source: str, moment: datetime) -> dict[str, Any]:
    """Return the row of a ticket, in the clear."""
    ticket = past.ticket
    labels = dict(past.labels)
    for name, value in past.source_values.items():
        labels[name + SOURCE] = value
    return {
        "workspace": workspace,
        "ticket_id": ticket.ticket_id,
        "tags": list(ticket.tags),
        "custom": dict(ticket.custom),
        "labels": labels,
        "source": source,
        "updated_at": moment,
        **{name: getattr(ticket, name) for name in _FILED},
        **{name: getattr(past, name) for name in _LATER},
    }


def from_row(sealer: Sealer, row: Row[Any]) -> PastTicket:
    """Return the ticket of a row with all columns.

    Raises
    ------
    SealError
        If what is encrypted in it cannot be opened.
    """
    told = sealer.opened(tickets, row._asdict())
    ticket = Ticket(
        row.ticket_id,
        tags=tuple(row.tags),
        custom=dict(told["custom"]),
        **{name: told[name] for name in _FILED},
    )
    stored: dict[str, str] = row.labels
    return PastTicket(
        ticket,
        {name: value for name, value in stored.items() if name in FIELDS},
        source_values={
            name.removesuffix(SOURCE): value for name, value in stored.items() if name not in FIELDS
        },
        **{name: told[name] for name in _LATER},
    )
