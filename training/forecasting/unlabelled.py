"""Tickets of the last weeks that have no label yet are counted among the labels, by their recent shares.

Who triages a ticket gives it its team; until then it has none. Taken as a label of its own, a handful of
them would be a newborn series that takes volume from all others. What was without a label in earlier weeks
as well is one of a kind, and stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["RECENT_DAYS", "UNKNOWN_LABEL", "share_out"]

UNKNOWN_LABEL = "(none)"
RECENT_DAYS = 28
"""Within so many days a label may still come; of a shorter history within its second half."""
BY_CHANCE = 2.0
"""Standard deviations of a binomial by which the share of earlier weeks must be exceeded."""

Array = NDArray[np.float64]


def share_out(
    names: Sequence[str], counts: Array, field: str, recent: int
) -> tuple[tuple[str, ...], Array, str | None]:
    """Share what is newly without a label among the labels of a field.

    Parameters
    ----------
    names : sequence of str
    counts : array, shape (n_series, n)
    field : str
        The series are ``field=label``, those without a label ``field=(none)``.
    recent : int
        Intervals at the end of the history in which a label may still come.

    Returns
    -------
    names : tuple of str
        Without ``field=(none)`` where nothing of it is left.
    counts : array
    said : str or None
        What was done, in a sentence.
    """
    nobody = f"{field}={UNKNOWN_LABEL}"
    rows = [row for row, name in enumerate(names) if name.startswith(f"{field}=") and name != nobody]
    if nobody not in names or not rows or recent < 1:
        return tuple(names), counts, None
    at = list(names).index(nobody)
    new = _new_share(counts[at], counts[rows].sum(axis=0), recent)
    if new == 0.0:
        return tuple(names), counts, None
    counts = counts.copy()
    moved = new * counts[at, -recent:]
    shares = counts[rows, -recent:].sum(axis=1)
    if not shares.any():
        shares = counts[rows].sum(axis=1)
    counts[rows, -recent:] += (shares / shares.sum())[:, None] * moved
    counts[at, -recent:] -= moved
    said = (
        f"{moved.sum():,.0f} of the latest tickets without a {field}, more than is usual: "
        "counted among its labels by their recent shares."
    )
    if counts[at].any():
        return tuple(names), counts, said
    return tuple(name for name in names if name != nobody), np.delete(counts, at, axis=0), said


def _new_share(without: Array, labelled: Array, recent: int) -> float:
    """Return which share of what is lately without a label goes beyond what earlier weeks had."""
    earlier = float((without + labelled)[:-recent].sum())
    came = float(without[-recent:].sum())
    if earlier == 0.0 or came == 0.0 or not labelled.any():
        return 0.0
    usual = float(without[:-recent].sum()) / earlier
    whole = came + float(labelled[-recent:].sum())
    excess = came - usual * whole
    return excess / came if excess > BY_CHANCE * np.sqrt(usual * (1.0 - usual) * whole) else 0.0
