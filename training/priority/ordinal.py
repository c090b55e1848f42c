"""A head that knows the order of a scale: each step up from low to urgent is one and the same direction.

The adjacent-categories logit (Agresti 2010, *Analysis of Ordinal Categorical Data*, section 4.1): the logit
of step ``k`` is ``k * (x @ w) + b_k``. It is a softmax head whose columns are multiples of one direction, so
that it predicts, blends and explains as the others do, with fewer parameters.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from training.lbfgs import minimise
from training.softmax import Block

__all__ = ["fit_ordinal", "ordinal_logits", "ranked_probability_score"]

INVERSE_PENALTY = 1.0
MAX_ITER = 100


def fit_ordinal(
    blocks: Sequence[Block],
    steps: np.ndarray,
    n_steps: int,
    *,
    inverse_penalty: float = INVERSE_PENALTY,
    max_iter: int = MAX_ITER,
    tol: float = 1e-4,
) -> tuple[list[np.ndarray], np.ndarray]:
    """Fit one direction and an intercept a step.

    Minimises ``inverse_penalty * sum_i loss_i + 0.5 * ||w||^2``.

    Parameters
    ----------
    blocks : sequence of CSR matrix or ndarray, each of shape (n_tickets, n_features_of_block)
        float32 features.
    steps : ndarray of shape (n_tickets,)
        Places on the scale, 0 for the least.
    n_steps : int
        Length of the scale.
    inverse_penalty : float, default=1.0
        Larger trusts the training tickets more.
    max_iter : int, default=100
        Of L-BFGS.
    tol : float, default=1e-4
        Stops when steps lower the objective by less than this share.

    Returns
    -------
    directions : list of ndarray of shape (n_features_of_block,), float32
        One a block.
    intercept : ndarray of shape (n_steps,), float32
    """
    n = len(steps)
    height = np.arange(n_steps, dtype=np.float32)
    scale = np.float32(1.0 / (inverse_penalty * n))
    edges = np.cumsum([0, *(block.shape[1] for block in blocks)])
    rows = np.arange(n)

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        score = np.zeros(n, np.float32)
        for block, (a, b) in zip(blocks, pairwise(edges), strict=True):
            score += block @ theta[a:b]
        logits = score[:, None] * height + theta[edges[-1] :]
        logits -= logits.max(axis=1, keepdims=True)
        own = logits[rows, steps]
        residual = np.exp(logits)
        total = residual.sum(axis=1)
        loss = float((np.log(total) - own).mean())
        residual /= total[:, None]
        residual[rows, steps] -= 1.0
        residual /= np.float32(n)
        gradient = np.empty_like(theta)
        pull = residual @ height
        for block, (a, b) in zip(blocks, pairwise(edges), strict=True):
            gradient[a:b] = block.T @ pull
        direction = theta[: edges[-1]]
        gradient[: edges[-1]] += scale * direction
        gradient[edges[-1] :] = residual.sum(axis=0)
        return loss + 0.5 * float(scale) * float(direction @ direction), gradient

    share = np.bincount(steps, minlength=n_steps) / n + 1e-4
    start = np.concatenate([np.zeros(edges[-1], np.float32), np.log(share).astype(np.float32)])
    theta = minimise(objective, start, max_iter=max_iter, tol=tol)
    return [theta[a:b] for a, b in pairwise(edges)], theta[edges[-1] :]


def ordinal_logits(
    blocks: Sequence[Block], directions: Sequence[np.ndarray], intercept: np.ndarray
) -> np.ndarray:
    """Return the (n_tickets, n_steps) logits of a fit, float64."""
    score = sum(np.asarray(block @ one) for block, one in zip(blocks, directions, strict=True))
    return np.asarray(np.asarray(score, float)[:, None] * np.arange(len(intercept)) + intercept)


def ranked_probability_score(probabilities: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return each ticket's ranked probability score: being off by two steps costs more than by one.

    ``sum_k (P(step <= k) - [truth <= k])^2 / (n_steps - 1)`` (Epstein 1969); 0 is perfect.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_steps)
        Columns in the order of the scale.
    steps : ndarray of shape (n,)
        The truth.
    """
    reached = np.cumsum(probabilities, axis=1)[:, :-1]
    true = steps[:, None] <= np.arange(probabilities.shape[1] - 1)
    return np.asarray(((reached - true) ** 2).sum(axis=1) / (probabilities.shape[1] - 1))
