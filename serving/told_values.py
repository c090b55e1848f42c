"""What a person set on a ticket that is sent to be decided: kept with it, it goes before what is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from triage.store import Store
from triage.store.assignments import DONE
from triage.store.work import set_assignee
from triage.ticket import PastTicket, Ticket

__all__ = ["ASSIGNEE", "as_filed", "as_told", "is_done", "keep_assignees"]

ASSIGNEE = "assignee"
TOLD_BY = "helpdesk"


def as_told(ticket: Ticket, labels: Mapping[str, str] | None) -> Ticket:
    """Return a ticket with the values that people told of it before, where none is sent."""
    if not labels:
        return ticket
    return replace(
        ticket, values={**labels, **{name: value for name, value in ticket.values.items() if value}}
    )


def as_filed(ticket: Ticket, stands: PastTicket | None) -> PastTicket:
    """Return a ticket as it is to be stored: what became of it stays, values sent with it count.

    The assignee of an open ticket is left to :func:`keep_assignees`.
    """
    told = {name: value for name, value in ticket.values.items() if value}
    if stands is None:
        told.pop(ASSIGNEE, None)
        return PastTicket(ticket, told)
    if not is_done(stands):
        told.pop(ASSIGNEE, None)
    # A source's own value belongs to the label that it was brought to.
    own = {
        name: value
        for name, value in stands.source_values.items()
        if told.get(name, stands.labels.get(name)) == stands.labels.get(name)
    }
    return replace(stands, ticket=ticket, labels={**stands.labels, **told}, source_values=own)


def keep_assignees(store: Store, workspace: str, past: Sequence[PastTicket], now: datetime) -> None:
    """Store who has the tickets that name their assignee; joins this thread's open transaction.

    Load, fair share and what is learnt follow, as where the helpdesk tells an assignee afterwards.
    """
    for one in past:
        agent = one.ticket.values.get(ASSIGNEE)
        if agent and not is_done(one):
            set_assignee(store, workspace, one.ticket.ticket_id, agent, assigned_by=TOLD_BY, at=now)


def is_done(past: PastTicket) -> bool:
    """Whether a stored ticket is over; one without a status is open until somebody says when it ended."""
    is_over = past.resolved_at is not None or past.closed_at is not None
    return is_over or (past.status is not None and past.status.lower() in DONE)
