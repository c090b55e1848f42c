"""Thresholds on held-out predictions: the most tickets that a target precision allows, or a target share.

The most tickets at a given precision are those above one level of "how likely is it right", the same for all
labels. A label differs from the others only by its offset, where one is proved (``label_offsets``). Then the
level falls from strict to lax, and testing stops at the first that is not kept (``bounds``).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from training.bounds import ERROR_RATE, fewest, lower_bound, run_chains
from training.label_offsets import choose_offsets, log_odds
from training.unsteadiness import variance_factors

__all__ = ["Cut", "cut_for_coverage", "cut_for_precision", "lower_bound", "suggest_at"]

SUGGEST_PRECISION = 0.5
"""A value is worth showing when it is at least as often right as wrong."""

STEPS = 100
"""Levels tried, at counts of tickets that grow by the same factor."""

CHAINS = ((1.0, 0.7), (3.0, 0.3))
"""Where chains start (tickets of the likeliest start divided by this) and their parts of the error rate."""

JUST_BELOW = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Thresholds and what they let through.

    Parameters
    ----------
    thresholds : list of (float or None)
        By label; None for labels that are never applied.
    applied : ndarray of shape (n,), bool
        The held-out tickets that thresholds placed without them let through.
    """

    thresholds: list[float | None]
    applied: np.ndarray


def cut_for_precision(
    predicted: np.ndarray, confidence: np.ndarray, right: np.ndarray, n_labels: int, *, target: float
) -> Cut:
    """Let through as many tickets as a target precision allows.

    Parameters
    ----------
    predicted, confidence : ndarray of shape (n,)
        Likeliest label of each held-out ticket, in time order where known, and its calibrated probability.
    right : ndarray of shape (n,), bool
    n_labels : int
    target : float
        The precision whose lower bound is to be reached.

    Returns
    -------
    Cut
        All thresholds None where no level keeps the promise. A label that no held-out ticket was given has
        none either: nothing was there to judge it by.
    """
    offsets, scores = choose_offsets(predicted, log_odds(confidence), right, n_labels)
    order = np.argsort(-scores, kind="stable")
    counts = _counts(len(order), fewest(target))
    hits = np.append(0, np.cumsum(right[order]))[counts]
    expected = np.append(0, np.cumsum(expit(scores[order])))[counts]
    factors = variance_factors(order, right, counts)
    step = run_chains(hits / factors, counts / factors, target, _starts(expected, counts, target))
    if step is None:
        return Cut([None] * n_labels, np.zeros(len(order), bool))
    return _cut(predicted, scores, offsets, float(scores[order[counts[step] - 1]]))


def cut_for_coverage(
    predicted: np.ndarray,
    confidence: np.ndarray,
    right: np.ndarray,
    n_labels: int,
    *,
    target: float,
    already: int,
    of: int,
) -> Cut:
    """Let through so many of the surest tickets that the lower bound of their share reaches the target.

    What was right is looked at only to place offsets, by other tickets: so the bound of the precision of what
    is let through needs no correction.

    Parameters
    ----------
    predicted, confidence, right, n_labels
        As in :func:`cut_for_precision`.
    target : float
        The share of tickets to apply.
    already, of : int
        How many other held-out tickets are applied anyway, and of how many tickets in all the share is meant.

    Returns
    -------
    Cut
        Where even all tickets prove too little, all are let through.
    """
    offsets, scores = choose_offsets(predicted, log_odds(confidence), right, n_labels)
    if not len(scores):
        return Cut([None] * n_labels, np.zeros(0, bool))
    wanted = range(max(1, int(target * of)), of)
    enough = next((count for count in wanted if lower_bound(count, of) >= target), of)
    needed = min(enough, already + len(scores)) - already
    if needed <= 0:
        return Cut([None] * n_labels, np.zeros(len(scores), bool))
    return _cut(predicted, scores, offsets, float(np.sort(scores)[::-1][needed - 1]))


def _counts(n: int, least: int) -> np.ndarray:
    if n < least:
        return np.empty(0, int)
    return np.unique(np.round(np.geomspace(least, n, STEPS)).astype(int))


def _starts(expected: np.ndarray, counts: np.ndarray, target: float) -> list[tuple[int, float]]:
    """Return where chains of tests start: where confidence alone makes passing likeliest, and stricter.

    A start with few tickets fails by bad luck and one with many by being too lax. Confidence says where the
    expected number of right values lies most standard errors above the target, and has not looked at what
    was right. Should it be too sure of itself, a second chain starts where a third as many are applied.
    """
    if not len(counts):
        return []
    above = (expected - target * counts) / np.sqrt(counts)
    likeliest = int(np.argmax(above))
    rates: dict[int, float] = {}
    for divisor, part in CHAINS:
        start = int(np.searchsorted(counts, counts[likeliest] / divisor))
        rates[start] = rates.get(start, 0.0) + part * ERROR_RATE
    return list(rates.items())


def _cut(predicted: np.ndarray, scores: np.ndarray, offsets: np.ndarray, level: float) -> Cut:
    # A hair below, so that rounding does not keep out the ticket whose score is the level.
    needed = expit(level - offsets) * (1 - JUST_BELOW)
    seen = np.bincount(predicted, minlength=len(offsets)) > 0
    thresholds = [float(one) if known else None for one, known in zip(needed, seen, strict=True)]
    return Cut(thresholds, scores >= level)


def suggest_at(confidence: np.ndarray, right: np.ndarray) -> float:
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
