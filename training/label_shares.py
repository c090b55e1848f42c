"""How common labels are, as members of a field's pool whose weight may be below 0.

Every head brings the labels' shares along: it has learnt that some are common. A pool of several counts them
several times, and the rare labels pay for it. The product rule for k views that are independent given the
label divides them out again, ``p(y | all) ~ prod p(y | view) / p(y)^(k - 1)`` (Kittler et al. 1998, *On
Combining Classifiers*, equation 8). Views are not independent, so the exponent is learnt on held-out tickets
with the other weights. Where tickets have an order, the shares among the newest are one more member: the mix
of labels moves.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from training.splits import Fold
from triage.pooling import pool_logits

__all__ = ["LATELY", "SHARES", "SHARE_MEMBERS", "label_shares", "share_bias", "shares_said"]

SHARES, LATELY = "shares", "lately"
SHARE_MEMBERS = (SHARES, LATELY)

LATE_PART, FEWEST_LATE = 0.1, 100
"""The newest tenth, and at least so many; one value was tried, on development slices (docs/log.md)."""


def label_shares(classes: np.ndarray, n_labels: int, *, ordered: bool) -> dict[str, np.ndarray]:
    """Return logarithms of the labels' shares, each label with one ticket more than it has.

    Parameters
    ----------
    classes : ndarray of shape (n,)
        Labels of the tickets learnt from as integers, in time order where ``ordered``.
    n_labels : int
        How many there are.
    ordered : bool
        Whether the order is that of time.

    Returns
    -------
    dict of str to ndarray of shape (n_labels,)
        ``shares``, and ``lately`` where there is an order.

    Examples
    --------
    >>> np.exp(label_shares(np.array([0, 0, 0, 1]), 2, ordered=False)["shares"]).round(3)
    array([0.667, 0.333])
    """
    found = {SHARES: _log_shares(classes, n_labels)}
    if ordered:
        newest = max(FEWEST_LATE, round(LATE_PART * len(classes)))
        found[LATELY] = _log_shares(classes[-newest:], n_labels)
    return found


def shares_said(
    classes: np.ndarray, parts: Sequence[Fold], n_labels: int, *, ordered: bool
) -> dict[str, np.ndarray]:
    """Return the shares among the tickets that each fold learns from, as said of every ticket that it judges.

    Parameters
    ----------
    classes : ndarray of shape (n,)
        Of all tickets.
    parts : sequence of Fold
    n_labels, ordered
        As for :func:`label_shares`.

    Returns
    -------
    dict of str to ndarray of shape (n_judged, n_labels)
    """
    found = [label_shares(classes[fold.learn], n_labels, ordered=ordered) for fold in parts]
    sizes = [len(fold.judge) for fold in parts]
    return {
        name: np.concatenate([np.tile(one[name], (size, 1)) for one, size in zip(found, sizes, strict=True)])
        for name in found[0]
    }


def share_bias(shares: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    """Return what the shares add to each label's logit, of shape (n_labels,).

    Parameters
    ----------
    shares : dict of str to ndarray of shape (n_labels,)
        Of all tickets, from :func:`label_shares`.
    weights : dict of str to float
        Of the pool's members.
    """
    mine = {name: weights[name] for name in SHARE_MEMBERS if name in weights}
    return pool_logits(shares, mine) if mine else np.zeros_like(shares[SHARES])


def _log_shares(classes: np.ndarray, n_labels: int) -> np.ndarray:
    counts = np.bincount(classes, minlength=n_labels) + 1.0
    return np.asarray(np.log(counts / counts.sum()))
