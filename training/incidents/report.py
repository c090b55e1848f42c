"""What a history's suspected incidents come to: a threshold from its past, then a replay of the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from training.incidents.backtest import backtest
from training.incidents.threshold import BUDGET, LearntThreshold, learn_threshold
from triage.errors import HistoryError, InputError
from triage.incident import Incident, growth
from triage.ticket import Ticket
from triage.zone import find_zone

__all__ = ["IncidentReport", "replay_incidents"]


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """Incidents of the judged part of a history; ``learnt`` is None where the threshold was given."""

    incidents: tuple[Incident, ...]
    since: datetime
    until: datetime
    judged: int
    threshold: float
    learnt: LearntThreshold | None

    @property
    def days(self) -> float:
        """Length of the judged part."""
        return (self.until - self.since) / timedelta(days=1)

    @property
    def per_month(self) -> float:
        """Incidents in 30 days."""
        return 30 * len(self.incidents) / max(self.days, 1.0)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "judged_tickets": self.judged,
            "threshold": round(self.threshold, 4),
            "learnt_from_days": None if self.learnt is None else round(self.learnt.days, 1),
            "in_30_days": round(self.per_month, 3),
            "incidents": [_document(one) for one in self.incidents],
        }


def replay_incidents(
    tickets: Sequence[Ticket],
    *,
    since: str | None = None,
    zone: str = "UTC",
    budget: float = BUDGET,
    threshold: float | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> IncidentReport:
    """Go through a history and tell what would have been raised.

    Parameters
    ----------
    tickets : sequence of Ticket
        In any order; those without a time of filing are left out.
    since : str, optional
        ISO date or time from which tickets are judged; by default the middle of the history's time.
    zone : str, default="UTC"
        Zone of ``since`` where it carries none.
    budget : float, default=1
        False alarms in 30 days.
    threshold : float, optional
        By default learnt from the tickets before ``since``.
    progress : callable, optional
        Told the share done.

    Raises
    ------
    HistoryError
        If no ticket has a time of filing.
    InputError
        If ``since`` is no date, budget is not positive, or nothing is left to judge.
    """
    if budget <= 0:
        raise InputError(f"Got a budget of {budget:g}; expected false alarms in 30 days above 0.")
    dated = sorted(
        (one for one in tickets if one.created_at is not None),
        key=lambda one: (one.created_at, one.ticket_id),
    )
    if not dated:
        raise HistoryError(
            "Got a history without times of filing; expected created_at. `triage check` tells what is in it."
        )
    first, last = _filed(dated[0]), _filed(dated[-1])
    begin = first + (last - first) / 2 if since is None else _moment(since, zone)
    earlier = [one for one in dated if _filed(one) < begin]
    judged = len(dated) - len(earlier)
    if not judged:
        raise InputError(f"Got --from {since}; expected a day before the last ticket, {last:%Y-%m-%d}.")
    work = (len(earlier) if threshold is None else 0) + len(dated)
    learnt = None
    if threshold is None:
        learnt = learn_threshold(earlier, budget=budget, progress=lambda done: progress(done / work))
    needed = threshold if learnt is None else learnt.threshold
    before = work - len(dated)
    found = backtest(
        dated,
        threshold=lambda at: float(needed or 0.0),
        since=begin,
        progress=lambda done: progress((before + done) / work),
    )
    return IncidentReport(tuple(found), begin, last, judged, float(needed or 0.0), learnt)


def _filed(ticket: Ticket) -> datetime:
    if ticket.created_at is None:
        raise HistoryError("Got a ticket without created_at; expected only dated ones here.")
    return ticket.created_at


def _moment(given: str, zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise InputError(f"Got --from {given!r}; expected a date such as 2026-03-02.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=find_zone(zone))


def _document(one: Incident) -> dict[str, Any]:
    return {
        "incident_id": one.incident_id,
        "raised_at": one.raised_at.isoformat(),
        "raised_by": one.raised_by,
        "first_at": one.first_at.isoformat(),
        "last_at": one.last_at.isoformat(),
        "surprise": round(one.surprise, 3),
        "words": list(one.words),
        "ticket_ids": [member.ticket_id for member in one.members],
        "volume": {"tickets": one.volume.tickets, "expected": round(one.volume.expected, 1)},
        "growth": [{"start": start.isoformat(), "tickets": count} for start, count in growth(one)],
    }
