"""Whether a field can be learnt at all: better than knowing how common each label is."""

import numpy as np

from training.blend import FLOOR

__all__ = ["is_learnable"]

LEAST_GAIN = 0.1
"""Share of the loss of knowing only how common labels are that has to go. By judgement: Apache priorities,
of which people who looked say that they cannot be told from the text, lose a few hundredths."""

ERRORS = 1.645
"""Standard errors by which more tickets have to be right: one-sided, 5 %."""


def is_learnable(probabilities: np.ndarray, classes: np.ndarray) -> bool:
    """Return whether held-out tickets show that a field can be learnt.

    Either it is right more often than always answering the commonest label, by more than chance explains
    (a paired test, ticket by ticket), or it takes away a tenth of the loss of knowing only the labels'
    shares, which a rare label can do without changing how often it is right.

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
    gain = (probabilities.argmax(axis=1) == classes).astype(float) - (classes == counts.argmax())
    if gain.mean() > ERRORS * gain.std() / np.sqrt(len(gain)):
        return True
    share = (counts / counts.sum())[classes]
    own = probabilities[np.arange(len(classes)), classes]
    losses = -np.log(np.maximum(own, FLOOR))
    saved = -np.log(share) - losses
    sure = saved.mean() > ERRORS * saved.std() / np.sqrt(len(saved))
    return bool(sure and saved.mean() > LEAST_GAIN * -np.log(share).mean())
