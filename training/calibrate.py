"""Chooses by held-out tickets how a field's stated confidence is mended after the heads are pooled.

The pool's weights act as a temperature already, so the default is to do nothing more. A map is taken only
where tickets that did not help to fit it prove that it makes the truth likelier.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import isotonic_regression, minimize_scalar
from scipy.special import log_softmax, softmax

from features.calibration import Calibration
from training.label_offsets import fit_offsets, log_odds
from training.turns import TURNS, simplest, turns
from triage.pooling import FLOOR

__all__ = ["choose_calibration"]

SCALES = (0.3, 3.0)
OFFSET_VARIANCE = 0.3
"""How far labels differ in what their confidence is worth; the middle of those that thresholds try."""

LEAST_PER_KNOT = 25
"""Tickets behind a knot of the curve: fewer would follow chance."""

Fit = Callable[[np.ndarray, np.ndarray], Calibration]


def choose_calibration(logits: np.ndarray, classes: np.ndarray) -> tuple[Calibration | None, np.ndarray]:
    """Choose between nothing, a temperature, offsets of labels and an isotonic curve of confidence.

    Each is fitted on the first fifth of the tickets and judged by log loss on the second, then on two fifths
    and judged on the third, and so on: as it will be used, on later tickets. Of those within one standard
    error of the best, the simplest is taken, in the order named.

    Parameters
    ----------
    logits : ndarray of shape (n, n_labels)
        Of the pool, for held-out tickets, in time order where known.
    classes : ndarray of shape (n,)
        The truth.

    Returns
    -------
    calibration : Calibration or None
        Fitted on all tickets; None: the pool stays as it is.
    probabilities : ndarray of shape (n, n_labels)
        Of the held-out tickets, each by a map that other tickets fitted: what to solve thresholds on.
    """
    plain = np.asarray(softmax(logits, axis=1))
    fits: list[Fit] = [_temperature, _labels, _isotonic]
    if len(classes) < TURNS * LEAST_PER_KNOT:
        return None, plain
    turn = turns(len(classes))
    later = np.flatnonzero(turn > 0)
    losses = [_losses(plain[later], classes[later])]
    for fit in fits:
        judged = [
            fit(logits[turn < own], classes[turn < own]).probabilities(logits[turn == own])
            for own in range(1, TURNS)
        ]
        losses.append(_losses(np.concatenate(judged), classes[later]))
    chosen = simplest(losses)
    if chosen == 0:
        return None, plain
    fit = fits[chosen - 1]
    probabilities = np.empty_like(plain)
    for own in range(TURNS):
        others, mine = turn != own, turn == own
        probabilities[mine] = fit(logits[others], classes[others]).probabilities(logits[mine])
    return fit(logits, classes), probabilities


def _losses(probabilities: np.ndarray, classes: np.ndarray) -> np.ndarray:
    return np.asarray(-np.log(np.maximum(probabilities[np.arange(len(classes)), classes], FLOOR)))


def _temperature(logits: np.ndarray, classes: np.ndarray) -> Calibration:
    rows = np.arange(len(classes))
    found = minimize_scalar(
        lambda scale: -log_softmax(scale * logits, axis=1)[rows, classes].mean(),
        bounds=SCALES,
        method="bounded",
    )
    return Calibration("temperature", float(found.x))


def _labels(logits: np.ndarray, classes: np.ndarray) -> Calibration:
    """One offset a label for the odds of being right when it is the likeliest, pulled towards 0."""
    probabilities = softmax(logits, axis=1)
    predicted = probabilities.argmax(axis=1)
    odds = log_odds(probabilities[np.arange(len(classes)), predicted])
    offsets = fit_offsets(predicted, odds, predicted == classes, logits.shape[1], OFFSET_VARIANCE)
    return Calibration("labels", offsets=offsets)


def _isotonic(logits: np.ndarray, classes: np.ndarray) -> Calibration:
    """A rising curve through the centres of isotonic blocks, so that equal steps do not tie tickets.

    Centred isotonic regression (Oron and Flournoy 2017). Every block is pulled towards what it stated by one
    ticket: no confidence becomes 0 or 1 because few tickets happened to agree.
    """
    probabilities = softmax(logits, axis=1)
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities[np.arange(len(classes)), predicted]
    order = np.argsort(confidence, kind="stable")
    stated, right = confidence[order], (predicted == classes)[order].astype(float)
    groups = np.arange(len(order)) // LEAST_PER_KNOT
    size = np.bincount(groups)
    fitted = isotonic_regression(np.bincount(groups, right) / size, weights=size)
    edges = fitted.blocks[:-1]
    weight = np.add.reduceat(size, edges)
    centre = np.add.reduceat(np.bincount(groups, stated), edges) / weight
    true = (fitted.x[edges] * weight + centre) / (weight + 1)
    rising = np.maximum.accumulate(true)
    return Calibration("isotonic", stated=np.r_[0.0, centre, 1.0], true=np.r_[0.0, rising, _top(rising)])


def _top(rising: np.ndarray) -> float:
    """Where the curve ends: a little above its last knot, so that surer tickets stay surer."""
    return float(rising[-1] + 0.1 * (1.0 - rising[-1]))
