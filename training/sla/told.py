"""What a training says of times and promises, in words for people."""

from collections.abc import Mapping
from typing import Any

__all__ = ["NAMES", "told_of_times", "why_not"]

NAMES = {"breach": "broken promises", "reassignment": "tickets handed on"}


PARTS = {"time": "Time to the solution"} | {
    name: f"Probability of {called}" for name, called in NAMES.items()
}


def why_not(facts: Mapping[str, Mapping[str, Any]], parts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the parts that were not learnt, joined where they share a reason, each with it.

    Parameters
    ----------
    facts : Mapping
        See :func:`told_of_times`.
    parts : Mapping of str to str
        By part of the facts, what it is called.
    """
    together: dict[str, list[str]] = {}
    for name, called in parts.items():
        if "reason" in facts[name]:
            together.setdefault(facts[name]["reason"], []).append(called)
    return [
        (", ".join([first, *(one[0].lower() + one[1:] for one in rest)]), reason)
        for reason, (first, *rest) in together.items()
    ]


def told_of_times(facts: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a line for each part of what :func:`training.sla.learn_foresight.learn_foresight` reports.

    Parts that were not learnt come last, those of one reason in one line.
    """
    time, lines = facts["time"], []
    if "reason" not in time:
        lines.append(
            f"{PARTS['time']}: nine in ten were said to stay below a time, {time['coverage']['0.9']:.0%} of "
            f"{time['judged']:,} judged tickets did; mean loss {time['pinball_hours']:.1f} hours, "
            f"{time['pinball_hours_same_for_all']:.1f} if all were told alike."
        )
    for name in NAMES:
        one = facts[name]
        if "reason" in one:
            continue
        auc = "" if one["auc"] is None else f" AUC {one['auc']:.2f} (.5 is chance) and"
        lines.append(
            f"{PARTS[name]}:{auc} calibration error {one['calibration_error']:.3f} (chance alone stays below "
            f"{one['calibration_null_95']:.3f}) on {one['judged']:,} judged tickets."
        )
    lines += [f"{called}: not learnt, {reason}" for called, reason in why_not(facts, PARTS)]
    return "\n".join(lines)
