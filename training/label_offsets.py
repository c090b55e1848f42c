"""How much more or less a label can be trusted than its confidence says, as far as held-out tickets prove it.

A label's offset is added to the log odds of its confidence. Offsets are pulled towards 0, so that a label
with few tickets keeps to the threshold of all; how hard, and whether there are any, is chosen on tickets that
did not help to place them.
"""

import numpy as np
from scipy.special import expit

from training.turns import TURNS, simplest, turns

__all__ = ["choose_offsets", "fit_offsets", "log_odds"]

VARIANCES = (0.0, 0.1, 0.3, 1.0)
"""Of the offsets' prior, simplest first; 0 means none. An offset of 1 turns .95 into .98 or .87."""

STEPS = 15
LONGEST_STEP = 2.0
EDGE = 1e-9


def log_odds(confidence: np.ndarray) -> np.ndarray:
    """Return log(p / (1 - p)), with p kept 1e-9 away from 0 and 1."""
    kept = np.clip(confidence, EDGE, 1 - EDGE)
    return np.asarray(np.log(kept / (1 - kept)))


def choose_offsets(
    predicted: np.ndarray, odds: np.ndarray, right: np.ndarray, n_labels: int
) -> tuple[np.ndarray, np.ndarray]:
    """Fit offsets where they prove to make right and wrong likelier, by the one-standard-error rule.

    Each variance is judged as it will be used, by offsets that earlier tickets place for later ones; of those
    whose loss is within one standard error of the best one's, the smallest is taken.

    Parameters
    ----------
    predicted : ndarray of shape (n,), int
        Likeliest label of each held-out ticket, in time order where known.
    odds : ndarray of shape (n,)
        Log odds of its confidence.
    right : ndarray of shape (n,), bool
    n_labels : int

    Returns
    -------
    offsets : ndarray of shape (n_labels,)
        Fitted on all tickets; all 0 where none are worth having.
    scores : ndarray of shape (n,)
        The odds with offsets that other tickets placed.
    """
    turn = turns(len(odds))
    later = turn > 0
    if not later.any():
        return np.zeros(n_labels), odds
    losses = []
    for variance in VARIANCES:
        scores = _scores(predicted, odds, right, n_labels, variance, only_earlier=True)[later]
        losses.append(np.logaddexp(0.0, np.where(right[later], -scores, scores)))
    variance = VARIANCES[simplest(losses)]
    offsets = fit_offsets(predicted, odds, right, n_labels, variance)
    return offsets, _scores(predicted, odds, right, n_labels, variance)


def _scores(
    predicted: np.ndarray,
    odds: np.ndarray,
    right: np.ndarray,
    n_labels: int,
    variance: float,
    *,
    only_earlier: bool = False,
) -> np.ndarray:
    """Add offsets that the other groups place, or only the groups before."""
    scores = odds.astype(float).copy()
    if variance == 0.0:
        return scores
    turn = turns(len(odds))
    for own in range(TURNS):
        others, mine = turn < own if only_earlier else turn != own, turn == own
        offsets = fit_offsets(predicted[others], odds[others], right[others], n_labels, variance)
        scores[mine] += offsets[predicted[mine]]
    return scores


def fit_offsets(
    predicted: np.ndarray, odds: np.ndarray, right: np.ndarray, n_labels: int, variance: float
) -> np.ndarray:
    """Return each label's most probable offset: logistic, normal prior, Newton steps of limited length."""
    offsets = np.zeros(n_labels)
    if variance == 0.0:
        return offsets
    for _ in range(STEPS):
        stated = expit(odds + offsets[predicted])
        gradient = np.bincount(predicted, right - stated, n_labels) - offsets / variance
        curvature = np.bincount(predicted, stated * (1 - stated), n_labels) + 1 / variance
        offsets += np.clip(gradient / curvature, -LONGEST_STEP, LONGEST_STEP)
    return offsets
