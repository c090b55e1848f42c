"""How the members of a pool are weighed together: the same arithmetic in training and in service."""

from collections.abc import Mapping

import numpy as np

__all__ = ["FLOOR", "floored", "pool_logits"]

FLOOR = 1e-6
"""Least probability of a label in a member of a pool: what one member rules out, the others may still say,
and a label that a fold had never seen costs a finite loss. By judgement, not by measurement."""


def floored(log_probabilities: np.ndarray) -> np.ndarray:
    """Return logarithms of probabilities, none below that of :data:`FLOOR`."""
    return np.asarray(np.maximum(log_probabilities, np.log(FLOOR)))


def pool_logits(log_probabilities: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    """Return the logits of a log-linear pool: ``sum_m weight_m * max(log p_m, log FLOOR)``.

    A product of experts (Hinton 2002, *Training Products of Experts by Minimizing Contrastive Divergence*).

    Parameters
    ----------
    log_probabilities : Mapping of str to ndarray of shape (n, n_labels)
        By member; only those with a weight count.
    weights : Mapping of str to float
        Not negative; one or more.

    Returns
    -------
    ndarray of shape (n, n_labels)

    Examples
    --------
    >>> pool_logits({"words": np.log([[0.5, 0.5]])}, {"words": 2.0}).round(3)
    array([[-1.386, -1.386]])
    """
    return np.asarray(
        np.sum([weight * floored(log_probabilities[name]) for name, weight in weights.items()], axis=0)
    )
