"""How good one field's predictions were, as numbers that fit into a manifest and a report.

Judges probabilities against the truth; decides nothing and draws nothing.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from training.bounds import lower_bound
from training.calibration_error import calibration_error
from training.flags import flagged_columns
from training.promise_kept import promises_kept
from training.risk_coverage import area_under_risk, least_area, risk_coverage
from triage.errors import InputError
from triage.policy import Promise
from triage.pooling import FLOOR

__all__ = ["applied_by", "held_out_metrics", "unmeasured"]

COMMONEST, THINNEST = 150, 50
"""Labels listed of a field that has more: a manifest stays small, a card still shows both ends."""

DIGITS = 6


def held_out_metrics(
    probabilities: np.ndarray,
    classes: np.ndarray,
    labels: Sequence[str],
    promise: Promise,
    *,
    applied: np.ndarray | None = None,
    flagged: np.ndarray | None = None,
) -> dict[str, Any]:
    """Measure one field's predictions of tickets that it did not learn from.

    Parameters
    ----------
    probabilities : ndarray of shape (m, n_labels)
        Rows sum to 1.
    classes : ndarray of shape (m,)
        The truth as columns of ``probabilities``; -1 for a label that the model does not know.
    labels : sequence of str
        In column order.
    promise : Promise
        Its thresholds.
    applied : ndarray of shape (m,), bool, optional
        Which values were applied; by default those that reach their threshold, see :func:`applied_by`.
    flagged : ndarray of shape (m,), int, optional
        Column of the label that each is flagged with, -1 for none; by default those of the promise.

    Returns
    -------
    dict
        Of JSON types. ``tickets, accuracy, top3, log_loss`` (in nats, no probability taken as less than
        1e-6), ``macro_f1`` (over known labels that occur or are predicted), ``majority`` (share of the
        commonest label: what always answering it would reach); ``value_accuracy`` (share whose value is
        right as it is answered, a flagged label in place of the likeliest); ``coverage`` (share applied),
        ``precision`` (share of those right; None without any) and ``precision_lower_bound`` (one-sided,
        95 %, Clopper and Pearson 1934); ``ece`` and ``ece_null_95``; ``aurc`` and ``aurc_best`` (area under
        the risk-coverage curve, and what the same answers would have in the best order); lists
        ``reliability``, ``risk_coverage``, ``promises`` (see :func:`training.promise_kept.promises_kept`) and
        ``labels``; ``labels_applied`` (labels with a threshold).

    Raises
    ------
    InputError
        If there is no ticket to judge by.
    """
    if len(classes) == 0:
        raise InputError("Got no ticket to judge by; expected one or more with a label of the field.")
    rows = np.arange(len(classes))
    predicted = probabilities.argmax(axis=1)
    confidence = np.clip(probabilities[rows, predicted], 0.0, 1.0)
    right = predicted == classes
    known = classes >= 0
    stated = np.where(known, probabilities[rows, np.maximum(classes, 0)], 0.0)
    shown = applied_by(probabilities, labels, promise) if applied is None else applied
    if flagged is None:
        flagged = flagged_columns(probabilities, labels, promise.flags)
    calibration = calibration_error(confidence, right)
    metrics = {
        "tickets": len(classes),
        "accuracy": float(right.mean()),
        "value_accuracy": float((np.where(flagged < 0, predicted, flagged) == classes).mean()),
        "top3": float((known & (_rank(probabilities, classes, stated) < 3)).mean()),
        "log_loss": float(-np.log(np.clip(stated, FLOOR, 1.0)).mean()),
        "macro_f1": _macro_f1(predicted, classes, len(labels)),
        "majority": float(np.unique(classes, return_counts=True)[1].max() / len(classes)),
        "coverage": float(shown.mean()),
        "precision": float(right[shown].mean()) if shown.any() else None,
        "precision_lower_bound": lower_bound(int(right[shown].sum()), int(shown.sum())),
        "ece": calibration.error,
        "ece_null_95": calibration.null_95,
        "aurc": area_under_risk(confidence, right),
        "aurc_best": least_area(right),
        "labels_applied": sum(promise.thresholds.get(label) is not None for label in labels),
        "reliability": [asdict(point) for point in calibration.points],
        "risk_coverage": risk_coverage(confidence, right),
        "promises": promises_kept(probabilities, classes, labels, promise, shown, flagged),
        "labels": _label_rows(predicted, classes, shown, labels, promise),
    }
    return {name: _rounded(value) for name, value in metrics.items()}


def unmeasured() -> dict[str, Any]:
    """Return the metrics of a field for which no ticket was held out: None where a figure would stand."""
    figures = ("accuracy", "top3", "log_loss", "macro_f1", "majority", "precision", "ece", "ece_null_95")
    none: dict[str, Any] = dict.fromkeys((*figures, "value_accuracy", "aurc", "aurc_best"))
    lists: dict[str, Any] = {name: [] for name in ("reliability", "risk_coverage", "promises", "labels")}
    return none | lists | {"tickets": 0, "coverage": 0.0, "precision_lower_bound": 0.0, "labels_applied": 0}


def applied_by(probabilities: np.ndarray, labels: Sequence[str], promise: Promise) -> np.ndarray:
    """Return, for each row, whether its likeliest label reaches that label's threshold, unless flagged.

    A row flagged with another label than its likeliest is shown to a person, whatever its confidence.
    """
    predicted = probabilities.argmax(axis=1)
    found = [promise.thresholds.get(label) for label in labels]
    needed = np.array([np.inf if one is None else one for one in found])
    flagged = flagged_columns(probabilities, labels, promise.flags)
    reached = probabilities[np.arange(len(predicted)), predicted] >= needed[predicted]
    return np.asarray(reached & ((flagged < 0) | (flagged == predicted)))


def _rank(probabilities: np.ndarray, classes: np.ndarray, stated: np.ndarray) -> np.ndarray:
    """Return how many labels come before the true one; ties keep the labels' order, as in a decision."""
    before = probabilities > stated[:, None]
    tied = probabilities == stated[:, None]
    earlier = np.arange(probabilities.shape[1]) < classes[:, None]
    return np.asarray((before | (tied & earlier)).sum(axis=1))


def _macro_f1(predicted: np.ndarray, classes: np.ndarray, n_labels: int) -> float:
    hits = np.bincount(predicted[predicted == classes], minlength=n_labels)
    either = np.bincount(predicted, minlength=n_labels) + np.bincount(
        classes[classes >= 0], minlength=n_labels
    )
    present = either > 0
    return float((2 * hits[present] / either[present]).mean())


def _label_rows(
    predicted: np.ndarray, classes: np.ndarray, shown: np.ndarray, labels: Sequence[str], promise: Promise
) -> list[dict[str, Any]]:
    """Return what is known of each label, commonest first.

    ``precision`` and ``recall`` are of the likeliest label whether applied or not, ``coverage`` is the
    share of the label's tickets to which some value was applied, ``applied`` counts how often the label
    itself was, and ``applied_precision`` how much of that was right.
    """

    def count(mask: np.ndarray, of: np.ndarray) -> np.ndarray:
        return np.bincount(of[mask], minlength=len(labels))

    known, right = classes >= 0, predicted == classes
    tickets, guesses = count(known, classes), count(np.ones_like(known), predicted)
    hits, applied = count(right, predicted), count(shown, predicted)
    covered, applied_right = count(known & shown, classes), count(shown & right, predicted)
    order = np.argsort(-tickets, kind="stable")
    if len(order) > COMMONEST + THINNEST:
        order = np.concatenate([order[:COMMONEST], order[-THINNEST:]])
    return [
        {
            "label": labels[one],
            "tickets": int(tickets[one]),
            "precision": _share(hits[one], guesses[one]),
            "recall": _share(hits[one], tickets[one]),
            "coverage": _share(covered[one], tickets[one]),
            "applied": int(applied[one]),
            "applied_precision": _share(applied_right[one], applied[one]),
            "threshold": _rounded(promise.thresholds.get(labels[one])),
        }
        for one in order
    ]


def _share(part: int, whole: int) -> float | None:
    return round(float(part / whole), DIGITS) if whole else None


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return {name: _rounded(one) for name, one in value.items()} if isinstance(value, dict) else value
