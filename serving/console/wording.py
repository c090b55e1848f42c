"""Codes and numbers in plain words, for people who read pages."""

from datetime import datetime, tzinfo

from triage.decision import GUARDRAIL_PREFIX, Action, FieldDecision, Reason

__all__ = ["ACTIONS", "METRICS", "count", "day", "field_name", "percent", "reason_of", "signed"]

ACTIONS = {"apply": "Apply", "suggest": "Suggest", "abstain": "Abstain"}

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

METRICS = {
    "accuracy": "Likeliest is right",
    "top3": "One of three is",
    "coverage": "Applied by itself",
    "precision": "Of those, right",
}
"""Names of the figures worth showing to everybody; the card has the rest."""


def percent(share: float) -> str:
    """Return a share as a percentage; almost nothing and almost all are not rounded away."""
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 <= share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def signed(weight: float) -> str:
    """Return a contribution with its sign, two digits of it that count: ``+1.9``, ``−0.24``."""
    return (f"{weight:+.1f}" if abs(weight) >= 0.995 else f"{weight:+.2f}").replace("-", "−")


def count(number: float) -> str:
    """Return a number of tickets: whole, with thin spaces between thousands."""
    return f"{number:,.0f}".replace(",", "\u2009")


def day(moment: datetime, zone: tzinfo | None = None) -> str:
    """Return a date as people say it: ``Tue 3 Mar 2026``."""
    local = moment.astimezone(zone) if zone else moment
    return f"{local:%a} {local.day} {local:%b %Y}"


def field_name(name: str) -> str:
    """Return a field's name as a heading."""
    return name.replace("_", " ").capitalize()


def reason_of(one: FieldDecision) -> str:
    """Say in one sentence why the action is what it is."""
    if one.reason is None:
        if one.action is Action.SUGGEST:
            return "Sure enough to apply; the policy lets this field only suggest."
        return _sure_enough(one)
    if one.reason.startswith(GUARDRAIL_PREFIX):
        name = one.reason.removeprefix(GUARDRAIL_PREFIX).replace("_", " ").replace("-", " ")
        return f"Held back by the guardrail “{name}”."
    reason = Reason(one.reason)
    return _not_sure_enough(one) if reason is Reason.LOW_CONFIDENCE else REASONS[reason]


def _sure_enough(one: FieldDecision) -> str:
    if one.confidence is None or one.threshold is None:
        return "Sure enough."
    return f"Sure enough: {percent(one.confidence)}, needs {percent(one.threshold)}."


def _not_sure_enough(one: FieldDecision) -> str:
    if one.confidence is None:
        return "Not sure enough."
    if one.threshold is None:
        return (
            f"{percent(one.confidence)} sure; this label was never reliable enough to be applied by itself."
        )
    if one.confidence >= one.threshold:
        return f"{percent(one.confidence)} sure: too little even to suggest."
    return f"Not sure enough: {percent(one.confidence)}, needs {percent(one.threshold)}."
