"""The quick model of a check: linear heads on a sample, whose log-probabilities are averaged.

Stands in for training, with one fixed penalty and nothing calibrated; nothing of it is kept.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import log_softmax

from training.check.row_space import turned
from training.softmax import Block, fit_softmax

__all__ = ["Head", "crossed", "log_probabilities"]

INVERSE_PENALTY = 10.0
"""One of those that training chooses among by held-out tickets; here nothing is chosen."""

ITERATIONS = 20
"""Of L-BFGS. Training's own choosing fits take 30; the accuracy hardly moves after 20."""

UNKNOWN = -30.0
"""Log-probability of a label that the learning rows lack."""

Head = Sequence[Block]
"""Blocks that one linear model reads together."""


def log_probabilities(
    heads: Sequence[Head], classes: np.ndarray, n_classes: int, learn: np.ndarray, judge: np.ndarray
) -> np.ndarray:
    """Return the mean of the heads' log-probabilities of judged rows.

    Parameters
    ----------
    heads : sequence of sequence of matrix
        With a row for each of ``classes``; without any, labels have their shares of the learning rows.
    classes : ndarray of shape (n,)
        Integers below ``n_classes``.
    n_classes : int
        Labels without a learning row get a log-probability of -30.
    learn, judge : ndarray
        Places of rows.

    Returns
    -------
    ndarray of shape (len(judge), n_classes)
    """
    known, own = np.unique(classes[learn], return_inverse=True)
    found = np.full((len(judge), n_classes), UNKNOWN)
    if not heads or len(known) < 2:
        found[:, known] = np.log(np.bincount(own) / len(own))
        return found
    total = np.zeros((len(judge), len(known)))
    for head in heads:
        coefs, intercept = fit_softmax(
            [block[learn] for block in head],
            own,
            len(known),
            inverse_penalty=INVERSE_PENALTY,
            max_iter=ITERATIONS,
        )
        logits = intercept + sum(
            np.asarray(block[judge] @ coef) for block, coef in zip(head, coefs, strict=True)
        )
        total += log_softmax(np.asarray(logits, dtype=float), axis=1)
    found[:, known] = total / len(heads)
    return found


def crossed(heads: Sequence[Head], classes: np.ndarray, n_classes: int, count: int = 3) -> np.ndarray:
    """Return log-probabilities of all rows, each by a model that has not seen it.

    Every ``count``-th row is judged by a model of the others, so that each part spans the whole time.

    Parameters
    ----------
    heads, classes, n_classes
        See :func:`log_probabilities`.
    count : int, default=3
        Parts.

    Returns
    -------
    ndarray of shape (n, n_classes)
    """
    found = np.empty((len(classes), n_classes))
    heads = [turned(head, n_classes) for head in heads]
    # By label, so that a label of three tickets has one in each part.
    order = np.argsort(classes, kind="stable")
    part = np.empty(len(classes), dtype=int)
    part[order] = np.arange(len(classes)) % count
    for one in range(count):
        judge = np.flatnonzero(part == one)
        found[judge] = log_probabilities(heads, classes, n_classes, np.flatnonzero(part != one), judge)
    return found
