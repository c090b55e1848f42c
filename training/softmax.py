"""Multinomial logistic regression on several blocks of features at once, sparse or dense.

The objective is scikit-learn's ``LogisticRegression`` (L2, no penalty on intercepts); the difference is
that a dense block stays dense, so that words and sentence embeddings fit together at the speed of BLAS,
and that a fit can start from an earlier one. It does not scale, select or calibrate.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Union

import numpy as np
import scipy.sparse as sp

from training.lbfgs import minimise

__all__ = ["Block", "fit_softmax"]

Block = Union["sp.csr_matrix", np.ndarray]
"""Rows of features; sparse or dense."""

COLUMNS = 64
"""Of a sparse product at a time: what it jumps about in then lies in a core's cache. A fit of 104 classes
takes a fifth less time, and is the same to the bit."""


def fit_softmax(
    blocks: Sequence[Block],
    classes: np.ndarray,
    n_classes: int,
    *,
    inverse_penalty: float = 10.0,
    sample_weight: np.ndarray | None = None,
    max_iter: int = 30,
    tol: float = 1e-4,
    start: tuple[list[np.ndarray], np.ndarray] | None = None,
) -> tuple[list[np.ndarray], np.ndarray]:
    """Fit class logits that are linear in all blocks together.

    Minimises ``inverse_penalty * sum_i w_i * loss_i + 0.5 * ||coef||^2``, the objective of
    scikit-learn's ``LogisticRegression(C=inverse_penalty)``.

    Parameters
    ----------
    blocks : sequence of CSR matrix or ndarray, each of shape (n_tickets, n_features_of_block)
        float32 features.
    classes : ndarray of shape (n_tickets,)
        Integers from 0 to ``n_classes - 1``.
    n_classes : int
        Classes without a ticket are allowed: they get the lowest logits.
    inverse_penalty : float, default=10.0
        Larger trusts the training tickets more.
    sample_weight : ndarray of shape (n_tickets,), optional
        Equal by default.
    max_iter : int, default=30
        Of L-BFGS; a path of penalties, each started from the last, needs no more.
    tol : float, default=1e-4
        Stops when steps lower the objective by less than this share.
    start : tuple, optional
        An earlier result for the same features and classes.

    Returns
    -------
    coefs : list of ndarray of shape (n_features_of_block, n_classes), float32
        One a block.
    intercept : ndarray of shape (n_classes,), float32
    """
    n = len(classes)
    weight = np.ones(n) if sample_weight is None else np.asarray(sample_weight, float)
    scale = np.float32(1.0 / (inverse_penalty * weight.sum()))
    weight = (weight / weight.sum()).astype(np.float32)
    sizes = [block.shape[1] * n_classes for block in blocks]
    edges = np.cumsum([0, *sizes])
    transposed = [block.T if isinstance(block, np.ndarray) else block.T.tocsr() for block in blocks]
    rows = np.arange(n)

    def unpack(theta: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        coefs = [theta[a:b].reshape(-1, n_classes) for a, b in pairwise(edges)]
        return coefs, theta[edges[-1] :]

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        coefs, intercept = unpack(theta)
        logits = np.tile(intercept, (n, 1))
        for block, coef in zip(blocks, coefs, strict=True):
            logits += _times(block, coef)
        logits -= logits.max(axis=1, keepdims=True)
        own = logits[rows, classes]
        residual = np.exp(logits, out=logits)
        total = residual.sum(axis=1)
        loss = float(weight @ (np.log(total) - own))
        residual /= total[:, None]
        residual[rows, classes] -= 1.0
        residual *= weight[:, None]
        gradient = np.empty_like(theta)
        for (a, b), block in zip(pairwise(edges), transposed, strict=True):
            gradient[a:b] = _times(block, residual).ravel()
        penalised = theta[: edges[-1]]
        gradient[: edges[-1]] += scale * penalised
        gradient[edges[-1] :] = residual.sum(axis=0)
        return loss + 0.5 * float(scale) * float(penalised @ penalised), gradient

    if start is None:
        share = np.bincount(classes, weights=weight, minlength=n_classes) + 1e-4
        theta = np.concatenate([np.zeros(edges[-1], np.float32), np.log(share).astype(np.float32)])
    else:
        theta = np.concatenate([*(coef.ravel() for coef in start[0]), start[1]])
    return unpack(minimise(objective, theta, max_iter=max_iter, tol=tol))


def _times(block: Block, dense: np.ndarray) -> np.ndarray:
    parts = -(-dense.shape[1] // COLUMNS)
    if isinstance(block, np.ndarray) or parts < 2:
        return np.asarray(block @ dense)
    found = np.empty((block.shape[0], dense.shape[1]), np.result_type(block.dtype, dense.dtype))
    for some, into in zip(
        np.array_split(dense, parts, axis=1), np.array_split(found, parts, axis=1), strict=True
    ):
        into[:] = block @ np.ascontiguousarray(some)
    return found
