"""What a promise to catch a label costs: the tickets that are shown as the label and are of another.

Speaks from metrics; measures nothing.
"""

from collections.abc import Mapping
from typing import Any

from triage.promise_words import is_dear, share_in_words

__all__ = ["flag_prices"]


def flag_prices(metrics: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """Say for each label to be caught how many tickets are flagged with it, and how many of these rightly.

    Parameters
    ----------
    metrics : Mapping
        Of a field, see :func:`training.metrics.held_out_metrics`. Those of bundles made before prices were
        counted say nothing.

    Returns
    -------
    list of (bool, str)
        Whether the price is small, and a sentence; last what the flags leave of the share of right values.
        Empty without flags.
    """
    of = metrics["tickets"]
    found = []
    for one in metrics.get("promises", ()):
        if "flagged" not in one:
            continue
        flagged, right = one["flagged"], one["flagged_right"]
        said = f"Flagged with {one['label']}: {flagged:,} of {of:,} tickets"
        said += f", {right:,} of them rightly ({right / flagged:.1%})." if flagged else "."
        small = not is_dear(flagged, right, of)
        if not small:
            said += (
                f" {flagged - right:,} of other labels would be suggested as {one['label']}: the price of "
                f"catching {share_in_words(one['target'])}. Promise less of it, or none, until more of its "
                "tickets are known."
            )
        found.append((small, said))
    if found and "value_accuracy" in metrics:
        said = (
            "As answered, flagged labels in place of the likeliest, "
            f"{metrics['value_accuracy']:.1%} of values are right; the likeliest label is in "
            f"{metrics['accuracy']:.1%}."
        )
        found.append((all(small for small, _ in found), said))
    return found
