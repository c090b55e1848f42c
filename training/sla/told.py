"""What a training says of times and promises, in words for people."""

from collections.abc import Mapping
from typing import Any

__all__ = ["told_of_times"]

NAMES = {"breach": "broken promises", "reassignment": "tickets handed on"}


def told_of_times(facts: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a line for each part of what :func:`training.sla.learn_foresight.learn_foresight` reports."""
    time = facts["time"]
    lines = [
        f"Time to the solution: not learnt, {time['reason']}"
        if "reason" in time
        else f"Time to the solution: nine in ten were said to stay below a time, "
        f"{time['coverage']['0.9']:.0%} of {time['judged']:,} judged tickets did; mean loss "
        f"{time['pinball_hours']:.1f} hours, {time['pinball_hours_same_for_all']:.1f} if all were told alike."
    ]
    for name, called in NAMES.items():
        one = facts[name]
        if "reason" in one:
            lines.append(f"Probability of {called}: not learnt, {one['reason']}")
            continue
        auc = "" if one["auc"] is None else f" AUC {one['auc']:.2f} (.5 is chance) and"
        lines.append(
            f"Probability of {called}:{auc} calibration error {one['calibration_error']:.3f} (chance alone "
            f"stays below {one['calibration_null_95']:.3f}) on {one['judged']:,} judged tickets."
        )
    return "\n".join(lines)
