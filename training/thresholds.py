"""Thresholds that keep a promise: "what is applied is right in 95 of 100", with a finite-sample bound.

Each label gets its own threshold, all of them moved by one strictness. A ticket that helped to place a
threshold would speak for it: so tickets are judged by thresholds placed by other tickets (cross-fitting), and
the strictness is chosen by testing from strict to lax, stopping at the first failure, so that looking many
times costs nothing (fixed-sequence testing from several starts, Angelopoulos et al. 2021, *Learn then Test*).
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import beta

from triage.policy import Promise

__all__ = ["lower_bound", "solve_promise"]

ERROR_RATE = 0.05
"""One-sided: the bound fails for one history in twenty."""

PRIOR_WEIGHT = 20.0
"""How many tickets' worth the confidence itself counts in a label's precision."""

TURNS = 5
"""Groups of tickets, each judged by the thresholds that the others place."""

START_FACTOR = 4
"""Each further chain of tests starts where this many times more tickets are applied."""

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
) -> tuple[Promise, np.ndarray]:
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
    promise : Promise
        A label's threshold is None where it can never be applied: nothing was held out to judge it by, or
        no strictness keeps the promise.
    applied : ndarray of shape (n,), bool
        Tickets that thresholds placed by other tickets apply: what to measure the promise on.
    """
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities[np.arange(len(predicted)), predicted]
    right = predicted == classes
    strictness = np.linspace(1.0, max(0.0, target_precision - 0.15), STEPS)
    shown = np.zeros((STEPS, len(predicted)), bool)
    turn = np.arange(len(predicted)) % TURNS
    for own in range(TURNS):
        others, mine = turn != own, np.flatnonzero(turn == own)
        curves = _curves(predicted[others], confidence[others], right[others], len(labels))
        # A label whose only tickets are judged here goes by its confidence, as it would with so little more.
        alone = np.sort(confidence[others])[::-1]
        of_all = (alone, np.cumsum(alone) / np.arange(1, len(alone) + 1))
        curves = [curve if len(curve[0]) else of_all for curve in curves]
        for step, one in enumerate(strictness):
            needed = np.array([np.inf if at is None else at for at in _thresholds(curves, one)])
            shown[step, mine] = confidence[mine] >= needed[predicted[mine]]
    chosen = _laxest_kept(shown, right, target_precision)
    suggest_at = _suggest_at(confidence, right)
    if chosen is None:
        nothing = Promise(target_precision, dict.fromkeys(labels), suggest_at)
        return nothing, np.zeros(len(predicted), bool)
    thresholds = _thresholds(_curves(predicted, confidence, right, len(labels)), strictness[chosen])
    return Promise(target_precision, dict(zip(labels, thresholds, strict=True)), suggest_at), shown[chosen]


def _laxest_kept(shown: np.ndarray, right: np.ndarray, target: float) -> int | None:
    """Return the laxest step that a chain of kept promises leads to, None when every first test fails.

    One chain would end at an unlucky start with few tickets: so several share the error rate, each starting
    where more tickets are applied (Bonferroni over the starts, which do not look at what was right).
    """
    counts, hits = shown.sum(axis=1), (shown & right).sum(axis=1)
    starts: list[int] = []
    size = 2 * _fewest(target)
    while size <= counts.max(initial=0):
        step = int(np.argmax(counts >= size))
        starts += [step] if step not in starts else []
        size *= START_FACTOR
    chosen = None
    for start in starts:
        for step in range(start, len(counts)):
            bound = lower_bound(int(hits[step]), int(counts[step]), error_rate=ERROR_RATE / len(starts))
            if bound < target:
                break
            chosen = step if chosen is None else max(chosen, step)
    return chosen


def _fewest(target: float) -> int:
    """Return how many right values in a row it takes for the bound to reach the target."""
    return int(np.ceil(np.log(ERROR_RATE) / np.log(target)))


def _curves(
    predicted: np.ndarray, confidence: np.ndarray, right: np.ndarray, n_labels: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return, for each label, candidate thresholds (falling) and the shrunk precision at or above each."""
    order = np.argsort(-confidence, kind="stable")
    curves = []
    for label in range(n_labels):
        mine = order[predicted[order] == label]
        count = np.arange(1, len(mine) + 1)
        expected = np.cumsum(confidence[mine]) / count
        precision = (np.cumsum(right[mine]) + PRIOR_WEIGHT * expected) / (count + PRIOR_WEIGHT)
        curves.append((confidence[mine], precision))
    return curves


def _thresholds(curves: Sequence[tuple[np.ndarray, np.ndarray]], strictness: float) -> list[float | None]:
    """Return each label's lowest threshold at and above which its precision is enough, None without one."""
    found: list[float | None] = []
    for confidence, precision in curves:
        enough = np.flatnonzero(precision >= strictness)
        found.append(float(confidence[enough[-1]]) if len(enough) else None)
    return found


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
