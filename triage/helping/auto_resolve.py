"""Whether an article may be sent as the answer to a ticket, which then waits for the requester's word.

Off unless an admin says otherwise. One sentence, one ``if``; whatever holds a field back holds this back too.
"""

from dataclasses import dataclass
from datetime import datetime

from triage.decision import GUARDRAIL_PREFIX, Action, Decision, Reason
from triage.guardrails import BLOCKING, SUGGEST_ONLY, held_back_by
from triage.mode import Mode
from triage.policy import Policy
from triage.ticket import Ticket

__all__ = ["ALREADY_ANSWERED", "CLOSED", "AutoResolution", "barrier"]

ALREADY_ANSWERED = "already_answered"
"""An article was sent for this ticket before, whatever became of it: one is asked once."""
CLOSED = "closed"
"""The ticket is over."""


@dataclass(frozen=True, slots=True)
class AutoResolution:
    """An article sent, or in shadow mode not sent, as the answer.

    Parameters
    ----------
    ticket_id, article_id : str
        Which article answers which ticket.
    chance : float
        Calibrated chance that it helps.
    is_shadow : bool
        Whether it is only noted.
    created_at, expires_at : datetime
        When; and until when the requester is waited for, after which people take over.
    helped : bool or None, default=None
        The requester's word; None while there is none.
    answered_at : datetime or None, default=None
        When it came.
    """

    ticket_id: str
    article_id: str
    chance: float
    is_shadow: bool
    created_at: datetime
    expires_at: datetime
    helped: bool | None = None
    answered_at: datetime | None = None

    def state(self, now: datetime) -> str:
        """Return ``shadow``, ``confirmed``, ``refused``, ``waiting`` or ``expired``."""
        if self.is_shadow:
            return "shadow"
        if self.helped is not None:
            return "confirmed" if self.helped else "refused"
        return "waiting" if now < self.expires_at else "expired"


def barrier(ticket: Ticket, decision: Decision, policy: Policy, chance: float | None) -> str | None:
    """Say what keeps an article from being the answer, None when nothing does.

    Parameters
    ----------
    ticket : Ticket
        As filed.
    decision : Decision
        On its fields.
    policy : Policy
        The admin's word.
    chance : float or None
        That the best public article helps; None where there is none.

    Returns
    -------
    str or None
        A reason: those of a field, or ``off``, ``no_requester``, ``category_not_listed``, ``confidential``.
    """
    auto = policy.helping.auto_resolve
    # Nothing is sent by itself unless an admin switched it on.
    if auto.mode is Mode.OFF:
        return "off"
    # The kill switch stops everything, a team's own stops its tickets.
    if policy.kill_switch or any(one.reason == Reason.KILL_SWITCH.value for one in decision.fields.values()):
        return Reason.KILL_SWITCH.value
    # A rule that holds back a value holds back an answer, too.
    rule = held_back_by(ticket, {**BLOCKING, **SUGGEST_ONLY}, policy.disabled_guardrails)
    if rule is not None:
        return f"{GUARDRAIL_PREFIX}{rule}"
    # Without a requester nobody could say whether it helped.
    if not ticket.requester:
        return "no_requester"
    category = decision.fields.get("category")
    # What it is about must have been sure enough to be applied.
    if category is None or category.value is None or category.action is not Action.APPLY:
        return Reason.LOW_CONFIDENCE.value
    # A label that is never automated is never answered by a machine.
    for name, one in decision.fields.items():
        if one.value is not None and one.value in policy.field(name).never_automate:
            return Reason.NEVER_AUTOMATE.value
    # A confidential matter is for people.
    if policy.helping.hides({name: one.value for name, one in decision.fields.items() if one.value}):
        return "confidential"
    # Only the categories that the admin named.
    if category.value not in auto.categories:
        return "category_not_listed"
    # The article must be likely enough to help.
    if chance is None or chance < auto.least_chance:
        return Reason.LOW_CONFIDENCE.value
    # In shadow mode it is noted what would have been sent.
    return Reason.SHADOW.value if auto.mode is Mode.SHADOW else None
