"""How much to trust each head of a field, learnt on held-out predictions; calibrates in the same step."""

from collections.abc import Iterable, Mapping

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from training.label_shares import SHARE_MEMBERS
from triage.pooling import floored

__all__ = ["learn_weights"]

SHRINKAGE = 0.01
"""Pull towards equal weights, in nats at one unit of distance.

Heads that held-out tickets hardly tell apart share the weight; shares are drawn towards having none. Set by
judgement, not by measurement."""

MOST = 5.0
"""Of a weight's size."""


def learn_weights(
    log_probabilities: Mapping[str, np.ndarray], classes: np.ndarray, *, drop_below: float = 0.03
) -> dict[str, float]:
    """Find the weights of a log-linear pool that make held-out labels likeliest.

    The pool is the softmax of :func:`triage.pooling.pool_logits`, with weights of 0 and more, but for the
    labels' shares, whose weights may be below 0; the sum of the others acts as an inverse temperature (Guo et
    al. 2017, *On Calibration of Modern Neural Networks*), so the pool leaves here calibrated.

    Parameters
    ----------
    log_probabilities : Mapping of str to ndarray of shape (n, n_labels)
        Held-out, by head; those of :data:`training.label_shares.SHARE_MEMBERS` are the labels' shares.
    classes : ndarray of shape (n,)
        Integers.
    drop_below : float, default=0.03
        Heads with less weight are left out and the rest learnt again: a head that hardly counts need not
        be computed for every ticket.

    Returns
    -------
    dict of str to float
        By head, without those left out; never without a head.
    """
    names = sorted(log_probabilities)
    while True:
        weights = _solve({name: log_probabilities[name] for name in names}, classes)
        kept = [name for name in names if abs(weights[name]) >= drop_below]
        if len(kept) == len(names) or not _heads(kept):
            break
        names = kept
    if not _heads(kept):
        best = max(_heads(names), key=lambda name: weights[name])
        return {best: max(weights[best], drop_below)}
    return weights


def _heads(names: Iterable[str]) -> list[str]:
    return [name for name in names if name not in SHARE_MEMBERS]


def _solve(parts: Mapping[str, np.ndarray], classes: np.ndarray) -> dict[str, float]:
    stacked = np.stack([floored(part) for part in parts.values()])
    rows = np.arange(len(classes))
    is_share = np.array([name in SHARE_MEMBERS for name in parts])
    prior = np.where(is_share, 0.0, 1.0 / max(1, int((~is_share).sum())))

    def objective(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = np.tensordot(weights, stacked, axes=1)
        loss = -log_softmax(logits, axis=1)[rows, classes].mean()
        expected = (stacked * softmax(logits, axis=1)).sum(axis=2).mean(axis=1)
        gradient = expected - stacked[:, rows, classes].mean(axis=1)
        distance = weights - prior
        return loss + SHRINKAGE * distance @ distance, gradient + 2 * SHRINKAGE * distance

    found = minimize(
        objective,
        prior,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-MOST, MOST) if one else (0.0, MOST) for one in is_share],
        options={"maxiter": 200},
    )
    return {name: float(weight) for name, weight in zip(parts, found.x, strict=True)}
