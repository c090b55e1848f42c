"""Goes through a history as it came, and tells which suspected incidents would have been raised."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from features.burst_words import burst_words
from features.word_bursts import WordBursts
from triage.incident import Incident, Sighting
from triage.incident_watch import IncidentWatch
from triage.ticket import Ticket

__all__ = ["backtest"]

Progress = Callable[[int], None]


def backtest(
    tickets: Sequence[Ticket],
    *,
    threshold: Callable[[datetime], float],
    since: datetime | None = None,
    workspace: str = "backtest",
    accepted: Collection[str] = (),
    progress: Progress = lambda done: None,
) -> list[Incident]:
    """Return the incidents of a history as they were in the end, in the order in which they were raised.

    Parameters
    ----------
    tickets : sequence of Ticket
        In order of filing; those without a time are left out.
    threshold : callable
        What surprise an incident needs at a moment.
    since : datetime, optional
        Only tickets filed from then on are judged; the earlier ones say what is usual.
    workspace : str, default="backtest"
        Part of an incident's identity.
    accepted : collection of str, default=()
        Tickets of incidents that people accepted: they are not what is usual.
    progress : callable, optional
        Told how many tickets are done.
    """
    bursts = WordBursts()
    bursts.leave_out(accepted)
    watch = IncidentWatch(workspace)
    found: dict[str, Incident] = {}
    for done, ticket in enumerate(tickets, start=1):
        if ticket.created_at is None:
            continue
        words = burst_words(ticket)
        counts = bursts.add(
            ticket.ticket_id,
            ticket.created_at.timestamp(),
            words,
            requester=ticket.requester,
            product=ticket.product,
        )
        if since is not None and ticket.created_at < since:
            watch.learn(Sighting(ticket.ticket_id, ticket.created_at, words))
        else:
            watch.threshold = threshold(ticket.created_at)
            told = tuple(bursts.measure(words)) if counts else ()
            seen = Sighting(ticket.ticket_id, ticket.created_at, words, told)
            incident = watch.see(seen, bursts.measure, bursts.volume)
            if incident is not None:
                found[incident.incident_id] = incident
        if done % 256 == 0:
            progress(done)
    progress(len(tickets))
    return sorted(found.values(), key=lambda one: (one.raised_at, one.incident_id))
