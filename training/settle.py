"""When to act on what a field says: its promise, or never where the field cannot be learnt."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from training.learnable import is_learnable
from training.promise import solve_promise
from training.targets import FieldTarget
from triage.policy import Promise

__all__ = ["settle"]


def settle(
    probabilities: np.ndarray, classes: np.ndarray, labels: Sequence[str], target: FieldTarget
) -> tuple[Promise, np.ndarray, bool]:
    """Solve a field's promise; a field that cannot be learnt promises nothing, and so abstains.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_labels)
        Calibrated, of held-out tickets.
    classes : ndarray of shape (n,)
        The truth.
    labels : sequence of str
        In column order.
    target : FieldTarget
        What shall be promised.

    Returns
    -------
    promise : Promise
    applied : ndarray of shape (n,), bool
        Tickets that thresholds placed by other tickets apply.
    learnable : bool
        See :func:`training.learnable.is_learnable`.
    """
    promise, applied = solve_promise(probabilities, classes, labels, target)
    if is_learnable(probabilities, classes):
        return promise, applied, True
    silent = replace(promise, thresholds=dict.fromkeys(labels), suggest_at=1.0)
    return silent, np.zeros(len(applied), bool), False
