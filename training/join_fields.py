"""Joins fields that were learnt each alone into the hierarchies that a history holds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from features.views import Views
from training.learn_field import LearntField
from training.learn_hierarchy import HIERARCHIES, LearntHierarchy, find_hierarchy, learn_hierarchy

__all__ = ["join_fields"]


def join_fields(
    learnt: Mapping[str, LearntField],
    labels: Mapping[str, Sequence[str | None]],
    views: Views,
) -> tuple[dict[str, LearntField], list[LearntHierarchy]]:
    """Learn every hierarchy among some fields.

    Parameters
    ----------
    learnt : Mapping of str to LearntField
        By field, each alone.
    labels : Mapping of str to sequence of str or None
        Labels of the history, by field.
    views : dict of str to matrix
        Of the history.

    Returns
    -------
    learnt : dict of str to LearntField
        By field, in the same order; those of a hierarchy with held-out probabilities and promises of what
        they say together.
    hierarchies : list of LearntHierarchy
        Empty where no two of the fields are one.
    """
    joined, hierarchies = dict(learnt), []
    for parent, child in HIERARCHIES:
        if parent not in joined or child not in joined:
            continue
        if not (len(joined[parent].held_out) and len(joined[child].held_out)):
            continue  # One goes by descriptions alone: nothing was held out to weigh it by.
        found = find_hierarchy(
            parent,
            child,
            labels[parent],
            labels[child],
            joined[parent].model.labels,
            joined[child].model.labels,
        )
        if found is not None:
            one = learn_hierarchy(
                found,
                joined[parent],
                joined[child],
                labels,
                lambda name, rows: _by_heads(joined[name], views, rows),
            )
            joined[parent], joined[child] = one.parent, one.child
            hierarchies.append(one)
    return joined, hierarchies


def _by_heads(learnt: LearntField, views: Views, rows: np.ndarray) -> np.ndarray:
    """Ask a field's linear heads about tickets that it has no label for, and so did not learn from.

    They stand in for the neighbours too, whose vote would have to be searched for again.
    """
    model = learnt.model
    heads = {name: weight for name, weight in model.weights.items() if name in model.heads}
    if not heads:
        return np.full((len(rows), len(model.labels)), 1.0 / len(model.labels))
    scale = sum(model.weights.values()) / sum(heads.values())
    alone = replace(model, weights={name: weight * scale for name, weight in heads.items()})
    return alone.probabilities({block: matrix[rows] for block, matrix in views.items()})
