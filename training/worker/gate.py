"""Whether a challenger may answer in the champion's place: not worse on held-out time, field by field.

Compares what both manifests say of themselves; no ticket is decided here. Each was judged on the last
part of its own history, so the challenger's tickets are newer: a change in the tickets themselves counts
as a change of the model. A tolerance of two standard errors keeps chance from deciding.

Held-out tickets bear whatever values people gave them lately. Golden tickets bear those of the day on which
somebody trusted them, and are the same for both: there, hardly anything may be lost. Where their own stored
values were turned over, what was learnt from is not to be trusted either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from training.worker.golden_check import GoldenField, LabelChange
from triage.bundle import Manifest

__all__ = ["Verdict", "judge"]

STANDARD_ERRORS = 2.0
"""Of a difference of two proportions; of equal models 2.3 % are refused for a field (normal, one-sided)."""

MOST_LOST = 0.01
"""Of macro-F1 on golden tickets, whatever chance may have done: a person may still promote the model."""

LEAST_GOLDEN = 50
"""Golden tickets of a field; with fewer one ticket more or less decides."""

BY_CHANCE = 0.05
"""So likely is it that a label that only seems worse on golden tickets stands in a model's way, a field."""

LEAST_CHANGED, SHARE_CHANGED = 3, 0.2
"""Golden tickets of a label, and share of them, that bear other values now: more than are put right."""

LOOK = "See which values changed since those tickets were frozen; if they are right, promote it by hand."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a challenger may answer, and why in words."""

    may_answer: bool
    reason: str


def judge(
    challenger: Manifest,
    champion: Manifest | None,
    golden: Sequence[GoldenField] = (),
    changes: Sequence[LabelChange] = (),
) -> Verdict:
    """Compare the accuracy on held-out tickets of every field that the champion answers.

    Parameters
    ----------
    challenger : Manifest
        Of the new version.
    champion : Manifest or None
        Of the version that answers now.
    golden : sequence of GoldenField, default=()
        How both do on golden tickets, as far as they can be compared.
    changes : sequence of LabelChange, default=()
        Of what golden tickets bear in the store by now.
    """
    if champion is None:
        return Verdict(True, "There was no champion.")
    for name, before in champion.fields.items():
        after = challenger.fields.get(name)
        if after is None:
            return Verdict(False, f"It does not know {name}, which the champion answers.")
        old, new = before["metrics"], after["metrics"]
        if old["tickets"] and after.get("reason"):
            return Verdict(
                False, f"It cannot learn {name} now, which the champion answers: {after['reason']}"
            )
        if not (old["tickets"] and new["tickets"]):
            continue  # One of them goes by labels' names alone: there is nothing to compare.
        p, q = float(old["accuracy"]), float(new["accuracy"])
        error = sqrt(p * (1 - p) / max(1, old["tickets"]) + q * (1 - q) / max(1, new["tickets"]))
        if q < p - STANDARD_ERRORS * error:
            return Verdict(
                False,
                f"Its accuracy for {name} is {q:.3f}, the champion's {p:.3f}: worse by more than chance "
                f"({STANDARD_ERRORS:g} standard errors are {STANDARD_ERRORS * error:.3f}).",
            )
    if (refusal := _turned_over(changes) or _lost_on_golden(golden)) is not None:
        return Verdict(False, refusal)
    judged = [one for one in golden if one.tickets >= LEAST_GOLDEN]
    said = "It is not worse than the champion in any field, beyond chance."
    if judged:
        names = ", ".join(one.field for one in judged)
        said += f" On golden tickets it loses at most {MOST_LOST:g} of macro-F1 ({names})."
    return Verdict(True, said)


def _turned_over(changes: Sequence[LabelChange]) -> str | None:
    for one in changes:
        if one.changed >= LEAST_CHANGED and one.changed >= SHARE_CHANGED * one.tickets:
            return (
                f"Of {one.tickets:,} golden tickets with the {one.field} {one.label!r}, {one.changed:,} bear "
                "another value now than when they were frozen; what it learnt from may as well. See who "
                "changed them. If they are right, promote it by hand; thaw and freeze anew."
            )
    return None


def _lost_on_golden(golden: Sequence[GoldenField]) -> str | None:
    for one in golden:
        if one.tickets >= LEAST_GOLDEN and one.lost > MOST_LOST:
            return (
                f"Its macro-F1 for {one.field} on {one.tickets:,} golden tickets is {one.after:.3f}, the "
                f"champion's {one.before:.3f} (95 % interval of the difference {one.low:+.3f} to "
                f"{one.high:+.3f}): a loss of more than {MOST_LOST:g}. {LOOK}"
            )
        worst = one.worst
        if worst is not None and worst.p < BY_CHANCE:
            return (
                f"Of {worst.tickets:,} golden tickets with the {one.field} {worst.label!r} it gets "
                f"{worst.after:,} right, the champion {worst.before:,}: worse by more than chance "
                f"(p = {worst.p:.2g}). {LOOK}"
            )
    return None
