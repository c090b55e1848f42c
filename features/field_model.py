"""One field's classifier: a linear head a view, blended in log space into calibrated probabilities.

Fitted in ``training``; here it only predicts and explains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.special import log_softmax, softmax

from features.views import Views

__all__ = ["FieldModel", "Head"]


@dataclass(frozen=True, slots=True)
class Head:
    """Logits linear in one or more blocks of features.

    Parameters
    ----------
    blocks : tuple of str
        Which of ``words``, ``meaning``, ``fields`` it reads.
    coefs : tuple of ndarray of shape (n_features_of_block, n_labels)
        One a block, float32.
    intercept : ndarray of shape (n_labels,)
    """

    blocks: tuple[str, ...]
    coefs: tuple[np.ndarray, ...]
    intercept: np.ndarray

    def logits(self, views: Views) -> np.ndarray:
        """Return the float32 logits of shape (n_tickets, n_labels)."""
        logits = np.tile(self.intercept, (views[self.blocks[0]].shape[0], 1))
        for name, coef in zip(self.blocks, self.coefs, strict=True):
            logits += _product(views[name], coef)
        return logits


@dataclass(frozen=True, slots=True)
class FieldModel:
    """A field's heads and how they are blended: ``softmax(sum_h weight_h * log_softmax(logits_h) + bias)``.

    Parameters
    ----------
    field : str
        See :data:`triage.ticket.FIELDS`.
    labels : tuple of str
        Sorted.
    heads : Mapping of str to Head
        By name.
    weights : Mapping of str to float
        Learnt on held-out time; not negative. Their scale is what calibrates the blend.
    """

    field: str
    labels: tuple[str, ...]
    heads: Mapping[str, Head]
    weights: Mapping[str, float]

    def probabilities(self, views: Views) -> np.ndarray:
        """Return the calibrated probabilities of shape (n_tickets, n_labels), float64."""
        parts = [
            weight * log_softmax(self.heads[name].logits(views).astype(float), axis=1)
            for name, weight in self.weights.items()
        ]
        return np.asarray(softmax(np.sum(parts, axis=0), axis=1))

    def direction(self, block: str, label: str, against: Sequence[str] | None = None) -> np.ndarray:
        """Return how one block's features speak for a label against the average label.

        Parameters
        ----------
        block : str
            One of the blocks that some head reads.
        label : str
            The label explained.
        against : sequence of str, optional
            Compare with the mean of these labels; with all labels by default.

        Returns
        -------
        ndarray of shape (n_features_of_block,)
            Blended coefficients: the exact gradient of the blended logit difference.
        """
        column = self.labels.index(label)
        others = [self.labels.index(one) for one in against] if against else slice(None)
        total: np.ndarray | None = None
        for name, weight in self.weights.items():
            head = self.heads[name]
            for block_name, coef in zip(head.blocks, head.coefs, strict=True):
                if block_name == block:
                    part = weight * (coef[:, column] - coef[:, others].mean(axis=1))
                    total = part if total is None else total + part
        if total is None:
            raise ValueError(f"Got block {block!r}; expected one that a head of {self.field!r} reads.")
        return np.asarray(total)

    @property
    def blocks(self) -> tuple[str, ...]:
        """The blocks of features that the heads with weight read."""
        return tuple(sorted({block for name in self.weights for block in self.heads[name].blocks}))


def _product(block: "sp.csr_matrix | np.ndarray", coef: np.ndarray) -> np.ndarray:
    """Multiply row by row in a fixed order; BLAS rounds by the size of a batch and the number of threads."""
    if sp.issparse(block):
        return np.asarray(block @ coef)
    product = np.empty((len(block), coef.shape[1]), coef.dtype)
    for place, row in enumerate(block):
        np.einsum("j,jk->k", row, coef, out=product[place])
    return product
