"""The promise of a field: flags for labels to be caught, labels with their own precision, and the rest."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.bounds import lower_bound
from training.flags import flagged_columns, solve_flags
from training.targets import FieldTarget
from training.thresholds import Cut, cut_for_coverage, cut_for_precision, suggest_at
from triage.policy import Promise, PromiseKind

__all__ = ["promise_facts", "solve_promise"]


def solve_promise(
    probabilities: np.ndarray, classes: np.ndarray, labels: Sequence[str], target: FieldTarget
) -> tuple[Promise, np.ndarray]:
    """Solve thresholds on held-out predictions for what the admin wants promised.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_labels)
        Calibrated, of held-out tickets, in time order where known.
    classes : ndarray of shape (n,)
        The truth; -1 for a label that the model does not know.
    labels : sequence of str
        In column order.
    target : FieldTarget
        What to promise.

    Returns
    -------
    promise : Promise
        A label's threshold is None where it can never be applied: nothing was held out to judge it by, or
        no threshold keeps the promise.
    applied : ndarray of shape (n,), bool
        Tickets that thresholds placed by other tickets apply: what to measure the promise on.
    """
    rows = np.arange(len(classes))
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities[rows, predicted]
    right = predicted == classes
    recalls = {label: one.target for label, one in target.labels.items() if one.kind is PromiseKind.RECALL}
    precisions = {
        label: one.target for label, one in target.labels.items() if one.kind is PromiseKind.PRECISION
    }
    flags = solve_flags(probabilities, classes, labels, recalls)
    flagged = flagged_columns(probabilities, labels, flags)
    # A ticket flagged with another label is shown to a person, never applied.
    free = (flagged < 0) | (flagged == predicted)
    applied = np.zeros(len(classes), bool)
    thresholds: list[float | None] = [None] * len(labels)
    own = [column for column, label in enumerate(labels) if label in precisions]

    def take(among: np.ndarray, cut: Cut) -> list[float | None]:
        applied[among] = cut.applied
        return cut.thresholds

    def said(among: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
        return predicted[among], confidence[among], right[among], len(labels)

    for column in own:
        mine = free & (predicted == column)
        cut = cut_for_precision(*said(mine), target=precisions[labels[column]])
        thresholds[column] = take(mine, cut)[column]
    rest = free & ~np.isin(predicted, own)
    if target.kind is PromiseKind.COVERAGE:
        already = int(applied.sum())
        cut = cut_for_coverage(*said(rest), target=target.target, already=already, of=len(classes))
    else:
        cut = cut_for_precision(*said(rest), target=target.target)
    common = take(rest, cut)
    thresholds = [own_one if column in own else common[column] for column, own_one in enumerate(thresholds)]
    covers = target.kind is PromiseKind.COVERAGE
    promise = Promise(
        lower_bound(int((right & applied).sum()), int(applied.sum())) if covers else target.target,
        dict(zip(labels, thresholds, strict=True)),
        suggest_at(confidence, right),
        target.kind,
        target.target if covers else None,
        flags,
        precisions,
        recalls,
    )
    return promise, applied


def promise_facts(promise: Promise) -> dict[str, Any]:
    """Return what a promise says, for a manifest: ``kind``, ``target``, ``precision`` and ``labels``.

    ``precision`` is what is promised of applied values. ``labels`` has those with targets of their own: their
    ``kind``, ``target`` and ``threshold``, from which the label is applied or, for a recall, flagged; None
    where the target could not be proved.
    """
    precisions, recalls = promise.label_precisions, promise.label_recalls
    labels = {
        label: {"kind": "precision", "target": share, "threshold": promise.thresholds.get(label)}
        for label, share in precisions.items()
    } | {
        label: {"kind": "recall", "target": share, "threshold": promise.flags.get(label)}
        for label, share in recalls.items()
    }
    target = promise.target_precision if promise.target_coverage is None else promise.target_coverage
    return {
        "kind": promise.kind.value,
        "target": target,
        "precision": promise.target_precision,
        "labels": labels,
    }
