"""In which order one agent's open tickets are worked on, and why. Hands no ticket to anybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.errors import InputError
from triage.routing.queue_policy import QueuePolicy

__all__ = ["Queued", "Waiting", "order_queue"]

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open ticket.

    Parameters
    ----------
    ticket_id : str
        Identity.
    filed_at : datetime
        With a zone.
    priority : str or None, default=None
        See :data:`triage.priority.PRIORITIES`, or the helpdesk's own.
    due_at : datetime or None, default=None
        When its next SLA target is missed, with a zone; None without a target.
    breach_probability : float or None, default=None
        That the target will be missed, where it was predicted.
    """

    ticket_id: str
    filed_at: datetime
    priority: str | None = None
    due_at: datetime | None = None
    breach_probability: float | None = None

    def __post_init__(self) -> None:
        probability = self.breach_probability
        if probability is not None and not 0 <= probability <= 1:
            raise InputError(
                f"Got breach_probability={probability!r} for the ticket {self.ticket_id!r}; expected a "
                "number from 0 to 1."
            )


@dataclass(frozen=True, slots=True)
class Queued:
    """A ticket at its place.

    Parameters
    ----------
    ticket_id : str
        Which.
    score : float
        What the order is by, the greater first.
    because : str
        Why, for people.
    """

    ticket_id: str
    score: float
    because: str


def order_queue(waiting: Iterable[Waiting], now: datetime, policy: QueuePolicy) -> list[Queued]:
    r"""Return tickets in the order in which to work on them.

    A ticket's score is :math:`p\,(1 + e\,x) + a\,d`: the weight *p* of its priority, the weight *e* of
    exposure, the exposure *x*, what a day of waiting adds, *a*, and the days waited, *d*. The exposure is the
    share of the time to the target that has gone (1 when it is due, more when overdue), or the probability
    of missing it where that is greater; 0 without a target. So of two tickets that differ in one thing only
    the graver, the sooner due, the older comes first.

    Parameters
    ----------
    waiting : iterable of Waiting
        In any order.
    now : datetime
        With a zone.
    policy : QueuePolicy
        The weights.

    Returns
    -------
    list of Queued
        Equals in the order of filing, then of their ids.
    """
    scored = [(_score(one, now, policy), one) for one in waiting]
    scored.sort(key=lambda pair: (-pair[0], pair[1].filed_at, pair[1].ticket_id))
    return [Queued(one.ticket_id, score, _because(one, now)) for score, one in scored]


def _score(one: Waiting, now: datetime, policy: QueuePolicy) -> float:
    weight = policy.weight(one.priority)
    days = max(now - one.filed_at, timedelta()) / _DAY
    return weight * (1 + policy.exposure * _exposure(one, now)) + policy.per_day * days


def _exposure(one: Waiting, now: datetime) -> float:
    return max(_time_gone(one, now), one.breach_probability or 0.0)


def _time_gone(one: Waiting, now: datetime) -> float:
    if one.due_at is None:
        return 0.0
    # A target that was over before filing is as overdue as one of a minute.
    allowed = max(one.due_at - one.filed_at, timedelta(minutes=1))
    return max(now - one.filed_at, timedelta()) / allowed


def _because(one: Waiting, now: datetime) -> str:
    parts = [one.priority or "no priority"]
    if one.due_at is not None:
        left = one.due_at - now
        parts.append(f"overdue by {_span(-left)}" if left < timedelta() else f"due in {_span(left)}")
    if one.breach_probability is not None:
        parts.append(f"{one.breach_probability:.0%} likely to miss its target")
    parts.append(f"waiting for {_span(max(now - one.filed_at, timedelta()))}")
    return ", ".join(parts)


def _span(length: timedelta) -> str:
    if length >= 2 * _DAY:
        return f"{length / _DAY:.0f} days"
    if length >= 2 * _HOUR:
        return f"{length / _HOUR:.0f} hours"
    return f"{length.total_seconds() // 60:.0f} minutes"
