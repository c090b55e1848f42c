"""Which labels of a long list a page shows without being asked: the hardest and the thinnest."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["FEWEST", "pick_labels"]

FEWEST = 10
"""Held-out tickets below which a label's share found is mostly chance."""

LISTED = 10
SHORT = 40
"""A table of so few labels is shown whole, and shows its hardest and thinnest by itself."""


def pick_labels(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return ``hardest`` (least often found) and ``thinnest`` label rows, and whether the list ``is_open``.

    Parameters
    ----------
    rows : sequence of Mapping
        ``labels`` of :func:`training.metrics.held_out_metrics`.
    """
    if len(rows) <= SHORT:
        return {"hardest": [], "thinnest": [], "is_open": True}
    judged = [row for row in rows if row["tickets"] >= FEWEST]
    return {
        "hardest": sorted(judged, key=lambda row: (row["recall"], -row["tickets"]))[:LISTED],
        "thinnest": sorted(rows, key=lambda row: row["tickets"])[:LISTED],
        "is_open": False,
    }
