"""What was decided for one ticket, field by field. Abstaining is a decision, with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.known_values import UnknownValue
from triage.prediction import Assessment

__all__ = ["GUARDRAIL_PREFIX", "Action", "Decision", "FieldDecision", "Lifted", "Reason"]

GUARDRAIL_PREFIX = "guardrail:"


class Action(StrEnum):
    """What the helpdesk should do with a value."""

    APPLY = "apply"
    SUGGEST = "suggest"
    ABSTAIN = "abstain"


class Reason(StrEnum):
    """Why a value was not applied; guardrails add ``guardrail:<name>``."""

    LOW_CONFIDENCE = "low_confidence"
    UNFAMILIAR = "unfamiliar"
    TOO_SHORT = "too_short"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    NEVER_AUTOMATE = "never_automate"
    KILL_SWITCH = "kill_switch"
    SHADOW = "shadow"
    HUMAN_VALUE_PRESENT = "human_value_present"
    NO_ELIGIBLE_AGENT = "no_eligible_agent"
    NO_MODEL = "no_model"


@dataclass(frozen=True, slots=True)
class Lifted:
    """A priority that a rule of the policy raised: the rule's name, the value before and after."""

    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FieldDecision:
    """The decision for one field.

    Parameters
    ----------
    field : str
        See :data:`triage.ticket.FIELDS`.
    value : str or None
        The likeliest label, or one that must be caught though ``top`` has a likelier; None when there is no
        model.
    confidence : float or None
        Its calibrated probability.
    threshold : float or None
        What this label must reach to be applied; None when no threshold keeps the promise, so that
        the label is never applied.
    action : Action
        ``apply``, ``suggest`` or ``abstain``.
    reason : str or None
        None when applied or shown by mode ``suggest``; otherwise a :class:`Reason` or ``guardrail:<name>``.
    top : tuple of (str, float)
        The likeliest labels with their confidence, best first.
    basis : str or None
        Where a priority came from, in words; None for other fields.
    lifted : Lifted or None
        How a rule raised the priority. ``value`` is the raised one; ``confidence``, ``threshold`` and
        ``top`` stay those of the value before.
    """

    field: str
    value: str | None
    confidence: float | None
    threshold: float | None
    action: Action
    reason: str | None
    top: tuple[tuple[str, float], ...] = ()
    basis: str | None = None
    lifted: Lifted | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything decided for one ticket at one moment by one model version.

    ``unknown_values`` are those that a person set and that nothing was decided by.
    """

    decision_id: str
    ticket_id: str
    model_version: str | None
    created_at: datetime
    fields: Mapping[str, FieldDecision]
    assessment: Assessment | None = None
    unknown_values: tuple[UnknownValue, ...] = ()
