"""Boosted trees as plain arrays: predicts with numpy alone, the same bytes wherever it was learnt.

Growing them is ``training.sla.grow_trees``. Nothing here knows what is predicted.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["BoostedTrees"]

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
        step = max(1, CELLS // max(1, len(self.roots)))
        parts = [self._follow(columns[at : at + step]) for at in range(0, len(columns), step)]
        return np.concatenate(parts) if parts else np.empty(0)

    def _follow(self, columns: np.ndarray) -> np.ndarray:
        # Arrays that are mapped from a file cost many times what plain views of them do.
        feature, threshold, subset, missing_left, left, right = (
            np.asarray(one)
            for one in (self.feature, self.threshold, self.subset, self.missing_left, self.left, self.right)
        )
        at = np.tile(self.roots, (len(columns), 1))
        row = np.arange(len(columns))[:, None]
        absent = np.isnan(columns)
        code = np.clip(np.where(absent, 0, columns).astype(int), 0, max(0, self.subsets.shape[1] - 1))
        for _ in range(self.depth):
            asked = feature[at]
            goes_left = columns[row, asked] <= threshold[at]
            if self.subsets.size:
                among = subset[at]
                is_listed = self.subsets[np.maximum(among, 0), code[row, asked]]
                goes_left = np.where(among < 0, goes_left, is_listed)
            goes_left = np.where(absent[row, asked], missing_left[at], goes_left)
            at = np.where(goes_left, left[at], right[at])
        return np.asarray(self.base + np.asarray(self.value)[at].sum(axis=1))
