"""Weights that make up for tickets that are not solved yet.

The newest tickets are solved only if they were quick, so that those solved so far look quicker than all are.
Each solved ticket is weighed by one over the probability that a ticket that takes so long could have been
seen solved (inverse probability of censoring weighting: Robins and Rotnitzky 1992; with the product-limit
estimate of Kaplan and Meier 1958 turned round).
"""

import numpy as np

__all__ = ["censoring_weights"]

LEAST = 0.05
"""Probabilities are not taken lower: one ticket shall not stand for more than twenty."""


def censoring_weights(days: np.ndarray, solved: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weights of tickets: 0 of those not solved.

    Parameters
    ----------
    days : ndarray of shape (n,)
        How long each took, or has taken so far.
    solved : ndarray of shape (n,), bool
        Which were solved.
    weights : ndarray of shape (n,)
        How much each counts otherwise.

    Returns
    -------
    ndarray of shape (n,), float64

    Examples
    --------
    >>> days, solved = np.array([1.0, 2.0, 4.0, 5.0]), np.array([True, False, True, True])
    >>> censoring_weights(days, solved, np.ones(4)).round(2).tolist()
    [1.0, 0.0, 1.5, 1.5]
    """
    # At equal times the solved ones were seen: they leave before those that are still open.
    order = np.lexsort((~solved, days))
    at_risk = np.cumsum(weights[order][::-1])[::-1]
    leaves = np.where(solved[order], 0.0, weights[order] / np.maximum(at_risk, 1e-12))
    visible = np.cumprod(1.0 - np.minimum(leaves, 1.0))
    seen = np.empty(len(days))
    seen[order] = np.concatenate([[1.0], visible[:-1]]) if len(days) else visible
    return np.where(solved, weights / np.maximum(seen, LEAST), 0.0)
