"""How the promises of a workspace stand, from what the store holds."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from triage.sla.clock import Pause
from triage.sla.report import DueTicket, Kept, due_tickets, promises_kept
from triage.store.database import Store
from triage.store.sla_books import read_book
from triage.store.sla_pauses import list_pauses
from triage.store.tickets import iter_open_tickets, iter_past_tickets
from triage.ticket import PastTicket

__all__ = ["list_due", "report_kept"]


def list_due(store: Store, workspace: str, *, now: datetime, limit: int = 100) -> list[DueTicket]:
    """Return the promises still to be kept, the next to run out first, at most so many."""
    book = read_book(store, workspace).book
    found: list[DueTicket] = []
    for chunk in iter_open_tickets(store, workspace, changed_since=now):
        past = [one for one, _ in chunk]
        found += due_tickets(past, book, _pauses(store, workspace, past), now=now)
        found = sorted(found, key=lambda one: (one.due_at, one.ticket_id, one.target))[:limit]
    return found


def report_kept(
    store: Store,
    workspace: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
) -> list[Kept]:
    """Count by policy which promises of tickets filed between two moments were kept."""
    book = read_book(store, workspace).book
    tickets = list(_tickets(store, workspace, since, until))
    return promises_kept(tickets, book, _pauses(store, workspace, tickets), now=now)


def _tickets(
    store: Store, workspace: str, since: datetime | None, until: datetime | None
) -> Iterator[PastTicket]:
    for chunk in iter_past_tickets(store, workspace, since=since, until=until):
        yield from chunk


def _pauses(store: Store, workspace: str, past: Sequence[PastTicket]) -> dict[str, list[Pause]]:
    return list_pauses(store, workspace, [one.ticket.ticket_id for one in past])
