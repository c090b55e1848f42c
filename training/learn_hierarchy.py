"""Learns how a field and the one above it are pooled, and solves the promises of both anew.

Which label lies under which comes from the history; how much each model counts is chosen by the likelihood
of held-out tickets' labels in both fields. The fields themselves are learnt before, each alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import minimize

from features.hierarchy import Exponents, Hierarchy
from training.learn_field import LearntField
from training.settle import settle
from triage.pooling import FLOOR

__all__ = ["HIERARCHIES", "LearntHierarchy", "find_hierarchy", "fit_exponents", "learn_hierarchy"]

HIERARCHIES = (("category", "subcategory"),)
"""Pairs of an upper field and the one that refines it."""

LEAST_SHARE, LEAST_TICKETS = 0.01, 3
"""A pair is real when it has that share of the child's or of the parent's tickets, and so many in all.

Fewer may be misfiled ones. With .05 of the child's tickets alone, 7 % of ServiceNow's later tickets had a
pair that was ruled out, and accuracy on subcategories fell by 6 points (docs/log.md).
"""

LEAST_PURITY = 0.5
"""Two fields are no hierarchy unless so many tickets lie under their child's commonest parent."""

SHRINKAGE = 0.01
"""Pull towards the start, in nats at one unit of distance, as in :mod:`training.blend`."""

MOST_ROWS = 1_500
"""Held-out tickets that the exponents are chosen on, the newest ones; five numbers need no more."""

Elsewhere = Callable[[str, np.ndarray], np.ndarray]
"""From a field and rows of the history that it has no label for to its model's probabilities."""


@dataclass(frozen=True, slots=True, eq=False)
class LearntHierarchy:
    """A hierarchy, both fields with their promises solved on what they say together, and what it gave.

    Parameters
    ----------
    hierarchy : Hierarchy
        Fitted.
    parent, child : LearntField
        Their held-out probabilities are the pooled ones.
    facts : dict
        For the manifest: pairs, exponents, and by field the held-out accuracy and mean log loss of the
        model alone and of both together.
    """

    hierarchy: Hierarchy
    parent: LearntField
    child: LearntField
    facts: dict[str, Any]


def find_hierarchy(
    parent: str,
    child: str,
    above: Sequence[str | None],
    below: Sequence[str | None],
    parents: tuple[str, ...],
    children: tuple[str, ...],
) -> Hierarchy | None:
    """Find which children lie under which parents in a history, None where the fields are no hierarchy.

    A child lies under its commonest parent and under every other that :data:`LEAST_SHARE` makes real. A
    child that was never seen with a parent may lie under any.

    Parameters
    ----------
    parent, child : str
        The two fields.
    above, below : sequence of str or None
        Each ticket's labels in them.
    parents, children : tuple of str
        The labels that the models know.
    """
    column, row = ({label: place for place, label in enumerate(one)} for one in (parents, children))
    counts = np.zeros((len(children), len(parents)))
    alone = np.zeros(len(parents))
    for upper, lower in zip(above, below, strict=True):
        if upper in column:
            if lower in row:
                counts[row[lower], column[upper]] += 1
            else:
                alone[column[upper]] += 1
    total = counts.sum(axis=1)
    if not total.sum() or counts.max(axis=1).sum() < LEAST_PURITY * total.sum():
        return None
    enough = (counts >= LEAST_SHARE * total[:, None]) | (counts >= LEAST_SHARE * counts.sum(axis=0))
    kept = (counts >= LEAST_TICKETS) & enough
    kept[np.arange(len(children)), counts.argmax(axis=1)] |= total > 0
    kept[total == 0] = True
    places = np.argwhere(kept.T)
    share = np.where(kept, np.maximum(counts, total[:, None] == 0), 0.0)
    share /= share.sum(axis=1, keepdims=True)
    filled = np.where(kept, counts, 0.0).sum(axis=0)
    return Hierarchy(
        parent,
        child,
        parents,
        children,
        places[:, 0].astype(np.int32),
        places[:, 1].astype(np.int32),
        share[places[:, 1], places[:, 0]],
        np.where(filled > 0, filled / np.maximum(filled + alone, 1), 0.0),
        Exponents(1.0, 0.5, 1.0, 1.0, 0.5, -float(np.log(len(parents)))),
    )


def fit_exponents(
    hierarchy: Hierarchy,
    parents: np.ndarray,
    children: np.ndarray,
    parent_classes: np.ndarray,
    child_classes: np.ndarray,
) -> Hierarchy:
    """Choose the exponents under which held-out labels of both fields are likeliest.

    Parameters
    ----------
    hierarchy : Hierarchy
        Its exponents are the start, and what the choice is pulled towards.
    parents, children : ndarray of shape (n, n_labels)
        What each field's model says.
    parent_classes, child_classes : ndarray of shape (n,)
        The truth; -1 where there is none.
    """
    recent = slice(-MOST_ROWS, None)
    parents, children = parents[recent], children[recent]
    truths = (parent_classes[recent], child_classes[recent])
    start = np.array([getattr(hierarchy.exponents, name) for name in Exponents.__slots__])

    def objective(values: np.ndarray) -> float:
        # The marginals, before the last step towards the decided parent, which has corners.
        tried = replace(hierarchy, exponents=Exponents(*map(float, values)))
        above, of_child = tried.pool(parents, children)
        losses = [
            _loss(*one)
            for one in zip((above, tried.marginal(above, of_child, children)), truths, strict=True)
        ]
        return sum(losses) + SHRINKAGE * float((values - start) @ (values - start))

    bounds = [(0.0, 3.0)] * 4 + [(0.0, 1.0), (-12.0, 0.0)]
    found = minimize(
        objective, start, method="L-BFGS-B", bounds=bounds, options={"maxiter": 20, "ftol": 1e-5}
    )
    return replace(hierarchy, exponents=Exponents(*(round(float(value), 4) for value in found.x)))


def learn_hierarchy(
    hierarchy: Hierarchy,
    parent: LearntField,
    child: LearntField,
    labels: Mapping[str, Sequence[str | None]],
    elsewhere: Elsewhere,
) -> LearntHierarchy:
    """Fit a hierarchy on the tickets held out of either field, and solve both promises on what comes out.

    Parameters
    ----------
    hierarchy : Hierarchy
        As :func:`find_hierarchy` found it.
    parent, child : LearntField
        Learnt each alone.
    labels : Mapping of str to sequence of str or None
        Labels of the history by field.
    elsewhere : callable
        Asked for probabilities of held-out tickets of the one field that the other has no label for.
    """
    sides = {hierarchy.parent: parent, hierarchy.child: child}
    rows_of = {
        name: np.flatnonzero([value is not None for value in labels[name]])[one.held_out]
        for name, one in sides.items()
    }
    rows = np.unique(np.concatenate(list(rows_of.values())))
    alone, truth, known = {}, {}, {}
    for name, one in sides.items():
        places = np.searchsorted(rows, rows_of[name])
        truth[name] = np.full(len(rows), -1)
        truth[name][places] = one.classes
        alone[name] = np.empty((len(rows), one.probabilities.shape[1]))
        alone[name][places] = one.probabilities
        missing = np.setdiff1d(np.arange(len(rows)), places)
        if len(missing):
            alone[name][missing] = elsewhere(name, rows[missing])
        known[name] = places
    above, below = alone[hierarchy.parent], alone[hierarchy.child]
    fitted = fit_exponents(hierarchy, above, below, truth[hierarchy.parent], truth[hierarchy.child])
    found = fitted.combine(above, below)
    together = {hierarchy.parent: found.parents, hierarchy.child: found.children}
    withheld = {hierarchy.parent: np.zeros(len(rows), bool), hierarchy.child: found.withheld}
    facts: dict[str, Any] = {
        "parent": hierarchy.parent,
        "child": hierarchy.child,
        "pairs": len(hierarchy.above),
        "exponents": {name: getattr(fitted.exponents, name) for name in Exponents.__slots__},
    }
    solved = {}
    for name, one in sides.items():
        places = known[name]
        solved[name] = _promised(one, together[name][places], withheld[name][places])
        facts[name] = {
            "alone": _figures(alone[name], truth[name]),
            "together": _figures(together[name], truth[name]),
        }
    return LearntHierarchy(fitted, solved[hierarchy.parent], solved[hierarchy.child], facts)


def _promised(one: LearntField, probabilities: np.ndarray, withheld: np.ndarray) -> LearntField:
    """Solve a promise on the tickets of which something can be decided."""
    promise, shown, learnable = settle(
        probabilities[~withheld], one.classes[~withheld], one.model.labels, one.target
    )
    applied = np.zeros(len(probabilities), bool)
    applied[~withheld] = shown
    return replace(one, promise=promise, probabilities=probabilities, applied=applied, learnable=learnable)


def _loss(probabilities: np.ndarray, classes: np.ndarray) -> float:
    rows = np.flatnonzero(classes >= 0)
    return -float(np.log(np.maximum(probabilities[rows, classes[rows]], FLOOR)).mean()) if len(rows) else 0.0


def _figures(probabilities: np.ndarray, classes: np.ndarray) -> dict[str, float]:
    rows = classes >= 0
    right = probabilities[rows].argmax(axis=1) == classes[rows]
    return {"accuracy": float(right.mean()), "log_loss": _loss(probabilities, classes)}
