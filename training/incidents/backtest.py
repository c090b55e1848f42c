"""Goes through a history as it came, and tells which suspected incidents would have been raised."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from features.ticket_sight import sight
from features.word_bursts import WordBursts
from triage.incident import Incident
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
        if ticket.created_at is not None:
            seen = sight(
                bursts, ticket, ticket.created_at, judged=since is None or ticket.created_at >= since
            )
            if since is not None and ticket.created_at < since:
                watch.learn(seen)
            else:
                watch.threshold = threshold(ticket.created_at)
                incident = watch.see(seen, bursts)
                if incident is not None:
                    found[incident.incident_id] = incident
        if done % 256 == 0:
            progress(done)
    progress(len(tickets))
    return sorted(found.values(), key=lambda one: (one.raised_at, one.incident_id))
