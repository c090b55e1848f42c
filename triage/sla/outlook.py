"""What an answer says of a new ticket's time: the promise, when it runs out, and what is expected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.decision import Action, Decision
from triage.sla.book import SlaBook
from triage.sla.clock import due_at
from triage.sla.foresight import Foresight
from triage.sla.policy import Target
from triage.ticket import Ticket

__all__ = ["LEARNT", "SlaOutlook", "look_ahead", "values_to_go_by"]

LEARNT = "past tickets that missed their promise"
FROM_TIMES = "the time that the solution is expected to take"


@dataclass(frozen=True, slots=True)
class SlaOutlook:
    """The promise of one ticket and what is expected of it.

    Parameters
    ----------
    policy : str or None
        Name of the policy; None when none holds.
    response_due, resolution_due : datetime or None
        When they run out; None without such a target.
    foresight : Foresight or None
        None where the model learnt nothing of times.
    breach_probability : float or None
        That the promise is missed.
    breach_basis : str or None
        Where that probability comes from, in words.
    """

    policy: str | None = None
    response_due: datetime | None = None
    resolution_due: datetime | None = None
    foresight: Foresight | None = None
    breach_probability: float | None = None
    breach_basis: str | None = None


def look_ahead(
    ticket: Ticket, decision: Decision, book: SlaBook, *, now: datetime | None = None
) -> SlaOutlook | None:
    """Return what is to be said of a decided ticket's time; None when there is nothing.

    The policy goes by what a person set or what was decided (:func:`values_to_go_by`). The probability of
    a breach is the one that was learnt from past promises; without one it follows from the expected times
    where a policy has a target for the solution.

    Parameters
    ----------
    ticket : Ticket
        As filed.
    decision : Decision
        What was decided for it.
    book : SlaBook
        What is promised.
    now : datetime, optional
        When the clocks start for a ticket without a filing time; by default the moment of deciding.
    """
    foresight = None if decision.assessment is None else decision.assessment.foresight
    policy = book.policy_for(ticket, values_to_go_by(ticket, decision))
    if policy is None and foresight is None:
        return None
    started = ticket.created_at or now or decision.created_at
    dues = {}
    if policy is not None:
        calendar = book.calendar_of(policy)
        dues = {name: due_at(calendar, started, span, now=started) for name, span in policy.targets.items()}
    resolution_due = dues.get(Target.RESOLUTION)
    breach, basis = None, None
    if foresight is not None and foresight.breach is not None:
        breach, basis = foresight.breach, LEARNT
    elif foresight is not None and resolution_due is not None:
        breach = foresight.probability_after((resolution_due - started) / timedelta(hours=1))
        basis = None if breach is None else FROM_TIMES
    return SlaOutlook(
        None if policy is None else policy.name,
        dues.get(Target.RESPONSE),
        resolution_due,
        foresight,
        breach,
        basis,
    )


def values_to_go_by(ticket: Ticket, decision: Decision) -> Mapping[str, str]:
    """Return the values of a ticket's fields: a person's, else what was applied or suggested."""
    decided = {
        name: one.value
        for name, one in decision.fields.items()
        if one.value is not None and one.action in (Action.APPLY, Action.SUGGEST)
    }
    return decided | {name: value for name, value in ticket.values.items() if value}
