"""Whether a field can be learnt at all: better than knowing how common each label is."""

import numpy as np

from triage.pooling import FLOOR

__all__ = ["is_learnable"]

LEAST_GAIN = 0.2
"""Share of the loss of knowing only how common labels are that has to go. By judgement: the priorities of
Apache HDFS, which hardly anything at filing tells, lose .15 of it (development tickets)."""

ERRORS = 1.645
"""Standard errors by which the loss has to be less: one-sided, 5 %."""


def is_learnable(probabilities: np.ndarray, classes: np.ndarray) -> bool:
    """Return whether held-out tickets show that a field can be learnt.

    It has to take away a fifth of the loss of knowing only how common each label is, by more than chance
    explains (a paired test, ticket by ticket). Being right a little more often is not enough: that goes with
    guessing the commonest label almost always. A rare label can do it without changing how often it is right.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_labels)
        Of held-out tickets.
    classes : ndarray of shape (n,)
        The truth.

    Returns
    -------
    bool
        False where no ticket was held out.
    """
    if not len(classes):
        return False
    counts = np.bincount(classes, minlength=probabilities.shape[1])
    prior = -np.log((counts / counts.sum())[classes])
    own = probabilities[np.arange(len(classes)), classes]
    saved = prior + np.log(np.maximum(own, FLOOR))
    sure = saved.mean() > ERRORS * saved.std() / np.sqrt(len(saved))
    return bool(sure and saved.mean() > LEAST_GAIN * prior.mean())
