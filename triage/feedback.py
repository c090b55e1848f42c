"""What a person said about a decision: the only evidence of what was right. Silence is not agreement."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.decision import Decision
from triage.errors import InputError

__all__ = ["Feedback", "Verdict", "judged_value"]


class Verdict(StrEnum):
    """What a person did with a decided value."""

    ACCEPTED = "accepted"
    REPLACED = "replaced"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's word on one field of one decision.

    Parameters
    ----------
    feedback_id, decision_id : str
        Identity, and the decision judged.
    field : str
        See :data:`triage.ticket.FIELDS`.
    verdict : Verdict
        What was done with the value.
    value : str or None
        The right value; None when skipped.
    actor : str
        Who said so.
    created_at : datetime
        When.
    """

    feedback_id: str
    decision_id: str
    field: str
    verdict: Verdict
    value: str | None
    actor: str
    created_at: datetime


def judged_value(decision: Decision, field: str, verdict: Verdict, value: str | None) -> str | None:
    """Return the value that a verdict says is right.

    Parameters
    ----------
    decision : Decision
        What was decided.
    field : str
        The field judged.
    verdict : Verdict
        ``accepted`` makes the decided value the right one, ``replaced`` the one given; ``skipped``
        says nothing.
    value : str or None
        Given with ``replaced`` only.

    Raises
    ------
    InputError
        If the decision says nothing about the field, or verdict and value contradict each other.
    """
    if field not in decision.fields:
        known = ", ".join(decision.fields) or "none"
        raise InputError(f"Got feedback on field {field!r}; expected a field of this decision: {known}.")
    decided = decision.fields[field].value
    if verdict is Verdict.REPLACED:
        if not value:
            raise InputError(f"Got 'replaced' for {field!r} without a value; expected the right value.")
        return value
    if value is not None and value != decided:
        raise InputError(
            f"Got {verdict.value!r} for {field!r} with a value of its own; expected 'replaced' with it."
        )
    if verdict is Verdict.ACCEPTED and decided is None:
        raise InputError(
            f"Got 'accepted' for {field!r}; expected 'replaced' or 'skipped': nothing was decided."
        )
    return decided if verdict is Verdict.ACCEPTED else None
