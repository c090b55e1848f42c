"""How much to trust each head of a field, learnt on held-out predictions; calibrates in the same step."""

from collections.abc import Mapping

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from triage.pooling import floored

__all__ = ["learn_weights"]

SHRINKAGE = 0.01
"""Pull towards equal weights, in nats at one unit of distance.

Heads that held-out tickets hardly tell apart share the weight. Set by judgement, not by measurement."""


def learn_weights(
    log_probabilities: Mapping[str, np.ndarray], classes: np.ndarray, *, drop_below: float = 0.03
) -> dict[str, float]:
    """Find the weights of a log-linear pool that make held-out labels likeliest.

    The pool is the softmax of :func:`triage.pooling.pool_logits`, with weights of 0 and more; the sum
    of the weights acts as an inverse temperature (Guo et al. 2017, *On Calibration of Modern Neural
    Networks*), so the pool leaves here calibrated.

    Parameters
    ----------
    log_probabilities : Mapping of str to ndarray of shape (n, n_labels)
        Held-out, by head.
    classes : ndarray of shape (n,)
        Integers.
    drop_below : float, default=0.03
        Heads with less weight are left out and the rest learnt again: a head that hardly counts need not
        be computed for every ticket.

    Returns
    -------
    dict of str to float
        By head, without those left out; never empty.
    """
    names = sorted(log_probabilities)
    while True:
        weights = _solve([log_probabilities[name] for name in names], classes)
        kept = [name for name, weight in zip(names, weights, strict=True) if weight >= drop_below]
        if len(kept) == len(names) or not kept:
            break
        names = kept
    if not kept:
        best = int(np.argmax(weights))
        return {names[best]: max(float(weights[best]), drop_below)}
    return {name: float(weight) for name, weight in zip(names, weights, strict=True)}


def _solve(parts: list[np.ndarray], classes: np.ndarray) -> np.ndarray:
    stacked = np.stack([floored(part) for part in parts])
    rows = np.arange(len(classes))
    prior = np.full(len(parts), 1.0 / len(parts))

    def objective(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = np.tensordot(weights, stacked, axes=1)
        loss = -log_softmax(logits, axis=1)[rows, classes].mean()
        expected = (stacked * softmax(logits, axis=1)).sum(axis=2).mean(axis=1)
        gradient = expected - stacked[:, rows, classes].mean(axis=1)
        distance = weights - prior
        return loss + SHRINKAGE * distance @ distance, gradient + 2 * SHRINKAGE * distance

    found = minimize(
        objective, prior, jac=True, method="L-BFGS-B", bounds=[(0, 5)] * len(parts), options={"maxiter": 200}
    )
    return np.asarray(found.x)
