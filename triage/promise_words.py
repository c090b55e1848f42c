"""What a field promises, in words, as pages and cards say it. Decides nothing."""

from collections.abc import Mapping
from typing import Any

__all__ = ["is_dear", "promise_in_words", "share_in_words"]

SAID = {"precision": "right", "coverage": "applied", "recall": "caught"}
"""What is true of the promised share: of applied values, of all tickets, of a label's tickets."""

MANY = 0.1
"""Of all tickets: a label that takes the place of the likeliest in more is seen everywhere."""
FEW_RIGHT = 0.1
"""Of the flagged tickets: where fewer are of the label, nine in ten suggestions of it are wrong."""


def is_dear(flagged: int, right: int, of: int) -> bool:
    """Whether catching a label costs much: of ``of`` tickets so many are shown as it, ``right`` rightly."""
    return flagged > MANY * of or right < FEW_RIGHT * flagged


def share_in_words(share: float) -> str:
    """Return a promised share as a percentage, as exact as an admin writes it: ``95 %``, ``99.9 %``."""
    return f"{100 * share:.4g} %"


def promise_in_words(promise: Mapping[str, Any]) -> str:
    """Say what is promised of a field, then of labels that have a promise of their own.

    Parameters
    ----------
    promise : Mapping
        ``kind``, ``target`` and ``labels`` (by label: ``kind`` and ``target``), as a manifest
        (:func:`training.promise.promise_facts`) and the settings of a training hold it; of a manifest also
        ``precision``, which is promised along with a coverage, and each label's ``threshold``.

    Examples
    --------
    >>> labels = {"security": {"kind": "recall", "target": 0.9, "threshold": None}}
    >>> promise_in_words({"kind": "coverage", "target": 0.6, "precision": 0.93, "labels": labels})
    '60 % applied, 93 % of these right; security: 90 % caught (not proved)'
    """
    kind = str(promise["kind"])
    said = f"{share_in_words(promise['target'])} {SAID[kind]}"
    if kind == "coverage" and "precision" in promise:
        said += f", {share_in_words(promise['precision'])} of these right"
    parts = [said]
    for label, own in promise["labels"].items():
        proved = "" if "threshold" not in own or own["threshold"] is not None else " (not proved)"
        parts.append(f"{label}: {share_in_words(own['target'])} {SAID[str(own['kind'])]}{proved}")
    return "; ".join(parts)
