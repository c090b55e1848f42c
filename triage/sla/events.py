"""What has happened to the promises of a ticket: reminders, escalations and breaches that fell due.

An event's id follows from what it is about, so that finding it twice gives one event.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.sla.book import SlaBook
from triage.sla.clock import Pause, due_at
from triage.sla.policy import SlaPolicy, StepKind, Target
from triage.ticket import PastTicket

__all__ = ["SlaEvent", "clocks_of", "events_of", "finished_at", "pauses_of"]


@dataclass(frozen=True, slots=True)
class SlaEvent:
    """One thing that somebody is told.

    Parameters
    ----------
    event_id : str
        The same whenever the same event is found again.
    ticket_id : str
        Whose promise it is.
    policy : str
        Name of the policy.
    target : Target
        Response or resolution.
    kind : StepKind
        Reminder, escalation or breach.
    share : float
        Of the target that was used up when it fell due; 1 for a breach.
    to : str
        As the policy says it: ``assignee``, ``team`` or a name.
    recipient : str or None
        Who that is; of an unassigned ticket's assignee its team; None when nobody knows.
    fell_due_at : datetime
        When the step was reached.
    due_at : datetime
        When the target runs out or ran out.
    """

    event_id: str
    ticket_id: str
    policy: str
    target: Target
    kind: StepKind
    share: float
    to: str
    recipient: str | None
    fell_due_at: datetime
    due_at: datetime


def finished_at(past: PastTicket, target: Target) -> datetime | None:
    """Return when a target was reached, None while it is not; a solution is also an answer."""
    solved = past.resolved_at or past.closed_at
    return solved if target is Target.RESOLUTION else past.first_response_at or solved


def clocks_of(
    past: PastTicket, book: SlaBook, pauses: Sequence[Pause] = (), *, now: datetime
) -> tuple[SlaPolicy | None, dict[Target, datetime]]:
    """Return the policy of a stored ticket and, by target, when it runs out; nothing without a filing time.

    Pauses hold up the solution only: the first answer is owed whoever is waited for.
    """
    policy = book.policy_for(past.ticket, dict(past.labels))
    if policy is None or past.ticket.created_at is None:
        return None, {}
    calendar = book.calendar_of(policy)
    return policy, {
        target: due_at(calendar, past.ticket.created_at, span, pauses=pauses_of(target, pauses), now=now)
        for target, span in policy.targets.items()
    }


def events_of(
    workspace: str,
    past: PastTicket,
    book: SlaBook,
    pauses: Sequence[Pause] = (),
    *,
    now: datetime,
    since: datetime | None = None,
) -> list[SlaEvent]:
    """Return the events of a ticket that fell due by now, earliest first.

    Whoever has answered or solved a ticket is told nothing more of that target, but a breach before that
    is one. While the requester is waited for, nothing of the solution falls due.

    Parameters
    ----------
    workspace : str
        Whose ticket it is; part of the ids.
    past : PastTicket
        With an id.
    book : SlaBook
        What is promised.
    pauses : sequence of Pause, optional
        Of this ticket.
    now : datetime
        With a zone.
    since : datetime, optional
        Earlier events are left out, as those before there were promises.
    """
    policy, clocks = clocks_of(past, book, pauses, now=now)
    filed = past.ticket.created_at
    if policy is None or filed is None:
        return []
    found = [
        event
        for target, due in clocks.items()
        for event in _events(
            workspace, past, book, policy, target, filed, due, pauses_of(target, pauses), now
        )
        if since is None or event.fell_due_at >= since
    ]
    return sorted(found, key=lambda one: (one.fell_due_at, one.event_id))


def _events(
    workspace: str,
    past: PastTicket,
    book: SlaBook,
    policy: SlaPolicy,
    target: Target,
    filed: datetime,
    due: datetime,
    pauses: Sequence[Pause],
    now: datetime,
) -> Iterator[SlaEvent]:
    finished = finished_at(past, target)

    def event(kind: StepKind, share: float, to: str, at: datetime) -> SlaEvent:
        about = "\n".join((workspace, past.ticket.ticket_id, policy.name, target, kind, repr(share), to))
        return SlaEvent(
            hashlib.sha256(about.encode()).hexdigest()[:40],
            past.ticket.ticket_id,
            policy.name,
            target,
            kind,
            share,
            to,
            _recipient(past, to),
            at,
            due,
        )

    if finished is not None:
        if due < finished:
            yield event(StepKind.BREACH, 1.0, "team", due)
        return
    # A ticket that ended without a time is known to be over, not when: nothing is said of it.
    if book.is_done(past):
        return
    if due <= now:
        yield event(StepKind.BREACH, 1.0, "team", due)
    for step in policy.steps:
        if step.target in (None, target):
            span = policy.targets[target] * step.at
            at = due_at(book.calendar_of(policy), filed, span, pauses=pauses, now=now)
            if at <= now:
                yield event(step.kind, step.at, step.to, at)


def pauses_of(target: Target, pauses: Sequence[Pause]) -> Sequence[Pause]:
    """Return the pauses that hold up a target: those of the solution, of the first answer none."""
    return pauses if target is Target.RESOLUTION else ()


def _recipient(past: PastTicket, to: str) -> str | None:
    if to == "assignee":
        return past.labels.get("assignee") or past.labels.get("team")
    return past.labels.get("team") if to == "team" else to
