"""One look at the promises of all workspaces: pauses noted, events raised, messages put out, none sent."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from features.business_time import with_public_holidays
from triage.sla.clock import Pause
from triage.sla.events import SlaEvent, events_of
from triage.store import Store
from triage.store.outbox import put_messages
from triage.store.sla_books import StoredBook, list_books, write_book
from triage.store.sla_events import raise_events
from triage.store.sla_outlooks import told_more
from triage.store.sla_pauses import begin_pause, end_pause, list_pauses
from triage.store.tickets import get_ticket, iter_open_tickets
from triage.ticket import PastTicket

__all__ = ["raise_due_events"]

LOOK_BACK = timedelta(days=1)
"""Tickets solved within so long are looked at too: a promise may have been broken while no worker ran."""

ACTOR = "worker"

log = logging.getLogger(__name__)


def raise_due_events(store: Store, *, now: datetime) -> int:
    """Raise what fell due in every workspace with an SLA book; return how many events are new.

    Doing it twice, or by several workers at once, raises each event once: ids follow from what events are
    about. Event and message are kept in one transaction.

    Parameters
    ----------
    store : Store
        Holds books, tickets, pauses, events and the outbox.
    now : datetime
        With a zone.
    """
    raised = 0
    for workspace, stored in list_books(store).items():
        stored = _with_holidays(store, workspace, stored, now)
        for chunk in iter_open_tickets(store, workspace, changed_since=now - LOOK_BACK):
            pauses = _note_pauses(store, workspace, stored, chunk)
            known, _ = told_more(store, workspace, [past for past, _ in chunk])
            found = [
                event
                for past in known
                for event in events_of(
                    workspace,
                    past,
                    stored.book,
                    pauses.get(past.ticket.ticket_id, ()),
                    now=now,
                    since=stored.in_force_from,
                )
            ]
            if found:
                with store.writing(workspace):
                    new = raise_events(store, workspace, found, now=now)
                    messages = [(one.event_id, f"sla.{one.kind.value}", _body(workspace, one)) for one in new]
                    put_messages(store, workspace, messages, now=now)
                raised += len(new)
    if raised:
        log.info("raised %s events of promises", raised)
    return raised


def _with_holidays(store: Store, workspace: str, stored: StoredBook, now: datetime) -> StoredBook:
    """Write down the holidays to come where a calendar of a country has none of next year yet."""
    lacking = any(
        one.country and max((day.year for day in one.holidays), default=0) <= now.year
        for one in stored.book.calendars.values()
    )
    if not lacking:
        return stored
    book = with_public_holidays(stored.book, now.date())
    return write_book(store, workspace, book, ACTOR, expected_version=stored.version, is_upkeep=True, now=now)


def _note_pauses(
    store: Store, workspace: str, stored: StoredBook, chunk: Sequence[tuple[PastTicket, datetime]]
) -> dict[str, list[Pause]]:
    """Begin and end pauses by the tickets' states; a state is as old as the ticket's last change."""
    ids = [past.ticket.ticket_id for past, _ in chunk]
    known = list_pauses(store, workspace, ids)
    changed = False
    for past, changed_at in chunk:
        name = past.ticket.ticket_id
        is_paused = any(one.ended_at is None for one in known.get(name, ()))
        waits = stored.book.is_waiting(past.status) and not stored.book.is_done(past)
        if waits == is_paused or not _still_so(store, workspace, past, is_paused):
            continue
        changed = True
        if waits:
            begin_pause(store, workspace, name, changed_at)
        else:
            end_pause(store, workspace, name, past.resolved_at or past.closed_at or changed_at)
    return list_pauses(store, workspace, ids) if changed else known


def _still_so(store: Store, workspace: str, past: PastTicket, is_paused: bool) -> bool:
    """Tell whether status and pause are as they were read: a server notes both at once, between our readings.

    Pauses are read before the status, so that a status of before never meets a pause of after.
    """
    name = past.ticket.ticket_id
    pauses = list_pauses(store, workspace, [name]).get(name, ())
    stands = get_ticket(store, workspace, name)
    return any(one.ended_at is None for one in pauses) == is_paused and (
        stands is not None and (stands.status, stands.closed_at) == (past.status, past.closed_at)
    )


def _body(workspace: str, one: SlaEvent) -> dict[str, Any]:
    """Return what a receiver gets; no word of the ticket's text."""
    return {
        "type": f"sla.{one.kind.value}",
        "timestamp": one.fell_due_at.isoformat(),
        "data": {
            "event_id": one.event_id,
            "workspace": workspace,
            "ticket_id": one.ticket_id,
            "policy": one.policy,
            "target": one.target.value,
            "share": one.share,
            "to": one.to,
            "recipient": one.recipient,
            "due_at": one.due_at.isoformat(),
        },
    }
