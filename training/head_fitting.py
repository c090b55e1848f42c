"""Fits one linear head of a field on some of its tickets, and asks it about others.

What labels are called counts as one more ticket of each, where names say something. Chooses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.special import log_softmax

from features.views import Views
from training.label_names import NamedLabels
from training.softmax import Block, fit_softmax

__all__ = ["HeadFitting", "Start"]

SMALL_HEAD = 300_000
CHOOSING_ITERATIONS, CHOOSING_TOL = 30, 1e-3
FINAL_ITERATIONS, FINAL_TOL = 150, 1e-4
"""The last fit runs nearer to the minimum than those that only choose: ServiceNow groups, development
slice, .696 after 30 steps, .710 after 100, .712 after 300."""

LEAST_WEIGHT = 0.01
"""Tickets that count for less, older than six or seven half-lives, are left out: they only take time."""

BIG_FIT = 5e10
"""Multiplications in all steps of a fit from which it has to do with fewer: 50,000 tickets of 200 terms and
100 labels take a second a step."""

Start = tuple[list[np.ndarray], np.ndarray]
"""Coefficients, one array a block, and the intercept: a result, and where to start another fit."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadFitting:
    """A field's tickets as its heads are fitted on them.

    Parameters
    ----------
    classes : ndarray of shape (n,)
        Labels as integers.
    n_labels : int
        How many there are; some may have no ticket.
    weights : ndarray of shape (n,), optional
        How much each ticket counts; equal by default.
    named : NamedLabels, optional
        What the labels are called, as seen by the encoder whose views are read.
    """

    classes: np.ndarray
    n_labels: int
    weights: np.ndarray | None = None
    named: NamedLabels | None = None

    def fit(
        self,
        views: Views,
        blocks: Sequence[str],
        learn: np.ndarray,
        penalty: float,
        start: Start | None = None,
        *,
        final: bool = False,
        weights: np.ndarray | None = None,
    ) -> Start:
        """Fit on the rows ``learn``; heads with few parameters may converge even where they only choose.

        Parameters
        ----------
        views : dict of str to matrix
            Rows as ``classes``.
        blocks : sequence of str
            Which of them to read.
        learn : ndarray of shape (m,)
            Rows to fit on.
        penalty : float
            Inverse penalty.
        start : tuple, optional
            An earlier result for the same blocks.
        final : bool, default=False
            Whether this fit will predict.
        weights : ndarray of shape (m,), optional
            Of the rows, in place of the field's own.
        """
        if weights is None and self.weights is not None:
            weights = self.weights[learn]
        if weights is not None:
            # As if it were the day of the newest ticket here: in a fold, too, that one counts in full.
            weights = weights / weights.max()
            counts = weights >= LEAST_WEIGHT
            learn, weights = learn[counts], weights[counts]
        rows = [views[name][learn] for name in blocks]
        classes = self.classes[learn]
        if self.named is not None and set(blocks) & set(self.named.views):
            rows = [
                _stacked(block, self.named.views.get(name), len(self.named.columns))
                for name, block in zip(blocks, rows, strict=True)
            ]
            classes = np.concatenate([classes, self.named.columns])
            if weights is not None:
                weights = np.concatenate([weights, np.ones(len(self.named.columns))])
        parameters = self.n_labels * sum(block.shape[1] for block in rows)
        is_small = parameters <= SMALL_HEAD
        return fit_softmax(
            rows,
            classes,
            self.n_labels,
            inverse_penalty=penalty,
            sample_weight=weights,
            max_iter=_steps(rows, self.n_labels) if final or is_small else CHOOSING_ITERATIONS,
            tol=FINAL_TOL if final or is_small else CHOOSING_TOL,
            start=start,
        )

    def judge(self, views: Views, blocks: Sequence[str], fitted: Start, rows: np.ndarray) -> np.ndarray:
        """Return log-probabilities of shape (len(rows), n_labels), float64."""
        logits = fitted[1] + sum(
            np.asarray(views[name][rows] @ coef) for name, coef in zip(blocks, fitted[0], strict=True)
        )
        return np.asarray(log_softmax(logits.astype(float), axis=1))


def _steps(rows: Sequence[Block], n_labels: int) -> int:
    """Return how many steps a fit may take: fewer where each is long, and never fewer than choosing has."""
    cells = sum(block.size if isinstance(block, np.ndarray) else int(block.nnz) for block in rows)
    return int(np.clip(BIG_FIT / (2 * cells * n_labels), CHOOSING_ITERATIONS, FINAL_ITERATIONS))


def _stacked(block: Block, names: Block | None, count: int) -> Block:
    """Put the names' rows under the tickets'; a block in which names say nothing gets zeros."""
    if sp.issparse(block):
        below = names if names is not None else sp.csr_matrix((count, block.shape[1]), dtype=np.float32)
        return sp.vstack([block, below], format="csr")
    below = names if names is not None else np.zeros((count, block.shape[1]), np.float32)
    return np.vstack([block, below])
