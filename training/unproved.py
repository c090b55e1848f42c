"""Promises that held-out tickets were too few, or too often wrong, to prove: what follows, and what it takes.

Speaks from a field's facts; measures nothing.
"""

from collections.abc import Mapping
from typing import Any

from training.bounds import fewest
from triage.promise_words import share_in_words

__all__ = ["unproved_promises"]


def unproved_promises(facts: Mapping[str, Any]) -> list[str]:
    """Say of each label with a promise of its own that nothing stands for it, and how many tickets it takes.

    Parameters
    ----------
    facts : Mapping
        ``metrics``, ``labels`` (their count) and ``promise`` (see :func:`training.promise.promise_facts`), as
        a manifest holds them; of an evaluation also ``trained``, the metrics of the tickets held out then.
        Bundles made before a promise was kept say nothing.

    Returns
    -------
    list of str
        In the order of the promise; empty where each label's promise was proved. A precision is left out
        where the whole field abstains.

    Examples
    --------
    >>> label = {"kind": "recall", "target": 0.9, "threshold": None}
    >>> metrics = {"tickets": 500, "labels": [{"label": "security", "tickets": 12}]}
    >>> promise = {"labels": {"security": label}}
    >>> unproved_promises({"metrics": metrics, "labels": 1, "promise": promise})[0][:71]
    'The promise that 90 % of security is caught is not proved: it takes 29 '
    """
    held_out = facts.get("trained", facts["metrics"])
    found = []
    for label, own in ((facts.get("promise") or {}).get("labels") or {}).items():
        if own["threshold"] is not None:
            continue
        share = share_in_words(own["target"])
        if own["kind"] == "recall":
            found.append(
                f"The promise that {share} of {label} is caught is not proved: "
                f"{_it_takes(fewest(own['target']), _held_out(label, facts, held_out))} Nothing is flagged "
                "with it until then. Learn from more of its tickets, or promise less of it."
            )
        elif facts.get("learnable") is not False:
            found.append(
                f"The promise that {share} of what is applied with {label} is right is not proved: it takes "
                f"{fewest(own['target']):,} held-out tickets answered with it or more, and hardly one of "
                "them wrong. Nothing is applied with it until then; it can be suggested."
            )
    return found


def _held_out(label: str, facts: Mapping[str, Any], held_out: Mapping[str, Any]) -> int | None:
    """Return how many tickets of a label were held out; None where a long list of labels leaves it out."""
    rows = {row["label"]: int(row["tickets"]) for row in held_out.get("labels", ())}
    is_whole = not held_out["tickets"] or len(rows) >= facts["labels"]
    return rows.get(label, 0 if is_whole else None)


def _it_takes(needed: int, there: int | None) -> str:
    takes = f"it takes {needed:,} of its tickets or more among those held out"
    if there is None:
        return f"{takes}."
    if there >= needed:
        return f"{takes}, and too many of the {there:,} are flagged with a label named before it."
    if not there:
        return f"{takes}, and there was none."
    was = "was" if there == 1 else "were"
    return f"{takes}, and there {was} {there:,}: about {needed / there:.1f} times as many are needed."
