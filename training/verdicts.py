"""What one field's metrics mean, in sentences that a person can act on. Measures nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training.bounds import lower_bound
from training.flag_price import flag_prices
from training.judged_share import FEWEST_JUDGED, TOO_FEW, at_least
from training.unproved import unproved_promises

__all__ = ["Verdict", "field_verdicts", "is_unlearnable", "peer_verdicts", "unkept_promises"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence about a field; ``good`` is False where a reader should take care."""

    good: bool
    text: str


def is_unlearnable(facts: Mapping[str, Any]) -> bool:
    """Say whether enough held-out tickets showed that a field cannot be learnt, so that it abstains."""
    return facts.get("learnable") is False and facts["metrics"]["tickets"] >= FEWEST_JUDGED


def field_verdicts(facts: Mapping[str, Any], *, judged: str = "held-out tickets") -> list[Verdict]:
    """Return what the numbers of one field mean.

    Parameters
    ----------
    facts : Mapping
        ``metrics`` (of :func:`training.metrics.held_out_metrics`), ``target_precision`` and ``labels`` (their
        count), as a manifest and an evaluation hold them, and ``promise``; of a manifest also ``tickets`` and
        ``reason``.
    judged : str, default="held-out tickets"
        What the tickets are.
    """
    metrics, target = facts["metrics"], facts["target_precision"]
    tickets = metrics["tickets"]
    if facts.get("reason"):
        return [Verdict(False, f"Cannot be learnt now, and abstains: {facts['reason']}")]
    if not tickets:
        return [
            Verdict(
                False,
                f"It goes by what its labels are called and described as: {_why_unmeasured(facts)}, so "
                "nothing was measured and nothing is applied. It can only suggest.",
            ),
            *_unproved(facts),
        ]
    verdicts = []
    if tickets < FEWEST_JUDGED:
        right = round(metrics["accuracy"] * tickets)
        verdicts.append(
            Verdict(
                False,
                f"{tickets:,} {judged} are {TOO_FEW} how good it is: {right:,} of {tickets:,} were right. It "
                f"takes {FEWEST_JUDGED} or more.",
            )
        )
    elif is_unlearnable(facts):
        verdicts.append(
            Verdict(
                False,
                f"Cannot be learnt from this history: it is right in {metrics['accuracy']:.1%} of "
                f"{tickets:,} {judged}, and always answering the commonest label would be right in "
                f"{metrics['majority']:.1%}. It abstains.",
            )
        )
    elif lower_bound(round(metrics["accuracy"] * tickets), tickets) <= metrics["majority"]:
        verdicts.append(
            Verdict(
                False,
                f"Not learnt: it is right in {metrics['accuracy']:.1%}, and always answering the commonest "
                f"label would be right in {metrics['majority']:.1%}; on {tickets:,} {judged} that is no "
                "proof of being better.",
            )
        )
    promised = _promise(metrics, target, judged)
    # Of what abstains it need not be said again that nothing is applied.
    verdicts += promised[1:] if is_unlearnable(facts) and not metrics["labels_applied"] else promised
    verdicts += _unproved(facts)
    verdicts += _by_matrix(facts.get("by_matrix"), target)
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
                True,
                f"{never:,} of {facts['labels']:,} labels have no threshold: they are never applied."
                if never > 1
                else f"1 of {facts['labels']:,} labels has no threshold: it is never applied.",
            )
        )
    return verdicts


def unkept_promises(facts: Mapping[str, Any]) -> list[str]:
    """Return what is said of a field's own promise, and of its labels', where nothing stands for them.

    Of a field that abstains only what is promised of catching labels.

    Parameters
    ----------
    facts : Mapping
        As of :func:`field_verdicts`.
    """
    metrics = facts["metrics"]
    is_silent = facts.get("reason") or facts.get("learnable") is False or not metrics["tickets"]
    own = [] if is_silent or metrics["labels_applied"] else [_nothing_applied(facts["target_precision"])]
    return own + unproved_promises(facts)


def peer_verdicts(peers: Mapping[str, Mapping[str, float]], metrics: Mapping[str, Any]) -> list[Verdict]:
    """Return how the field stands beside the best of the usual pipelines; nothing where too few judged it.

    Parameters
    ----------
    peers : Mapping of str to Mapping
        By peer: ``accuracy`` on the same tickets and, where it was measured pair by pair, the difference (see
        :func:`training.paired.figures_beside`).
    metrics : Mapping
        Of the field.
    """
    if not peers or metrics["tickets"] < FEWEST_JUDGED:
        return []
    name, best = max(peers.items(), key=lambda one: one[1]["accuracy"])
    ahead = 100 * (metrics["accuracy"] - best["accuracy"])
    said = f"The best of the usual pipelines, {name}, is right in {best['accuracy']:.1%} of the same "
    said += f"{metrics['tickets']:,} tickets; this model in {metrics['accuracy']:.1%}"
    if "accuracy_difference_low" not in best:
        return [Verdict(ahead >= 0, f"{said}: {abs(ahead):.1f} points {'more' if ahead >= 0 else 'less'}.")]
    low, high = (100 * best[f"accuracy_difference_{end}"] for end in ("low", "high"))
    interval = f"95 % interval of the difference {low:+.1f} to {high:+.1f} points"
    if low > 0:
        return [Verdict(True, f"{said}, {ahead:.1f} points more ({interval}).")]
    if high < 0:
        return [Verdict(False, f"{said}, {-ahead:.1f} points less ({interval}).")]
    return [Verdict(True, f"{said}: no more apart than chance explains ({interval}).")]


def _unproved(facts: Mapping[str, Any]) -> list[Verdict]:
    return [Verdict(False, said) for said in unproved_promises(facts)]


def _why_unmeasured(facts: Mapping[str, Any]) -> str:
    labelled = facts.get("tickets", 0)
    if labelled:
        return f"all of its {labelled:,} tickets have the same label, and no ticket has another"
    return "no ticket had a label to learn from"


def _promise(metrics: Mapping[str, Any], target: float, judged: str) -> list[Verdict]:
    """Say of the field's promise, and of those of single labels, whether they came true."""
    told = metrics.get("promises", ())
    applied = round(metrics["coverage"] * metrics["tickets"])
    if not metrics["labels_applied"]:
        found = [Verdict(False, _nothing_applied(target))]
    elif not applied:
        found = [
            Verdict(
                False, f"No threshold was reached: nothing was applied to {metrics['tickets']:,} {judged}."
            )
        ]
    else:
        right = round(metrics["precision"] * applied)
        counted = (
            f"Of {metrics['tickets']:,} {judged} a value was applied to {metrics['coverage']:.1%}; "
            f"{metrics['precision']:.1%} of these were right, {applied - right:,} wrong. "
        )
        # Labels with a promise of their own do not count for the field's.
        of = [one for one in told if one["label"] is None and one["kind"] == "precision"]
        tickets, kept = (of[0]["tickets"], of[0]["kept"]) if of else (applied, right)
        whose = "" if tickets == applied else f"Of the {tickets:,} with labels that have no own promise "
        whose += f"{kept:,} were right. " if whose else ""
        found = (
            [_kept(f"{counted}{whose}The promise of {_promised(target)}", kept, tickets, target)]
            if tickets
            else []
        )
    for one in told:
        if one["tickets"] and (one["label"] is not None or one["kind"] == "coverage"):
            found.append(
                _kept(
                    _SAID[one["kind"]].format(**one | {"target": _promised(one["target"])}),
                    one["kept"],
                    one["tickets"],
                    one["target"],
                )
            )
    return found + [Verdict(*price) for price in flag_prices(metrics)]


def _nothing_applied(target: float) -> str:
    return (
        f"Nothing is applied: no threshold keeps the promise that {_promised(target)} of what is applied is "
        "right. It can only suggest."
    )


_SAID = {
    "precision": "Applied with {label}: {kept:,} of {tickets:,} were right. The promise of {target}",
    "recall": "Truly {label}: {kept:,} of {tickets:,} were flagged or applied. The promise of {target}",
    "coverage": "Applied to {kept:,} of {tickets:,} tickets. The promise of {target}",
}


def _promised(target: float) -> str:
    """Return a promised share with a decimal where it has one: a bound promised along with a coverage has."""
    return f"{target:.0%}" if abs(target - round(target, 2)) < 1e-9 else at_least(target)


def _by_matrix(kept: Mapping[str, float] | None, target: float) -> list[Verdict]:
    """Say what a priority is where a person has set both impact and urgency."""
    if kept is None:
        return []
    is_applied = kept["at_least"] >= target
    does = "is applied" if is_applied else f"is suggested, since {_promised(target)} is promised"
    return [
        Verdict(
            is_applied,
            "Where a person has set impact and urgency it follows from the matrix of the history, as it "
            f"did in {kept['share']:.1%} of past tickets (at least {at_least(kept['at_least'])}), and "
            f"{does}.",
        )
    ]


def _kept(said: str, kept: int, of: int, target: float) -> Verdict:
    proved = lower_bound(kept, of)
    if proved >= target:
        return Verdict(True, f"{said} is kept (at least {at_least(proved)}, 19 times in 20).")
    if kept >= target * of:
        return Verdict(True, f"{said} is kept, on too few tickets to prove it.")
    # The upper bound is one minus the lower bound of the share that was wrong.
    if 1 - lower_bound(of - kept, of) >= target:
        return Verdict(True, f"{said} is not quite reached, by no more than chance explains.")
    return Verdict(False, f"{said} is broken.")
