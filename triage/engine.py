"""One ticket's story: from what the model says to what is decided. The whole order of precedence is here.

The numbers come from a :class:`triage.ports.Model` (``features.model``); this file decides.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from triage.decision import GUARDRAIL_PREFIX, Action, Decision, FieldDecision, Lifted, Reason
from triage.guardrails import BLOCKING, SUGGEST_ONLY, held_back_by
from triage.known_values import unknown_values
from triage.lifts import lifted
from triage.policy import Mode, Policy, Promise
from triage.ports import Model
from triage.prediction import Assessment, Prediction
from triage.priority_route import LEARNT, priority_scale, route_priority
from triage.ticket import FIELDS, Ticket

__all__ = ["UNFAMILIAR_BELOW", "abstain_without_model", "decide", "triage_tickets"]

UNFAMILIAR_BELOW = 0.01
"""One known ticket in a hundred may be called unfamiliar (the false-alarm rate of a conformal test)."""

ABOUT_THE_TEXT = frozenset(
    {Reason.TOO_SHORT.value, Reason.UNFAMILIAR.value, Reason.UNSUPPORTED_LANGUAGE.value}
)

WORD = re.compile(r"\w{2,}")
TOP = 3
TOP_OF = {"assignee": 5}
"""Likeliest labels that a decision shows. Who else could have a ticket is asked further down the list than
what else it could be about: the likeliest person may be away or busy."""


def triage_tickets(
    tickets: Sequence[Ticket],
    model: Model,
    model_version: str,
    policy: Policy,
    *,
    explain: bool = False,
    similar: int = 0,
    detail: bool = False,
    now: datetime | None = None,
) -> list[Decision]:
    """Decide tickets.

    Parameters
    ----------
    tickets : sequence of Ticket
        Decided independently of each other.
    model : Model
        The promoted model.
    model_version : str
        Its version, kept in each decision.
    policy : Policy
        The workspace's policy, read fresh.
    explain : bool, default=False
        Ask the model for its reasons.
    similar : int, default=0
        How many similar past tickets to ask for.
    detail : bool, default=False
        With ``explain``: ask also what deleting each word or sentence would change.
    now : datetime, optional
        The moment of deciding; by default this one.

    Returns
    -------
    list of Decision
        In the order of the tickets.
    """
    moment = now or datetime.now(UTC)
    assessments = model.assess(tickets, explain=explain, similar=similar, detail=detail)
    return [
        Decision(
            decision_id=uuid.uuid4().hex,
            ticket_id=ticket.ticket_id,
            model_version=model_version,
            created_at=moment,
            fields=decide(ticket, assessment, model.promises, policy),
            assessment=assessment,
            unknown_values=unknown_values(ticket, assessment, policy),
        )
        for ticket, assessment in zip(tickets, assessments, strict=True)
    ]


def abstain_without_model(
    tickets: Sequence[Ticket], policy: Policy, *, now: datetime | None = None
) -> list[Decision]:
    """Decide tickets where no model is promoted: every field that is not ``off`` abstains and says why."""
    moment = now or datetime.now(UTC)
    reason = Reason.KILL_SWITCH if policy.kill_switch else Reason.NO_MODEL
    fields = {
        name: FieldDecision(name, None, None, None, Action.ABSTAIN, reason.value)
        for name in FIELDS
        if policy.field(name).mode is not Mode.OFF
    }
    return [Decision(uuid.uuid4().hex, ticket.ticket_id, None, moment, fields) for ticket in tickets]


def decide(
    ticket: Ticket, assessment: Assessment, promises: Mapping[str, Promise], policy: Policy
) -> dict[str, FieldDecision]:
    """Decide every field of one ticket; fields whose mode is ``off`` are left out.

    Precedence, first match wins: a person's value, the kill switch (of all, or of the team that the ticket
    would go to), blocking guardrails, too little
    text, a language not learnt, an unfamiliar ticket, shadow mode, a label never automated, guardrails
    that only allow suggestions, a label to be caught that is not the likeliest, the threshold, the mode
    ``suggest``. A priority follows from impact and urgency where there is a matrix
    (:mod:`triage.priority_route`), and rules may raise it in the end. Promises that the assessment brings
    along come before the model's.
    """
    promises = promises if assessment.promises is None else assessment.promises
    blocked = held_back_by(ticket, BLOCKING, policy.disabled_guardrails)
    watched = held_back_by(ticket, SUGGEST_ONLY, policy.disabled_guardrails)
    team = _likely_team(ticket, assessment, promises) if policy.stopped_teams else None
    everywhere = _reason_to_abstain(ticket, policy, blocked, team)
    decided = {}
    for name, prediction in assessment.predictions.items():
        if policy.field(name).mode is not Mode.OFF:
            held = everywhere or _strange(name, assessment)
            if held is None and name in assessment.withheld:
                held = Reason.LOW_CONFIDENCE.value
            decided[name] = _decide_field(ticket, prediction, promises[name], policy, held, watched)
    if policy.field("priority").mode is not Mode.OFF:
        routed = route_priority(ticket, assessment, policy)
        if routed is not None:
            held = everywhere or _strange("priority", assessment)
            # Two values of a person lead to a priority whatever the text is like.
            reason = None if routed.is_certain and held in ABOUT_THE_TEXT else held
            decided["priority"] = replace(
                _decide_field(ticket, routed.prediction, routed.promise, policy, reason, watched),
                basis=routed.basis,
            )
        elif "priority" in decided:
            decided["priority"] = replace(decided["priority"], basis=LEARNT)
        if "priority" in decided:
            decided["priority"] = _lift(ticket, decided["priority"], assessment, policy)
    return decided


def _lift(ticket: Ticket, base: FieldDecision, assessment: Assessment, policy: Policy) -> FieldDecision:
    """Raise a priority by the admin's rules; what happens with it stays what its base was trusted for.

    A lifted value is applied only where its base would have been, and never when it is itself one that
    the admin never automates.
    """
    if base.value is None or base.reason == Reason.HUMAN_VALUE_PRESENT.value:
        return base
    scale = priority_scale(assessment, policy)
    if scale is None or not policy.priority.lifts:
        return base
    raised = lifted(ticket, base.value, scale, policy.priority.lifts)
    if raised is None:
        return base
    value, rule = raised
    one = replace(base, value=value, lifted=Lifted(rule, base.value, value))
    if one.action is Action.APPLY and value in policy.field("priority").never_automate:
        return replace(one, action=Action.SUGGEST, reason=Reason.NEVER_AUTOMATE.value)
    return one


def _reason_to_abstain(ticket: Ticket, policy: Policy, blocked: str | None, team: str | None) -> str | None:
    if policy.stops(team):
        return Reason.KILL_SWITCH.value
    if blocked is not None:
        return GUARDRAIL_PREFIX + blocked
    if not _says_something(ticket):
        return Reason.TOO_SHORT.value
    return None


def _likely_team(ticket: Ticket, assessment: Assessment, promises: Mapping[str, Promise]) -> str | None:
    """Return the team that would get a ticket: a person's word, else the likeliest, however sure."""
    if ticket.values.get("team"):
        return ticket.values["team"]
    one = assessment.predictions.get("team")
    if one is None:
        return None
    return promises["team"].flagged(one.labels, one.probabilities) or one.top(1)[0][0]


def _strange(field: str, assessment: Assessment) -> str | None:
    if field in assessment.unsupported:
        return Reason.UNSUPPORTED_LANGUAGE.value
    if assessment.familiar_to.get(field, assessment.familiarity) < UNFAMILIAR_BELOW:
        return Reason.UNFAMILIAR.value
    return None


def _decide_field(
    ticket: Ticket,
    prediction: Prediction,
    promise: Promise,
    policy: Policy,
    held: str | None,
    watched: str | None,
) -> FieldDecision:
    field_policy = policy.field(prediction.field)
    top = prediction.top(TOP_OF.get(prediction.field, TOP))
    flag = promise.flagged(prediction.labels, prediction.probabilities)
    caught = flag is not None and flag != top[0][0]
    value, confidence = top[0]
    if flag is not None:
        value, confidence = flag, float(prediction.probabilities[prediction.labels.index(flag)])
    threshold = field_policy.thresholds.get(value, promise.thresholds.get(value))

    def outcome(action: Action, reason: str | None) -> FieldDecision:
        return FieldDecision(prediction.field, value, confidence, threshold, action, reason, top)

    def at_most_suggest(reason: str) -> FieldDecision:
        if flag is not None or confidence >= promise.suggest_at:
            return outcome(Action.SUGGEST, reason)
        return outcome(Action.ABSTAIN, Reason.LOW_CONFIDENCE.value)

    if ticket.values.get(prediction.field):
        return outcome(Action.ABSTAIN, Reason.HUMAN_VALUE_PRESENT.value)
    if held is not None:
        return outcome(Action.ABSTAIN, held)
    if field_policy.mode is Mode.SHADOW:
        return outcome(Action.ABSTAIN, Reason.SHADOW.value)
    if value in field_policy.never_automate:
        return at_most_suggest(Reason.NEVER_AUTOMATE.value)
    if watched is not None:
        return at_most_suggest(GUARDRAIL_PREFIX + watched)
    if caught or threshold is None or confidence < threshold:
        return at_most_suggest(Reason.LOW_CONFIDENCE.value)
    if field_policy.mode is Mode.SUGGEST:
        return outcome(Action.SUGGEST, None)
    return outcome(Action.APPLY, None)


def _says_something(ticket: Ticket) -> bool:
    """Whether there is a word of two characters, or a field that a model reads, to go by."""
    return bool(WORD.search(ticket.text) or any(ticket.custom.values()) or ticket.product)
