"""A head that knows the order of a scale: each step up from low to urgent is one and the same direction.

The adjacent-categories logit (Agresti 2010, *Analysis of Ordinal Categorical Data*, section 4.1): the logit
of step ``k`` is ``k * (x @ w) + b_k``. It is a softmax head whose columns are multiples of one direction, so
that it predicts, blends and explains as the others do, with fewer parameters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.special import log_softmax, softmax

from features.field_model import Head
from training.blend import FLOOR, learn_weights
from training.lbfgs import minimise
from training.learn_field import LearntField
from training.priority.scale import scale_of
from training.softmax import Block
from training.splits import folds
from training.thresholds import solve_promise

__all__ = ["fit_ordinal", "ranked_probability_score", "with_ordinal_head"]

ORDINAL = "ordinal"
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


def with_ordinal_head(
    learnt: LearntField,
    values: Sequence[str],
    views: Mapping[str, Any],
    *,
    ordered: bool,
    target_precision: float,
    random_state: int = 0,
) -> LearntField:
    """Add a head that knows the order of the labels, where held-out tickets say that it helps.

    It stays where it lowers the log loss by more than the standard error of the difference, and does not
    raise the ranked probability score. Labels that tell no order, or only two, leave the field as it is.

    Parameters
    ----------
    learnt : LearntField
        The field as learnt without.
    values : sequence of str
        A label a row, in time order where ``ordered``.
    views : Mapping of str to matrix
        Rows as ``values``.
    ordered : bool
        Whether the rows' order is that of time.
    target_precision : float
        What applied values shall promise.
    random_state : int, default=0
        Of the folds where there is no order.
    """
    labels = learnt.model.labels
    scale = scale_of(labels)
    blocks = tuple(name for name in ("words", "meaning", "fields") if name in views and _says(views[name]))
    if scale is None or len(scale) < 3 or not blocks:
        return learnt
    columns = np.array([scale.index(label) for label in labels])
    place = {label: column for column, label in enumerate(labels)}
    classes = np.array([place[value] for value in values])
    steps = columns[classes]
    rows = [views[name] for name in blocks]
    chances = np.zeros_like(learnt.probabilities)
    at = {int(row): one for one, row in enumerate(learnt.held_out)}
    for fold in folds(classes, ordered, random_state=random_state):
        judged = np.array([row for row in fold.judge if int(row) in at], int)
        if len(judged):
            directions, intercept = fit_ordinal(
                [block[fold.learn] for block in rows], steps[fold.learn], len(scale)
            )
            score = sum(np.asarray(block[judged] @ one) for block, one in zip(rows, directions, strict=True))
            logits = np.asarray(score)[:, None] * np.arange(len(scale)) + intercept
            chances[[at[int(row)] for row in judged]] = softmax(logits.astype(float), axis=1)[:, columns]
    if not (chances.sum(axis=1) > 0.5).all():
        return learnt  # Some held-out rows lie in no fold of ours: nothing fair to compare.
    truth = learnt.classes
    parts = {"before": np.log(np.maximum(learnt.probabilities, FLOOR)), ORDINAL: np.log(chances.clip(FLOOR))}
    weights = learn_weights(parts, truth)
    if ORDINAL not in weights:
        return learnt
    pooled = np.exp(log_softmax(np.sum([w * parts[name] for name, w in weights.items()], axis=0), axis=1))
    mine = np.arange(len(truth))
    gain = np.log(pooled[mine, truth].clip(FLOOR)) - np.log(learnt.probabilities[mine, truth].clip(FLOOR))
    order = np.argsort(columns)
    scores = [
        ranked_probability_score(one[:, order], columns[truth]).mean()
        for one in (pooled, learnt.probabilities)
    ]
    if gain.mean() <= gain.std() / np.sqrt(len(gain)) or scores[0] > scores[1]:
        return learnt
    directions, intercept = fit_ordinal(rows, steps, len(scale))
    head = Head(
        blocks,
        tuple(np.outer(one, columns).astype(np.float32) for one in directions),
        intercept[columns].astype(np.float32),
    )
    kept = weights.get("before", 0.0)
    blended = {name: kept * weight for name, weight in learnt.model.weights.items()} if kept else {}
    model = replace(
        learnt.model,
        heads={**(learnt.model.heads if kept else {}), ORDINAL: head},
        weights=blended | {ORDINAL: weights[ORDINAL]},
    )
    promise, applied = solve_promise(pooled, truth, labels, target_precision=target_precision)
    return replace(
        learnt,
        model=model,
        promise=promise,
        probabilities=pooled,
        applied=applied,
        penalties=learnt.penalties | {ORDINAL: INVERSE_PENALTY},
    )


def _says(block: Block) -> bool:
    return bool((block != block[0]).any()) if isinstance(block, np.ndarray) else bool(block.nnz)
