"""Whether a challenger may answer in the champion's place: not worse on held-out time, field by field.

Compares what both manifests say of themselves; no ticket is decided here. Each was judged on the last
part of its own history, so the challenger's tickets are newer: a change in the tickets themselves counts
as a change of the model. A tolerance of two standard errors keeps chance from deciding.
"""

from dataclasses import dataclass
from math import sqrt

from triage.bundle import Manifest

__all__ = ["Verdict", "judge"]

STANDARD_ERRORS = 2.0
"""Of a difference of two proportions; of equal models 2.3 % are refused for a field (normal, one-sided)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a challenger may answer, and why in words."""

    may_answer: bool
    reason: str


def judge(challenger: Manifest, champion: Manifest | None) -> Verdict:
    """Compare the accuracy on held-out tickets of every field that the champion answers.

    Parameters
    ----------
    challenger : Manifest
        Of the new version.
    champion : Manifest or None
        Of the version that answers now.
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
    return Verdict(True, "It is not worse than the champion in any field, beyond chance.")
