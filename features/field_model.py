"""One field's classifier: a linear head a view, blended in log space into calibrated probabilities.

Fitted in ``training``; here it only predicts and explains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import scipy.sparse as sp
from scipy.special import softmax

from features.calibration import Calibration
from features.neighbours import VOTERS, vote
from features.views import Views
from triage.pooling import pool_logits

__all__ = ["FieldModel", "Head"]

MOST_LOOKED_AT = 200
"""Nearest past tickets looked at for voters: where one in ten has a label, there are 20 among them."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
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
        # A plain array: mapped from a file, each step from here on would cost many times as much.
        logits = np.tile(np.asarray(self.intercept), (views[self.blocks[0]].shape[0], 1))
        for name, coef in zip(self.blocks, self.coefs, strict=True):
            logits += _product(views[name], np.asarray(coef))
        return logits

    def log_probabilities(self, views: Views) -> np.ndarray:
        """Return logarithms of the probabilities that it gives by itself, float64, as :meth:`logits`."""
        logits = self.logits(views).astype(float)
        logits -= logits.max(axis=1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return logits


_AVERAGES: WeakKeyDictionary[Head, dict[str, np.ndarray]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class FieldModel:
    """A field's heads and how they are pooled: ``softmax(pool_logits + bias)``, then calibrated.

    The first part is :func:`triage.pooling.pool_logits`.

    Parameters
    ----------
    field : str
        See :data:`triage.ticket.FIELDS`.
    labels : tuple of str
        Sorted.
    heads : Mapping of str to Head
        By name.
    weights : Mapping of str to float
        Learnt on held-out time; not negative. Their scale is what calibrates the blend. Besides the heads'
        names there may be ``neighbours``: the vote of similar past tickets.
    neighbour_classes : ndarray of shape (n_index,), optional
        Label of each ticket of the neighbour index, -1 for none; where neighbours vote.
    calibration : Calibration, optional
        Mends the pool's probabilities where held-out tickets proved it to help.
    bias : ndarray of shape (n_labels,), optional
        Added to the pool's logits: what is taken from labels that no ticket had.
    """

    field: str
    labels: tuple[str, ...]
    heads: Mapping[str, Head]
    weights: Mapping[str, float]
    neighbour_classes: np.ndarray | None = None
    calibration: Calibration | None = None
    bias: np.ndarray | None = None

    def probabilities(
        self, views: Views, places: np.ndarray | None = None, cosines: np.ndarray | None = None
    ) -> np.ndarray:
        """Return calibrated probabilities.

        Parameters
        ----------
        views : dict of str to matrix
            Of the tickets.
        places, cosines : ndarray of shape (n_tickets, k), optional
            Their nearest past tickets, as :meth:`features.neighbours.NeighbourIndex.search` finds them;
            needed where neighbours vote.

        Returns
        -------
        ndarray of shape (n_tickets, n_labels), float64
        """
        return self.pooled(self.said(views, places, cosines))

    def said(
        self, views: Views, places: np.ndarray | None = None, cosines: np.ndarray | None = None
    ) -> dict[str, np.ndarray]:
        """Return logarithms of the probabilities that each member of the pool gives by itself, by name."""
        return {
            name: self.heads[name].log_probabilities(views)
            if name in self.heads
            else self._vote(places, cosines)
            for name in self.weights
        }

    def pooled(self, said: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the calibrated probabilities that :meth:`said` amounts to."""
        logits = pool_logits(said, self.weights)
        if self.bias is not None:
            logits = logits + np.asarray(self.bias)
        if self.calibration is not None:
            return self.calibration.probabilities(logits)
        return np.asarray(softmax(logits, axis=1))

    def direction(
        self,
        block: str,
        label: str,
        against: Sequence[str] | None = None,
        columns: np.ndarray | None = None,
    ) -> np.ndarray:
        """Return how one block's features speak for a label against the average label.

        Parameters
        ----------
        block : str
            One of the blocks that some head reads.
        label : str
            The label explained.
        against : sequence of str, optional
            Compare with the mean of these labels; with all labels by default.
        columns : ndarray of shape (n_columns,), optional
            Of these features only; of all by default.

        Returns
        -------
        ndarray of shape (n_features_of_block,) or (n_columns,)
            Blended coefficients: the exact gradient of the linear heads' logit difference. The neighbours'
            vote has none; the similar tickets themselves are its explanation.
        """
        column = self.labels.index(label)
        others = [self.labels.index(one) for one in against or ()]
        parts = []
        for name, head in self._weighted_heads():
            weight = self.weights[name]
            for block_name, coef in zip(head.blocks, head.coefs, strict=True):
                if block_name == block:
                    # Only the columns asked for are read: there may be thousands of labels.
                    rows = slice(None) if columns is None else columns
                    of_label = np.asarray(coef)[rows, column]
                    if others:
                        mean = sum(np.asarray(coef)[rows, one] for one in others) / np.float32(len(others))
                    else:
                        mean = _average_label(head, block)[rows]
                    parts.append(weight * (of_label - mean))
        if not parts:
            raise ValueError(f"Got block {block!r}; expected one that a head of {self.field!r} reads.")
        return np.asarray(sum(parts))

    def _weighted_heads(self) -> list[tuple[str, Head]]:
        return [(name, head) for name, head in self.heads.items() if name in self.weights]

    def voters(
        self, places: np.ndarray | None, cosines: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the 20 nearest past tickets with a label of the field, as they voted at training.

        Parameters
        ----------
        places, cosines : ndarray of shape (n_tickets, k)
            Nearest past tickets, nearest first.

        Returns
        -------
        places, cosines, classes : ndarray of shape (n_tickets, at most 20)
            Of the voters, nearest first; where too few of the ``k`` have a label, others of class -1 follow.
        """
        if self.neighbour_classes is None or places is None or cosines is None:
            raise ValueError(f"Got no neighbours to vote for {self.field!r}; expected places and cosines.")
        classes = self.neighbour_classes[places]
        order = np.argsort(classes < 0, axis=1, kind="stable")[:, :VOTERS]
        own = [np.take_along_axis(one, order, axis=1) for one in (places, cosines, classes)]
        return own[0], own[1], own[2]

    @property
    def starts(self) -> list[tuple[np.ndarray, float]]:
        """What each label's logit begins with before anything is read, by part, with the part's weight."""
        found = [(np.asarray(head.intercept), self.weights[name]) for name, head in self._weighted_heads()]
        return found if self.bias is None else [*found, (np.asarray(self.bias), 1.0)]

    @property
    def looked_at(self) -> int:
        """How many nearest past tickets to look at, so that about 20 of them have a label of the field."""
        if self.neighbour_classes is None:
            return 0
        labelled = max(1, int((self.neighbour_classes >= 0).sum()))
        return min(MOST_LOOKED_AT, -(-VOTERS * len(self.neighbour_classes) // labelled))

    def _vote(self, places: np.ndarray | None, cosines: np.ndarray | None) -> np.ndarray:
        _, near, classes = self.voters(places, cosines)
        return vote(near, classes, len(self.labels))

    @property
    def blocks(self) -> tuple[str, ...]:
        """The blocks of features that the heads with weight read."""
        return tuple(sorted({block for _, head in self._weighted_heads() for block in head.blocks}))


def _average_label(head: Head, block: str) -> np.ndarray:
    """Return the mean of all labels' coefficients; remembered, since every explanation asks for it."""
    known = _AVERAGES.setdefault(head, {})
    if block not in known:
        known[block] = np.asarray(head.coefs[head.blocks.index(block)]).mean(axis=1)
    return known[block]


def _product(block: "sp.csr_matrix | np.ndarray", coef: np.ndarray) -> np.ndarray:
    """Multiply row by row in a fixed order; BLAS rounds by the size of a batch and the number of threads."""
    if sp.issparse(block):
        return np.asarray(block @ coef)
    product = np.empty((len(block), coef.shape[1]), coef.dtype)
    for place, row in enumerate(block):
        np.einsum("j,jk->k", row, coef, out=product[place])
    return product
