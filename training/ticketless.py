"""How much of what a field says may go to labels that are only described and that no ticket has.

Their names and descriptions are all that speaks for them, and no held-out ticket can tell what that is worth:
none is theirs. So it is held against the tickets of the other labels.
"""

import numpy as np
from scipy.special import softmax

__all__ = ["ticketless_bias"]

MOST_STEPS, CLOSE_ENOUGH = 500, 1e-6
"""Of the iteration, in nats; each step is short where one ticket alone reads just like a description."""


def ticketless_bias(logits: np.ndarray, classes: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return what to add to a pool's logits so that a label without tickets takes no ticket's worth too much.

    A description counts as one ticket beside the ``n`` that others have, as a name does when heads are
    fitted (:mod:`training.head_fitting`): on the mean of these tickets its label may have a share of
    ``1 / (n + 1)`` (Laplace's rule of succession). Where it has more, its logit is lowered, for all tickets
    alike; so a ticket that reads like the description is still told from the others. Solved by iterative
    proportional fitting.

    Parameters
    ----------
    logits : ndarray of shape (n, n_labels)
        Of the pool, for tickets that it did not learn from.
    classes : ndarray of shape (n,)
        Their labels.
    counts : ndarray of shape (n_labels,)
        Tickets of each label in the whole history.

    Returns
    -------
    ndarray of shape (n_labels,)
        0 and less.

    Examples
    --------
    >>> logits, classes = np.log([[0.4, 0.6], [0.5, 0.5], [0.9, 0.1]]), np.array([0, 0, 0])
    >>> softmax(logits + ticketless_bias(logits, classes, np.array([3, 0])), axis=1)[:, 1].mean().round(3)
    np.float64(0.25)
    """
    without = np.flatnonzero(counts == 0)
    bias = np.zeros(logits.shape[1])
    if not len(without) or not len(classes):
        return bias
    most = 1.0 / (len(classes) + 1.0)
    for _ in range(MOST_STEPS):
        share = softmax(logits + bias, axis=1)[:, without].mean(axis=0)
        lowered = np.minimum(0.0, bias[without] + np.log(most / np.maximum(share, np.finfo(float).tiny)))
        moved = np.abs(lowered - bias[without]).max()
        bias[without] = lowered
        if moved < CLOSE_ENOUGH:
            break
    return bias
