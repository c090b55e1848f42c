"""From which probability a ticket is flagged with a label that must be caught, likeliest or not.

The bound is exact and needs no correction for looking: of n held-out tickets of the label, the one with the
k-th smallest probability bounds the share above it as k - 1 misses in n would (a one-sided tolerance limit by
order statistics, Wilks 1941).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from training.bounds import lower_bound

__all__ = ["flagged_columns", "solve_flags"]


def solve_flags(
    probabilities: np.ndarray, classes: np.ndarray, labels: Sequence[str], recalls: Mapping[str, float]
) -> dict[str, float | None]:
    """Return, for each label to be caught, the highest probability at which its recall is proved.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_labels)
        Calibrated, of held-out tickets.
    classes : ndarray of shape (n,)
        The truth.
    labels : sequence of str
        In column order.
    recalls : Mapping of str to float
        Target by label; a ticket that reaches the flags of several has the first one's.

    Returns
    -------
    dict of str to (float or None)
        In the order of ``recalls``. None where too few tickets of the label were held out to prove any (59
        prove .95, 29 prove .90), or the model does not know it.
    """
    flags: dict[str, float | None] = {}
    taken = np.zeros(len(classes), bool)
    for label, target in recalls.items():
        flags[label] = None
        if label not in labels:
            continue
        column = list(labels).index(label)
        mine = classes == column
        # Taken by a label named earlier: nothing catches it any more.
        stated = np.sort(np.where(taken, -1.0, probabilities[:, column])[mine])
        n = len(stated)
        misses = -1
        while misses + 1 < n and lower_bound(n - misses - 1, n) >= target:
            misses += 1
        if misses >= 0 and stated[misses] >= 0.0:
            flags[label] = float(stated[misses])
            taken |= probabilities[:, column] >= stated[misses]
    return flags


def flagged_columns(
    probabilities: np.ndarray, labels: Sequence[str], flags: Mapping[str, float | None]
) -> np.ndarray:
    """Return, for each row, the column of the label it is flagged with, -1 for none; int of shape (n,)."""
    found = np.full(len(probabilities), -1)
    places = {label: place for place, label in enumerate(labels)}
    for label, at in flags.items():
        if at is not None and label in places:
            free = (found < 0) & (probabilities[:, places[label]] >= at)
            found[free] = places[label]
    return found
