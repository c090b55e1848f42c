"""Where a model does better or worse than elsewhere: one field's results by month, channel and so on.

Counts and tests; names no ticket.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import fisher_exact

from features.cleaning import clean_text
from features.language import language_of
from training.bounds import lower_bound
from training.judged_share import FEWEST_JUDGED
from triage.ticket import PastTicket

__all__ = ["LEAST", "holm", "measure_slices", "slice_values"]

LEAST = FEWEST_JUDGED
"""Tickets below which a slice is not shown: its figures would be chance."""

ERROR_RATE = 0.05
"""Chance, over all slices of a field together, of marking any that is like the rest (Holm 1979)."""

FEW = 20
"""Values of product or organization beyond which that kind is left out: it would be a list, not a finding."""

LENGTHS = ((0, "no text"), (100, "up to 100 characters"), (300, "up to 300"), (1_000, "up to 1,000"))


def slice_values(past: PastTicket) -> dict[str, str]:
    """Return the slices that a ticket belongs to, by kind; a kind of which it says nothing is left out."""
    ticket = past.ticket
    values = {
        "month": f"{ticket.created_at:%Y-%m}" if ticket.created_at else None,
        "channel": ticket.channel,
        "language": language_of(ticket),
        "product": ticket.product,
        "organization": ticket.organization,
        "length": _length(len(clean_text(ticket))),
        "team": past.labels.get("team"),
    }
    return {name: value for name, value in values.items() if value}


def measure_slices(
    tickets: Sequence[Mapping[str, str]], right: np.ndarray, applied: np.ndarray, *, field: str = ""
) -> list[dict[str, Any]]:
    """Measure every slice that is large enough.

    Parameters
    ----------
    tickets : sequence of Mapping
        The slices of each ticket, see :func:`slice_values`.
    right, applied : ndarray of shape (n,), bool
        Whether its likeliest label was right, and whether it was applied.
    field : str, optional
        The field judged: slices by its own label would be the recall of each label.

    Returns
    -------
    list of dict
        ``slice, value, tickets, accuracy, coverage, precision, precision_lower_bound, differs``: ``differs``
        is ``worse`` or ``better`` where the accuracy is not that of all other tickets (Fisher's exact test,
        corrected after Holm), else None. By kind, then by value. A kind of which every ticket has the same
        value is left out, and so are product and organization where they have more than 20 values.
    """
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, values in enumerate(tickets):
        for kind, value in values.items():
            members[kind, value].append(row)
    kinds = Counter(kind for kind, _ in members)
    # A kind with one value for every ticket compares with nothing.
    alone = {kind for (kind, _), rows in members.items() if len(rows) == len(tickets)}
    left_out = alone | {field} | {kind for kind in ("product", "organization") if kinds[kind] > FEW}
    kept = {
        key: rows for key, rows in sorted(members.items()) if len(rows) >= LEAST and key[0] not in left_out
    }
    chances = [_chance(right, rows) for rows in kept.values()]
    marked = holm(chances)
    overall = right.mean()
    slices = []
    for (kind, value), rows, differs in zip(kept.keys(), kept.values(), marked, strict=True):
        shown = applied[rows]
        hits = int(right[rows][shown].sum())
        accuracy = float(right[rows].mean())
        slices.append(
            {
                "slice": kind,
                "value": value,
                "tickets": len(rows),
                "accuracy": round(accuracy, 6),
                "coverage": round(float(shown.mean()), 6),
                "precision": round(hits / int(shown.sum()), 6) if shown.any() else None,
                "precision_lower_bound": round(lower_bound(hits, int(shown.sum())), 6),
                "differs": ("worse" if accuracy < overall else "better") if differs else None,
            }
        )
    return slices


def _chance(right: np.ndarray, rows: list[int]) -> float:
    """Return how likely so large a difference to all other tickets is by chance; 1 where there are none."""
    hits, others = int(right[rows].sum()), len(right) - len(rows)
    other_hits = int(right.sum()) - hits
    table = [[hits, len(rows) - hits], [other_hits, others - other_hits]]
    return float(fisher_exact(table).pvalue) if others else 1.0


def holm(chances: Sequence[float]) -> list[bool]:
    """Return which p-values stay small when all are looked at together (Holm 1979), at 5 %."""
    marked = [False] * len(chances)
    for rank, place in enumerate(np.argsort(chances, kind="stable")):
        if chances[place] > ERROR_RATE / (len(chances) - rank):
            break
        marked[place] = True
    return marked


def _length(chars: int) -> str:
    return next((name for most, name in LENGTHS if chars <= most), "over 1,000")
