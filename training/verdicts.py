"""What one field's metrics mean, in sentences that a person can act on. Measures nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training.bounds import lower_bound

__all__ = ["Verdict", "field_verdicts"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence about a field; ``good`` is False where a reader should take care."""

    good: bool
    text: str


def field_verdicts(facts: Mapping[str, Any], *, judged: str = "held-out tickets") -> list[Verdict]:
    """Return what the numbers of one field mean.

    Parameters
    ----------
    facts : Mapping
        ``metrics`` (of :func:`training.metrics.held_out_metrics`), ``target_precision`` and ``labels`` (their
        count), as a manifest and an evaluation hold them.
    judged : str, default="held-out tickets"
        What the tickets are.
    """
    metrics, target = facts["metrics"], facts["target_precision"]
    tickets = metrics["tickets"]
    verdicts = []
    if lower_bound(round(metrics["accuracy"] * tickets), tickets) <= metrics["majority"]:
        verdicts.append(
            Verdict(
                False,
                f"Not learnt: it is right in {metrics['accuracy']:.1%}, and always answering the commonest "
                f"label would be right in {metrics['majority']:.1%}; on {tickets:,} {judged} that is no "
                "proof of being better.",
            )
        )
    verdicts.append(_promise(metrics, target, judged))
    if metrics["ece"] > metrics["ece_null_95"]:
        verdicts.append(
            Verdict(
                False,
                f"Stated confidence is {metrics['ece']:.3f} away from what came true on average, more than "
                f"chance explains ({metrics['ece_null_95']:.3f}): tickets have changed over time, or there "
                "were too few to calibrate on.",
            )
        )
    never = facts["labels"] - metrics["labels_applied"]
    if never and metrics["labels_applied"]:
        verdicts.append(
            Verdict(
                True, f"{never:,} of {facts['labels']:,} labels have no threshold: they are never applied."
            )
        )
    return verdicts


def _promise(metrics: Mapping[str, Any], target: float, judged: str) -> Verdict:
    if not metrics["labels_applied"]:
        return Verdict(
            False,
            f"Nothing is applied: no threshold keeps the promise that {target:.0%} of what is applied is "
            "right. It can only suggest.",
        )
    applied = round(metrics["coverage"] * metrics["tickets"])
    if not applied:
        return Verdict(
            False, f"No threshold was reached: nothing was applied to {metrics['tickets']:,} {judged}."
        )
    wrong = applied - round(metrics["precision"] * applied)
    counted = (
        f"Of {metrics['tickets']:,} {judged} a value was applied to {metrics['coverage']:.1%}; "
        f"{metrics['precision']:.1%} of these were right, {wrong:,} wrong."
    )
    if metrics["precision_lower_bound"] >= target:
        proof = f"The promise of {target:.0%} is kept (at least {metrics['precision_lower_bound']:.1%}, "
        return Verdict(True, f"{counted} {proof}19 times in 20).")
    if metrics["precision"] >= target:
        return Verdict(
            True, f"{counted} The promise of {target:.0%} is kept, on too few tickets to prove it."
        )
    # The upper bound is one minus the lower bound of the share that was wrong.
    if 1 - lower_bound(wrong, applied) >= target:
        return Verdict(
            True, f"{counted} That is under the promise of {target:.0%}, by no more than chance explains."
        )
    return Verdict(False, f"{counted} The promise of {target:.0%} is broken.")
