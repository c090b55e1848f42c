"""How promises stand: what is due next, and what was kept. Counts; reads no store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.sla.book import SlaBook
from triage.sla.clock import Pause
from triage.sla.events import clocks_of, finished_at
from triage.sla.policy import Target
from triage.ticket import PastTicket

__all__ = ["DueTicket", "Kept", "due_tickets", "promises_kept"]


@dataclass(frozen=True, slots=True)
class DueTicket:
    """A promise that is still to be kept; ``is_paused`` while the requester is waited for."""

    ticket_id: str
    policy: str
    target: Target
    due_at: datetime
    priority: str | None
    team: str | None
    assignee: str | None
    is_paused: bool

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it has run out."""
        return self.due_at <= now


@dataclass(frozen=True, slots=True)
class Kept:
    """Of the tickets of one policy, how one target went.

    Parameters
    ----------
    policy : str
        Its name.
    target : Target
        Response or resolution.
    kept, broken : int
        Tickets that were answered or solved in time or too late, or that have run out and still wait.
    waiting : int
        Tickets whose target has not run out.
    """

    policy: str
    target: Target
    kept: int
    broken: int
    waiting: int


def due_tickets(
    tickets: Iterable[PastTicket],
    book: SlaBook,
    pauses: Mapping[str, Sequence[Pause]],
    *,
    now: datetime,
) -> list[DueTicket]:
    """Return the promises still to be kept, the next to run out first.

    Parameters
    ----------
    tickets : iterable of PastTicket
        Those that are done are passed over.
    book : SlaBook
        What is promised.
    pauses : Mapping of str to sequence of Pause
        By ticket id.
    now : datetime
        With a zone.
    """
    found = []
    for past in tickets:
        name = past.ticket.ticket_id
        waits = pauses.get(name, ())
        policy, clocks = clocks_of(past, book, waits, now=now)
        if policy is None or book.is_done(past):
            continue
        is_paused = any(one.ended_at is None for one in waits)
        found += [
            DueTicket(
                name,
                policy.name,
                target,
                due,
                past.labels.get("priority"),
                past.labels.get("team"),
                past.labels.get("assignee"),
                is_paused and target is Target.RESOLUTION,
            )
            for target, due in clocks.items()
            if finished_at(past, target) is None
        ]
    return sorted(found, key=lambda one: (one.due_at, one.ticket_id, one.target))


def promises_kept(
    tickets: Iterable[PastTicket],
    book: SlaBook,
    pauses: Mapping[str, Sequence[Pause]],
    *,
    now: datetime,
) -> list[Kept]:
    """Count by policy, in the book's order, which targets were kept; the arguments are those above.

    A ticket that is done without a time is left out: nobody knows.
    """
    counts: dict[tuple[str, Target], list[int]] = {
        (policy.name, target): [0, 0, 0] for policy in book.policies for target in policy.targets
    }
    for past in tickets:
        policy, clocks = clocks_of(past, book, pauses.get(past.ticket.ticket_id, ()), now=now)
        if policy is None:
            continue
        for target, due in clocks.items():
            finished = finished_at(past, target)
            if finished is None and book.is_done(past):
                continue
            place = int(finished > due) if finished is not None else 1 if due <= now else 2
            counts[policy.name, target][place] += 1
    return [Kept(name, target, *three) for (name, target), three in counts.items()]
