"""Whether each part of a field's promise came true on judged tickets: of the field, and of single labels."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.flags import flagged_columns
from triage.policy import Promise, PromiseKind

__all__ = ["promises_kept"]


def promises_kept(
    probabilities: np.ndarray,
    classes: np.ndarray,
    labels: Sequence[str],
    promise: Promise,
    applied: np.ndarray,
    flagged: np.ndarray | None = None,
) -> list[dict[str, Any]]:
    """Count, for everything promised, the tickets that it is about and those of which it came true.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_labels)
        Of the judged tickets.
    classes : ndarray of shape (n,)
        The truth; -1 for a label that the model does not know.
    labels : sequence of str
        In column order.
    promise : Promise
        Of the field.
    applied : ndarray of shape (n,), bool
        Which values were applied.
    flagged : ndarray of shape (n,), int, optional
        Column of the label that each ticket is flagged with, -1 for none; by default those of the promise.

    Returns
    -------
    list of dict
        ``kind``, ``label`` (None: the field as a whole), ``target``, ``tickets`` and ``kept`` (counts); of a
        recall also its price: ``flagged`` (of all tickets, those shown as the label because of the flag) and
        ``flagged_right``. Of a
        precision the tickets are those applied, of a coverage all, of a recall those truly of the label;
        flags are looked at in all of them, also where something else held the ticket back. A precision of
        the field leaves out labels that have their own. The field's come first. A recall that no flag
        stands for is left out: nothing was promised.
    """
    predicted = probabilities.argmax(axis=1)
    right = predicted == classes
    own = np.isin(np.asarray(labels, dtype=str)[predicted], list(promise.label_precisions))

    def told(kind: PromiseKind, label: str | None, target: float, of: np.ndarray, is_so: np.ndarray) -> Any:
        counts = {"tickets": int(of.sum()), "kept": int((of & is_so).sum())}
        return {"kind": kind.value, "label": label, "target": target} | counts

    everything = np.ones(len(classes), bool)
    found = []
    if promise.target_coverage is not None:
        found.append(told(PromiseKind.COVERAGE, None, promise.target_coverage, everything, applied))
        found.append(told(PromiseKind.PRECISION, None, promise.target_precision, applied, right))
    else:
        found.append(told(PromiseKind.PRECISION, None, promise.target_precision, applied & ~own, right))
    if flagged is None:
        flagged = flagged_columns(probabilities, labels, promise.flags)
    for column, label in enumerate(labels):
        if label in promise.label_precisions:
            mine = applied & (predicted == column)
            found.append(told(PromiseKind.PRECISION, label, promise.label_precisions[label], mine, right))
        if label in promise.label_recalls and promise.flags.get(label) is not None:
            caught = (flagged == column) | (applied & (predicted == column))
            target = promise.label_recalls[label]
            recall = told(PromiseKind.RECALL, label, target, classes == column, caught)
            mine = flagged == column
            price = {"flagged": int(mine.sum()), "flagged_right": int((mine & (classes == column)).sum())}
            found.append(recall | price)
    return found
