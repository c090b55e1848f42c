"""Grows boosted trees with scikit-learn and keeps them as plain arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn._loss.loss import PinballLoss
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from features.boosted_trees import BoostedTrees

__all__ = ["LEAVES", "QUICK", "grow_quantile", "grow_risk"]

# Chosen on ServiceNow incidents before the last fifth (docs/log.md, "Times and promises").
SHAPE: dict[str, Any] = {
    "early_stopping": False,
    "max_features": 0.4,
    "l2_regularization": 3.0,
}
LEAVES = (12, 31)
"""Leaves of a tree: few where what decides is simple or moves, more where it is neither."""

TREES, QUICK = 120, 50
"""Trees of a model, and of one that only helps to choose."""

SMALLEST_LEAF = 30
BITS = 256
"""Categories that the library's sets hold."""


def grow_quantile(
    columns: np.ndarray,
    is_category: Sequence[bool],
    values: np.ndarray,
    weights: np.ndarray,
    level: float,
    *,
    leaves: int = LEAVES[0],
    trees: int = TREES,
    random_state: int = 0,
) -> BoostedTrees:
    """Return trees that predict a quantile.

    Parameters
    ----------
    columns : ndarray of shape (n, n_columns), float64
        NaN where missing.
    is_category : sequence of bool
        Which columns are codes.
    values : ndarray of shape (n,)
        What is predicted.
    weights : ndarray of shape (n,)
        How much each row counts.
    level : float
        Of the quantile.
    leaves : int, default=12
        Most leaves of a tree.
    trees : int, default=120
        How many.
    random_state : int, default=0
        Of the columns that each split looks at.
    """
    model = HistGradientBoostingRegressor(
        loss=_Pinball(weights, level),
        learning_rate=0.08,
        max_leaf_nodes=leaves,
        **_settings(len(values), is_category, trees, random_state),
    )
    return _as_arrays(model.fit(_without_empty(columns), values, sample_weight=weights))


def grow_risk(
    columns: np.ndarray,
    is_category: Sequence[bool],
    happened: np.ndarray,
    weights: np.ndarray,
    *,
    leaves: int = LEAVES[0],
    trees: int = TREES,
    random_state: int = 0,
) -> BoostedTrees:
    """Return trees that predict the log-odds of an outcome.

    Parameters
    ----------
    happened : ndarray of shape (n,), bool
        The outcome.
    columns, is_category, weights, leaves, trees, random_state
        As :func:`grow_quantile` takes them.
    """
    model = HistGradientBoostingClassifier(
        learning_rate=0.06,
        max_leaf_nodes=leaves,
        **_settings(len(happened), is_category, trees, random_state),
    )
    return _as_arrays(model.fit(_without_empty(columns), happened, sample_weight=weights))


class _Pinball(PinballLoss):  # type: ignore[misc]
    """The library's loss, and to the bit its leaves, found sooner.

    The library finds the quantile of each leaf by a function for tables of any array library, whose calls are
    most of what a small history costs.
    """

    def __init__(self, sample_weight: np.ndarray, quantile: float) -> None:
        super().__init__(sample_weight=sample_weight, quantile=quantile)

    def fit_intercept_only(self, y_true: np.ndarray, sample_weight: np.ndarray) -> np.float64:
        """Return the weighted quantile: the first value at which the weights up to it reach the level."""
        order = np.argsort(y_true)
        reached = np.cumsum(sample_weight[order])
        at = np.searchsorted(reached, 100 * self.closs.quantile / 100 * reached[-1])
        return np.float64(y_true[order[min(at, len(order) - 1)]])


def _settings(n: int, is_category: Sequence[bool], trees: int, random_state: int) -> dict[str, Any]:
    return {
        **SHAPE,
        "categorical_features": list(is_category),
        "max_iter": trees,
        "min_samples_leaf": min(SMALLEST_LEAF, max(5, n // 20)),
        "random_state": random_state,
    }


def _without_empty(columns: np.ndarray) -> np.ndarray:
    """Fill columns that have no value at all, at which the library stumbles; no tree splits them."""
    return np.where(np.isnan(columns).all(axis=0), 0.0, columns)


def _as_arrays(model: Any) -> BoostedTrees:
    """Read the library's fitted trees; what it predicts is held against ours in a test."""
    nodes: dict[str, list[np.ndarray]] = {}
    roots, subsets = [], []
    at, sets, depth = 0, 0, 0
    for (tree,) in model._predictors:
        table = tree.nodes
        own = np.arange(len(table)) + at
        is_leaf = table["is_leaf"].astype(bool)
        has_set = table["is_categorical"].astype(bool) & ~is_leaf
        parts = {
            "feature": np.where(is_leaf, 0, table["feature_idx"]),
            "threshold": np.where(is_leaf, np.inf, table["num_threshold"]),
            "left": np.where(is_leaf, own, table["left"].astype(np.int64) + at),
            "right": np.where(is_leaf, own, table["right"].astype(np.int64) + at),
            "missing_left": table["missing_go_to_left"].astype(bool),
            "subset": np.where(has_set, table["bitset_idx"].astype(np.int64) + sets, -1),
            "value": np.where(is_leaf, table["value"], 0.0),
        }
        for name, part in parts.items():
            nodes.setdefault(name, []).append(part)
        bits = np.ascontiguousarray(tree.raw_left_cat_bitsets).view(np.uint8).reshape(-1, BITS // 8)
        subsets.append(np.unpackbits(bits, axis=1, bitorder="little").astype(bool))
        roots.append(at)
        at, sets = at + len(table), sets + len(bits)
        depth = max(depth, int(table["depth"].max()))
    joined = {name: np.concatenate(parts) for name, parts in nodes.items()}
    whole = {name: joined[name].astype(np.int32) for name in ("feature", "left", "right", "subset")}
    return BoostedTrees(
        base=float(np.ravel(model._baseline_prediction)[0]),
        roots=np.array(roots, np.int32),
        threshold=joined["threshold"],
        missing_left=joined["missing_left"],
        subsets=np.concatenate(subsets),
        value=joined["value"],
        depth=depth,
        **whole,
    )
