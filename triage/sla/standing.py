"""How the promises of one open ticket stand at a moment: due when, how much is left, how endangered."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from triage.sla.book import SlaBook
from triage.sla.clock import Pause, spent
from triage.sla.events import clocks_of, finished_at, pauses_of
from triage.sla.foresight import Foresight
from triage.sla.policy import SlaPolicy, Target
from triage.ticket import PastTicket

__all__ = ["PromiseState", "Standing", "exposure_of", "standings_of"]

_HOUR = timedelta(hours=1)


class PromiseState(StrEnum):
    """Whether a promise that is still to be kept can be."""

    RUNNING = "running"
    PAUSED = "paused"
    """The requester is waited for: the clock stands still."""
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Standing:
    """One promise of an open ticket.

    Parameters
    ----------
    target : Target
        Response or resolution.
    due_at : datetime
        When it runs out; of a paused one, if the pause ended now.
    state : PromiseState
        Running, paused or overdue.
    left : timedelta
        Business time until then; negative when overdue.
    share_gone : float
        Share of its business time that has passed; above 1 when overdue.
    breach_probability : float or None
        That the solution comes too late, given that the ticket is still open; 1 when overdue. None of a
        response, and where nothing was foreseen.
    """

    target: Target
    due_at: datetime
    state: PromiseState
    left: timedelta
    share_gone: float
    breach_probability: float | None = None

    @property
    def exposure(self) -> float:
        """How endangered it is, see :func:`exposure_of`."""
        return exposure_of(self.share_gone, self.breach_probability)


def exposure_of(share_gone: float, breach_probability: float | None) -> float:
    """Return how endangered a promise is: 0 nothing, 1 due now or certain to be missed.

    The share of its time that has passed, or the probability of missing it where that is greater. Beyond 1
    it grows as the logarithm does: a promise missed by days is no hundred times as pressing as one that can
    still be kept.

    Examples
    --------
    >>> exposure_of(0.5, None), exposure_of(0.5, 0.8), round(exposure_of(3.0, 1.0), 1)
    (0.5, 0.8, 2.1)
    """
    gone = share_gone if share_gone <= 1.0 else 1.0 + math.log(share_gone)
    return max(gone, breach_probability or 0.0)


def standings_of(
    past: PastTicket,
    book: SlaBook,
    pauses: Sequence[Pause] = (),
    foresight: Foresight | None = None,
    *,
    now: datetime,
) -> tuple[SlaPolicy | None, list[Standing]]:
    """Return the policy of a ticket and how each promise stands that is still to be kept.

    Parameters
    ----------
    past : PastTicket
        As stored; its labels say which policy holds. One that is done has nothing to keep.
    book : SlaBook
        What is promised.
    pauses : sequence of Pause, optional
        Of this ticket.
    foresight : Foresight, optional
        What was expected of it when it was filed.
    now : datetime
        With a zone.
    """
    filed = past.ticket.created_at
    if filed is None or book.is_done(past):
        return None, []
    policy, clocks = clocks_of(past, book, pauses, now=now)
    if policy is None:
        return None, []
    calendar = book.calendar_of(policy)
    found = []
    for target, due in clocks.items():
        if finished_at(past, target) is not None:
            continue
        waits = pauses_of(target, pauses)
        span = policy.targets[target]
        gone = spent(calendar, filed, now, pauses=waits)
        is_overdue = due <= now
        if is_overdue:
            state = PromiseState.OVERDUE
        elif any(one.ended_at is None for one in waits):
            state = PromiseState.PAUSED
        else:
            state = PromiseState.RUNNING
        probability = None
        if target is Target.RESOLUTION and foresight is not None:
            probability = foresight.breach_after((due - filed) / _HOUR, (now - filed) / _HOUR)
        if is_overdue and target is Target.RESOLUTION:
            probability = 1.0
        found.append(Standing(target, due, state, span - gone, gone / span, probability))
    return policy, found
