"""A decision in plain words, for pages and answers alike: why this label, and why this action.

A sentence says no more than the numbers of the explanation do: what is named speaks for the label against
its runner-up, and what speaks against it is named too where it counts.
"""

from collections.abc import Mapping, Sequence

from triage.assignment import Assignment
from triage.decision import GUARDRAIL_PREFIX, Action, FieldDecision, Reason
from triage.prediction import Contribution, Explanation

__all__ = ["LEAST_DROP", "assignment_reason", "because", "grounds_of", "hinge_of", "percent", "reason_of"]

WORDS_NAMED = 3
FIELDS_NAMED = 2
TELLING = 0.25
"""Of the strongest part: what weighs less is not worth a mention."""
LEAST_DROP = 0.05
"""A deletion that costs less than five points of confidence is not worth a mention."""
QUOTED = 100
"""Characters of a deleted sentence that are repeated."""
EVEN = 0.005
"""Log-odds below which two labels are as good as equally likely: their probabilities differ by 1 in 200."""

REASONS = {
    Reason.UNFAMILIAR: "Unlike any ticket it has learnt from.",
    Reason.TOO_SHORT: "Too little text to go by.",
    Reason.UNSUPPORTED_LANGUAGE: "Written in a language that it has not learnt well enough.",
    Reason.NEVER_AUTOMATE: "The policy never lets this label be applied by itself.",
    Reason.KILL_SWITCH: "The kill switch is on: nothing is applied or suggested.",
    Reason.SHADOW: "This field is in shadow mode: decided, but silently.",
    Reason.HUMAN_VALUE_PRESENT: "A person has already set it.",
    Reason.NO_ELIGIBLE_AGENT: "Nobody who could take it is there.",
    Reason.NO_MODEL: "No model has been trained yet.",
}


def percent(share: float) -> str:
    """Return a share as a percentage; almost nothing and almost all are not rounded away."""
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 <= share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def because(decision: FieldDecision, explanation: Explanation, names: Mapping[str, str] | None = None) -> str:
    """Say why this label, what it hangs on where deletions were tried, then why this action.

    Parameters
    ----------
    decision : FieldDecision
        Of the field.
    explanation : Explanation
        Of the same field.
    names : Mapping of str to str, optional
        Labels' names for people; by default the labels themselves.
    """
    known = names or {}
    if decision.reason == Reason.HUMAN_VALUE_PRESENT.value:
        # The label explained is the model's own, which may be another than the person's.
        label = known.get(explanation.label, explanation.label)
        return f"{reason_of(decision)} The model by itself would say {label}."
    said = [grounds_of(decision, explanation, known), hinge_of(decision, explanation, known)]
    said += [_basis_of(decision), _lift_of(decision, known), reason_of(decision, known)]
    return " ".join(one for one in said if one)


def grounds_of(decision: FieldDecision, explanation: Explanation, names: Mapping[str, str]) -> str:
    """Say what speaks for the likeliest label rather than the runner-up; empty where nothing is known."""
    label = names.get(explanation.label, explanation.label)
    if explanation.against is None or explanation.log_odds is None:
        return f"{label} is the only label that was learnt." if len(decision.top) == 1 else ""
    against = names.get(explanation.against, explanation.against)
    if explanation.log_odds < EVEN:
        return f"{label} and {against} are equally likely."
    told = _telling(explanation)
    speaking = _spoken([one for one in told if one.weight > 0], explanation, True)
    if not speaking:
        return f"{label} is likelier than {against}; no single part of the ticket decides it."
    sentence = f"{label} rather than {against}: {_clause(speaking)} for it"
    doubts = _spoken([one for one in told if one.weight < 0], explanation, False)
    return f"{sentence}; {_clause(doubts)} against it." if doubts else f"{sentence}."


def hinge_of(decision: FieldDecision, explanation: Explanation, names: Mapping[str, str]) -> str:
    """Say what the deletion that costs most confidence would leave of it; empty where none costs much."""
    if decision.confidence is None or decision.value != explanation.label or not explanation.deletions:
        return ""
    gone = min(explanation.deletions, key=lambda one: one.confidence)
    if decision.confidence - gone.confidence < LEAST_DROP:
        return ""
    text = gone.text if len(gone.text) <= QUOTED else gone.text[:QUOTED].rsplit(" ", 1)[0] + " …"
    left = f"Without “{text}”: {percent(gone.confidence)} sure"
    return left + (
        "." if gone.label == explanation.label else f", and {names.get(gone.label, gone.label)} likelier."
    )


def reason_of(one: FieldDecision, names: Mapping[str, str] | None = None) -> str:
    """Say why the action is what it is; ``names`` are the labels' for people."""
    if not _is_flagged(one):
        return _reason_of(one)
    known = names or {}
    likeliest, share = one.top[0]
    is_shown = one.action is Action.SUGGEST
    said = (
        f"The likeliest is {known.get(likeliest, likeliest)}, {percent(share)}; "
        f"{'shown because ' if is_shown else ''}{known.get(one.value or '', one.value)} must not be missed "
        f"({percent(one.confidence or 0.0)})."
    )
    why = "" if is_shown and one.reason == Reason.LOW_CONFIDENCE.value else _reason_of(one)
    return f"{said} {why}".strip()


def _is_flagged(one: FieldDecision) -> bool:
    """Whether the value is a label that must be caught, while another is likelier.

    A lifted priority and an agent chosen for room are no likeliest labels either, for reasons of their own.
    """
    if one.lifted is not None or one.field == "assignee" or one.reason == Reason.HUMAN_VALUE_PRESENT.value:
        return False
    return one.value is not None and bool(one.top) and one.value != one.top[0][0]


def _reason_of(one: FieldDecision) -> str:
    if one.reason is None:
        if one.action is Action.SUGGEST:
            return "Sure enough to apply; the policy lets this field only suggest."
        return _sure_enough(one)
    if one.reason.startswith(GUARDRAIL_PREFIX):
        return f"Held back by the guardrail “{_guardrail(one.reason)}”."
    reason = Reason(one.reason)
    return _not_sure_enough(one) if reason is Reason.LOW_CONFIDENCE else REASONS[reason]


def assignment_reason(one: Assignment) -> str:
    """Say in one sentence why an agent is only suggested, or why nobody is; empty where one is applied."""
    if one.reason is None:
        return "The policy lets this team's agents only be suggested." if one.action is Action.SUGGEST else ""
    if one.reason == Reason.NO_ELIGIBLE_AGENT.value:
        return f"{one.detail}."
    if one.reason == Reason.LOW_CONFIDENCE.value:
        return "Not sure enough to assign by itself; a person chooses."
    if one.reason.startswith(GUARDRAIL_PREFIX):
        return f"Held back by the guardrail “{_guardrail(one.reason)}”."
    return REASONS[Reason(one.reason)]


def _guardrail(reason: str) -> str:
    return reason.removeprefix(GUARDRAIL_PREFIX).replace("_", " ").replace("-", " ")


def _basis_of(one: FieldDecision) -> str:
    return f"{one.basis[0].upper()}{one.basis[1:]}." if one.basis else ""


def _lift_of(one: FieldDecision, names: Mapping[str, str]) -> str:
    if one.lifted is None:
        return ""
    before, after = (names.get(label, label) for label in (one.lifted.before, one.lifted.after))
    return f"Raised from {before} to {after} by the rule “{one.lifted.rule}”."


def _sure_enough(one: FieldDecision) -> str:
    if one.confidence is None or one.threshold is None:
        return "Sure enough."
    return f"Sure enough: {percent(one.confidence)}, needs {percent(one.threshold)}."


def _not_sure_enough(one: FieldDecision) -> str:
    if one.confidence is None:
        return "Not sure enough."
    if one.threshold is None and one.action is Action.ABSTAIN:
        # So it is for all of a field that cannot be learnt.
        return f"{percent(one.confidence)} sure: past tickets do not teach this well enough to suggest it."
    if one.threshold is None:
        return (
            f"{percent(one.confidence)} sure; this label was never reliable enough to be applied by itself."
        )
    if one.confidence >= one.threshold:
        return f"{percent(one.confidence)} sure: too little even to suggest."
    return f"Not sure enough: {percent(one.confidence)}, needs {percent(one.threshold)}."


def _telling(explanation: Explanation) -> list[Contribution]:
    """Leave out marks without a letter or digit, calibration, and what hardly weighs beside the strongest."""
    told = [one for one in explanation.parts if one.kind != "calibration"]  # It says nothing of the ticket.
    said = [one for one in told if one.kind != "word" or any(map(str.isalnum, one.name))]
    most = max((abs(one.weight) for one in said), default=0.0)
    return [one for one in said if abs(one.weight) >= TELLING * most]


def _spoken(parts: Sequence[Contribution], explanation: Explanation, is_for: bool) -> list[str]:
    """Name what speaks, the heaviest kind first."""
    weights: dict[str, float] = {}
    for one in parts:
        weights[one.kind] = weights.get(one.kind, 0.0) + abs(one.weight)
    said: list[str] = []
    for kind in sorted(weights, key=lambda kind: -weights[kind]):
        said += _named(kind, [one.name for one in parts if one.kind == kind], explanation, is_for)
    return said


def _named(kind: str, names: Sequence[str], explanation: Explanation, is_for: bool) -> list[str]:
    if kind == "word":
        first, *more = [f"“{name}”" for name in names[:WORDS_NAMED]]
        return [f"the word{'s' if more else ''} {first}", *more]
    if kind == "field":
        return [f"“{name.replace('=', ': ', 1)}”" for name in names[:FIELDS_NAMED]]
    return [_past_tickets(names[0], explanation, is_for) if kind == "neighbours" else names[0]]


def _past_tickets(name: str, explanation: Explanation, is_for: bool) -> str:
    """Count the votes where counting says what weighing did: near tickets weigh more than far ones."""
    counts = {one.label: len(one.voters) for one in explanation.votes}
    ours, theirs = counts.get(explanation.label, 0), counts.get(explanation.against or "", 0)
    more, fewer = (ours, theirs) if is_for else (theirs, ours)
    if more <= fewer:
        return "the nearest past ticket" if counts else name
    versus = f" (against {fewer})" if fewer else ""
    return f"{more} of the {explanation.voters} most similar past tickets{versus}"


def _clause(said: Sequence[str]) -> str:
    """Join names and verb; what is several by itself takes the plural too."""
    first = said[0].split(" ", 1)[0]
    is_plural = len(said) > 1 or first == "all" or (first.isdecimal() and first != "1")
    return f"{_listed(said)} {'speak' if is_plural else 'speaks'}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
