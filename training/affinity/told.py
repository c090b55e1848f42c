"""What was learnt of when a person can be trusted, in a line for people."""

from collections.abc import Mapping
from typing import Any

__all__ = ["told_of_people"]

ASKED = {"everybody": "everybody asked", "team": "within the right team"}


def told_of_people(facts: Mapping[str, Any]) -> str:
    """Return a line of what :func:`training.affinity.trust.trust_facts` tells; empty without assignees."""
    said = [f"{ASKED[name]}, {_told(facts[name])}" for name in ASKED if name in facts]
    if said:
        return f"Assignees: {'; '.join(said)}."
    return "Assignees: too few to judge, suggested only." if facts else ""


def _told(trust: Mapping[str, Any]) -> str:
    right = f"the first was right in {trust['right']:.0%} of {trust['judged']:,} judged tickets"
    if trust["threshold"] is None:
        return f"{right}, and none is sure enough for {trust['precision']:.0%}"
    return f"{right}, and {trust['precision']:.0%} holds from affinity {trust['threshold']:.2f} on"
