"""Where to raise a suspected incident: the lowest surprise that keeps to a budget of false alarms."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from training.incidents.backtest import backtest
from triage.incident import Incident
from triage.incident_watch import DEFAULT_THRESHOLD
from triage.ticket import Ticket

__all__ = ["BUDGET", "LearntThreshold", "learn_threshold", "solve_threshold"]

BUDGET = 1.0
"""False alarms that people are ready to look at, a month of 30 days."""

LOWEST = 4.0
"""No threshold lies below: among thousands of words in a day some are as surprising by chance."""

LEARN_FROM = timedelta(days=90)
"""Less judged history than this says nothing of one alarm a month."""

REACH = timedelta(days=365)
MOST_TICKETS = 60_000
TRUE_SHARE = 0.3
"""An incident of which so many tickets belong to an accepted one was no false alarm."""


@dataclass(frozen=True, slots=True)
class LearntThreshold:
    """A threshold and what it rests on.

    Parameters
    ----------
    threshold : float
        See :class:`triage.incident_watch.IncidentWatch`.
    days : float
        Days of history that were judged; 0 where they were too few and the default holds.
    alarms : int
        Incidents of these days at or above the threshold that nobody accepted.
    """

    threshold: float
    days: float
    alarms: int


def learn_threshold(
    tickets: Sequence[Ticket],
    *,
    budget: float = BUDGET,
    accepted: Collection[str] = (),
    progress: Callable[[int], None] = lambda done: None,
) -> LearntThreshold:
    """Learn from the newest year of a history where to raise incidents.

    Whatever would have been raised in it counts as a false alarm, unless people accepted it: real incidents
    that nobody named make the threshold stricter, never looser.

    Parameters
    ----------
    tickets : sequence of Ticket
        In order of filing.
    budget : float, default=1
        False alarms in 30 days.
    accepted : collection of str, default=()
        Tickets of accepted incidents.
    progress : callable, optional
        Told how many tickets are done.
    """
    dated = [(one.created_at, one) for one in tickets if one.created_at is not None][-MOST_TICKETS:]
    if not dated:
        return LearntThreshold(DEFAULT_THRESHOLD, 0.0, 0)
    last = dated[-1][0]
    begin = max(dated[0][0], last - REACH)
    reached = [one for at, one in dated if at >= begin]
    span = last - begin
    if span < LEARN_FROM:
        return LearntThreshold(DEFAULT_THRESHOLD, 0.0, 0)
    found = backtest(reached, threshold=lambda at: LOWEST, accepted=accepted, progress=progress)
    return solve_threshold(found, span / timedelta(days=1), budget=budget, accepted=accepted)


def solve_threshold(
    incidents: Sequence[Incident], days: float, *, budget: float = BUDGET, accepted: Collection[str] = ()
) -> LearntThreshold:
    """Return the lowest threshold at which no more incidents than the budget allows would have been raised.

    Parameters
    ----------
    incidents : sequence of Incident
        Of a backtest at a threshold low enough; each would have been raised by any threshold up to its
        highest surprise.
    days : float
        How long the backtest was.
    budget : float, default=1
        False alarms in 30 days.
    accepted : collection of str, default=()
        Tickets of accepted incidents.

    Examples
    --------
    >>> solve_threshold([], 90).threshold
    4.0
    """
    known = set(accepted)
    false = sorted(
        (
            one.surprise
            for one in incidents
            if sum(member.ticket_id in known for member in one.members) < TRUE_SHARE * len(one.members)
        ),
        reverse=True,
    )
    allowed = int(budget * days / 30)
    # A hair above the first one that is too many.
    threshold = max(LOWEST, false[allowed] + 0.01) if len(false) > allowed else LOWEST
    return LearntThreshold(threshold, days, sum(one >= threshold for one in false))
