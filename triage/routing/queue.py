"""In which order one agent's open tickets are worked on, and why. Hands no ticket to anybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.errors import InputError
from triage.routing.queue_policy import QueuePolicy
from triage.sla.span import say_span
from triage.sla.standing import PromiseState, Standing, exposure_of

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
    promise : Standing or None, default=None
        The most endangered promise in business time; it counts in place of the two above.
    """

    ticket_id: str
    filed_at: datetime
    priority: str | None = None
    due_at: datetime | None = None
    breach_probability: float | None = None
    promise: Standing | None = None

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
    share of the time to the target that has gone (business time where the promise is handed in; 1 when it is
    due, slowly more when overdue), or the probability of missing it where that is greater
    (:func:`triage.sla.standing.exposure_of`); 0 without a target. So of two tickets that differ in one thing
    only the graver, the sooner due, the older comes first.

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
    if one.promise is not None:
        return one.promise.exposure
    return exposure_of(_time_gone(one, now), one.breach_probability)


def _time_gone(one: Waiting, now: datetime) -> float:
    if one.due_at is None:
        return 0.0
    # A target that was over before filing is as overdue as one of a minute.
    allowed = max(one.due_at - one.filed_at, timedelta(minutes=1))
    return max(now - one.filed_at, timedelta()) / allowed


def _because(one: Waiting, now: datetime) -> str:
    parts = [one.priority or "no priority"]
    due, probability = one.due_at, one.breach_probability
    if one.promise is not None:
        parts.append(_promised(one.promise, now))
        is_open = one.promise.state is not PromiseState.OVERDUE
        probability = one.promise.breach_probability if is_open else None
    elif due is not None:
        left = due - now
        parts.append(f"overdue by {say_span(-left)}" if left < timedelta() else f"due in {say_span(left)}")
    if probability is not None:
        parts.append(f"{probability:.0%} likely to miss its target")
    parts.append(f"waiting for {say_span(max(now - one.filed_at, timedelta()))}")
    return ", ".join(parts)


def _promised(promise: Standing, now: datetime) -> str:
    target = promise.target.value
    if promise.state is PromiseState.OVERDUE:
        return f"{target} overdue by {say_span(now - promise.due_at)}"
    if promise.state is PromiseState.PAUSED:
        return f"{target} stands still while the requester is waited for"
    left = promise.due_at - now
    # Nights and weekends are no time to work: what is left for that is told where it is less.
    hours = "" if promise.left > 0.9 * left else f" ({say_span(promise.left)} of business time)"
    return f"{target} due in {say_span(left)}{hours}"
