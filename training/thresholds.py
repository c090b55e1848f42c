"""Thresholds that keep a promise: "what is applied is right in 95 of 100", with a finite-sample bound.

Each label gets its own threshold, all of them moved by one strictness; the strictness is chosen by testing
from strict to lax and stopping at the first failure, so that looking many times costs nothing
(fixed-sequence testing, as in Angelopoulos et al. 2021, *Learn then Test*).
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import beta

from triage.policy import Promise

__all__ = ["lower_bound", "solve_promise"]

ERROR_RATE = 0.05
"""One-sided: the bound fails for one history in twenty."""

PRIOR_WEIGHT = 20.0
"""How many tickets' worth the field's own precision counts in a label's."""

SUGGEST_PRECISION = 0.5
"""A value is worth showing when it is at least as often right as wrong."""

STEPS = 100


def lower_bound(right: int, shown: int, *, error_rate: float = ERROR_RATE) -> float:
    """Return the one-sided Clopper-Pearson lower bound of a precision (Clopper and Pearson 1934).

    Examples
    --------
    >>> round(lower_bound(190, 200), 3)
    0.917
    """
    return float(beta.ppf(error_rate, right, shown - right + 1)) if right else 0.0


def solve_promise(
    probabilities: np.ndarray, classes: np.ndarray, labels: Sequence[str], *, target_precision: float
) -> Promise:
    """Solve per-label thresholds for a target precision on held-out predictions.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_labels)
        Calibrated, of held-out tickets.
    classes : ndarray of shape (n,)
        The truth; -1 for a label that the model does not know.
    labels : sequence of str
        In column order.
    target_precision : float
        Between 0 and 1.

    Returns
    -------
    Promise
        A label's threshold is None where it can never be applied: nothing was held out to judge it by, or
        no strictness keeps the promise.
    """
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities[np.arange(len(predicted)), predicted]
    right = predicted == classes
    chosen: list[float | None] = [None] * len(labels)
    curves = _curves(predicted, confidence, right, len(labels))
    for strictness in np.linspace(1.0, max(0.0, target_precision - 0.15), STEPS):
        thresholds = [_first_reaching(curve, strictness) for curve in curves]
        needed = np.array([np.inf if one is None else one for one in thresholds])
        shown = confidence >= needed[predicted]
        if shown.sum() == 0:
            continue
        if lower_bound(int(right[shown].sum()), int(shown.sum())) < target_precision:
            if any(one is not None for one in chosen) or shown.sum() >= 2 * _fewest(target_precision):
                break
            continue  # Too few yet for any bound to hold: not a failed test.
        chosen = thresholds
    suggest_at = _suggest_at(confidence, right)
    return Promise(target_precision, dict(zip(labels, chosen, strict=True)), suggest_at)


def _fewest(target: float) -> int:
    """Return how many right values in a row it takes for the bound to reach the target."""
    return int(np.ceil(np.log(ERROR_RATE) / np.log(target))) if 0 < target < 1 else 1


def _curves(
    predicted: np.ndarray, confidence: np.ndarray, right: np.ndarray, n_labels: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return, for each label, candidate thresholds (falling) and the shrunk precision at or above each."""
    order = np.argsort(-confidence, kind="stable")
    overall = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    curves = []
    for label in range(n_labels):
        mine = np.flatnonzero(predicted[order] == label)
        hits = np.cumsum(right[order][mine])
        count = np.arange(1, len(mine) + 1)
        precision = (hits + PRIOR_WEIGHT * overall[mine]) / (count + PRIOR_WEIGHT)
        curves.append((confidence[order][mine], precision))
    return curves


def _first_reaching(curve: tuple[np.ndarray, np.ndarray], strictness: float) -> float | None:
    """Return the lowest threshold whose precision, and that of every stricter one's tail, is enough."""
    thresholds, precision = curve
    enough = np.flatnonzero(precision >= strictness)
    return float(thresholds[enough[-1]]) if len(enough) else None


def _suggest_at(confidence: np.ndarray, right: np.ndarray) -> float:
    """Return the lowest confidence around which values are right half the time; 1.0 where none is."""
    order = np.argsort(confidence, kind="stable")
    window = max(20, len(order) // 20)
    if len(order) < window:
        return SUGGEST_PRECISION
    local = np.convolve(right[order], np.ones(window) / window, mode="valid")
    centre = confidence[order][window // 2 : window // 2 + len(local)]
    below = np.flatnonzero(local < SUGGEST_PRECISION)
    if len(below) == 0:
        return float(confidence.min())
    return float(centre[min(below[-1] + 1, len(centre) - 1)]) if below[-1] + 1 < len(centre) else 1.0
