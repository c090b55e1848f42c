"""Boosted trees as plain arrays: predicts with numpy alone, the same bytes wherever it was learnt.

Growing them is ``training.sla.grow_trees``. Nothing here knows what is predicted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

__all__ = ["BoostedTrees", "Forest", "grown_together"]

CELLS = 2_000_000
"""Places (rows x trees) followed at once: bounds memory."""


@dataclass(frozen=True, slots=True, eq=False)
class BoostedTrees:
    """A sum of trees.

    Parameters
    ----------
    base : float
        What is predicted before any tree.
    roots : ndarray of shape (n_trees,), int32
        Node at which each tree begins.
    feature : ndarray of shape (n_nodes,), int32
        Column that a node asks for.
    threshold : ndarray of shape (n_nodes,), float64
        Values up to it go left.
    left, right : ndarrays of shape (n_nodes,), int32
        Where to go on; a leaf leads to itself.
    missing_left : ndarray of shape (n_nodes,), bool
        Where a missing value goes.
    subset : ndarray of shape (n_nodes,), int32
        Row of ``subsets`` whose categories go left; -1 where a threshold decides.
    subsets : ndarray of shape (n_subsets, n_categories), bool
        By category code.
    value : ndarray of shape (n_nodes,), float64
        What a leaf adds; 0 elsewhere.
    depth : int
        Longest way from a root to a leaf.
    """

    base: float
    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    missing_left: np.ndarray
    subset: np.ndarray
    subsets: np.ndarray
    value: np.ndarray
    depth: int

    def predict(self, columns: np.ndarray) -> np.ndarray:
        """Return the sum of the leaves that rows end in.

        Parameters
        ----------
        columns : ndarray of shape (n, n_columns), float64
            NaN where a value is missing; categories by code.

        Returns
        -------
        ndarray of shape (n,), float64
        """
        return grown_together((self,)).predict_each(columns)[:, 0]


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Several sums of trees in one set of plain arrays, followed together: a step costs what it does for one.

    Parameters
    ----------
    trees : BoostedTrees
        All trees one after the other.
    bases : ndarray of shape (n_sums,)
        What each sum begins with.
    starts : ndarray of shape (n_sums,)
        First tree of each sum.
    """

    trees: BoostedTrees
    bases: np.ndarray
    starts: np.ndarray

    def predict_each(self, columns: np.ndarray) -> np.ndarray:
        """Return what each sum of trees predicts, of shape (n, n_sums); see :meth:`BoostedTrees.predict`."""
        step = max(1, CELLS // max(1, len(self.trees.roots)))
        parts = [self._follow(columns[at : at + step]) for at in range(0, len(columns), step)]
        return np.concatenate(parts) if parts else np.empty((0, len(self.bases)))

    def _follow(self, columns: np.ndarray) -> np.ndarray:
        trees = self.trees
        at = np.tile(trees.roots, (len(columns), 1))
        row = np.arange(len(columns))[:, None]
        absent = np.isnan(columns)
        code = np.clip(np.where(absent, 0, columns).astype(int), 0, max(0, trees.subsets.shape[1] - 1))
        for _ in range(trees.depth):
            asked = trees.feature[at]
            goes_left = columns[row, asked] <= trees.threshold[at]
            if trees.subsets.size:
                among = trees.subset[at]
                is_listed = trees.subsets[np.maximum(among, 0), code[row, asked]]
                goes_left = np.where(among < 0, goes_left, is_listed)
            goes_left = np.where(absent[row, asked], trees.missing_left[at], goes_left)
            at = np.where(goes_left, trees.left[at], trees.right[at])
        found, ends = trees.value[at], [*self.starts[1:], len(trees.roots)]
        sums = [found[:, start:end].sum(axis=1) for start, end in zip(self.starts, ends, strict=True)]
        return np.asarray(self.bases + np.column_stack(sums))


@lru_cache(maxsize=64)
def grown_together(sums: tuple[BoostedTrees, ...]) -> Forest:
    """Put sums of trees together; remembered, since a model asks for the same with every ticket.

    Arrays that are mapped from a file are read into memory: mapped, every step costs many times as much.
    """
    nodes = np.cumsum([0, *(len(one.value) for one in sums)])
    subsets = np.cumsum([0, *(len(one.subsets) for one in sums)])
    width = max(one.subsets.shape[1] for one in sums)

    def joined(parts: Sequence[np.ndarray]) -> np.ndarray:
        return np.concatenate([np.asarray(one) for one in parts])

    trees = BoostedTrees(
        0.0,
        joined([one.roots + start for one, start in zip(sums, nodes, strict=False)]),
        joined([one.feature for one in sums]),
        joined([one.threshold for one in sums]),
        joined([one.left + start for one, start in zip(sums, nodes, strict=False)]),
        joined([one.right + start for one, start in zip(sums, nodes, strict=False)]),
        joined([one.missing_left for one in sums]),
        joined(
            [
                np.where(one.subset < 0, one.subset, one.subset + start)
                for one, start in zip(sums, subsets, strict=False)
            ]
        ),
        joined([np.pad(one.subsets, ((0, 0), (0, width - one.subsets.shape[1]))) for one in sums]),
        joined([one.value for one in sums]),
        max(one.depth for one in sums),
    )
    starts = np.cumsum([0, *(len(one.roots) for one in sums)])[:-1]
    return Forest(trees, np.array([one.base for one in sums]), starts)
