"""Which labels are taken for which others: the commonest pairs, and a small matrix of the most confused.

Counts the likeliest label of every ticket, whether it was applied or not.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

__all__ = ["confused_pairs", "confusion_matrix"]

PAIRS = 20
"""Confused pairs named."""

EXAMPLES = 5
MATRIX_LABELS = 12
"""More rows than these do not fit the width of a page."""


def confused_pairs(
    truth: Sequence[str], predicted: Sequence[str], ticket_ids: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Return the commonest pairs of a true label and another that seemed likeliest.

    Parameters
    ----------
    truth, predicted : sequence of str
        A label a ticket.
    ticket_ids : sequence of str, optional
        Adds ``examples``: up to 5 tickets of each pair, to look at.

    Returns
    -------
    list of dict
        ``truth, predicted, tickets, share`` (of the true label's tickets); at most 20, commonest first.
    """
    rows: dict[tuple[str, str], list[int]] = {}
    for row, pair in enumerate(zip(truth, predicted, strict=True)):
        if pair[0] != pair[1]:
            rows.setdefault(pair, []).append(row)
    of_label = Counter(truth)
    found = []
    for (true, said), members in sorted(rows.items(), key=lambda one: (-len(one[1]), one[0]))[:PAIRS]:
        share = round(len(members) / of_label[true], 6)
        pair_facts = {"truth": true, "predicted": said, "tickets": len(members), "share": share}
        if ticket_ids is not None:
            pair_facts["examples"] = [ticket_ids[row] for row in members[:EXAMPLES]]
        found.append(pair_facts)
    return found


def confusion_matrix(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, Any]:
    """Return the matrix of the labels that take part in the most confusions.

    Returns
    -------
    dict
        ``labels`` (at most 12, commonest in truth first) and ``tickets``: for each true label the counts by
        predicted label, with one column more for all labels that are not listed. ``others`` is a last row:
        tickets of labels not listed, likewise.
    """
    wrong: Counter[str] = Counter()
    for true, said in zip(truth, predicted, strict=True):
        if true != said:
            wrong.update((true, said))
    of_label = Counter(truth)
    chosen = sorted(wrong, key=lambda label: (-wrong[label], label))[:MATRIX_LABELS]
    labels = sorted(chosen, key=lambda label: (-of_label[label], label))
    place = {label: column for column, label in enumerate(labels)}
    last = len(labels)
    counts = [[0] * (last + 1) for _ in range(last + 1)]
    for true, said in zip(truth, predicted, strict=True):
        counts[place.get(true, last)][place.get(said, last)] += 1
    return {"labels": labels, "tickets": counts[:last], "others": counts[last]}
