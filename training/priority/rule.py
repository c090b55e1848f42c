"""Chooses on held-out tickets where priority comes from: the matrix, the direct model or both."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from training.blend import learn_weights
from training.bounds import lower_bound
from training.learn_field import LearntField
from training.priority.filed import filed_and_kept
from training.priority.matrix import find_matrix
from training.settle import settle
from triage.priority import PRIORITIES, PriorityMatrix
from triage.priority_route import pool, through_matrix
from triage.priority_rule import PriorityRoute, PriorityRule
from triage.scale import scale_of
from triage.ticket import PastTicket

__all__ = ["learn_rule"]

PARTS = ("impact", "urgency", "priority")


def learn_rule(
    history: Sequence[PastTicket],
    labels: Mapping[str, Sequence[str | None]],
    learnt: Mapping[str, LearntField],
    target_precision: float,
) -> tuple[dict[str, LearntField], PriorityRule | None]:
    """Learn how this helpdesk comes to its priorities.

    Parameters
    ----------
    history : sequence of PastTicket
        All tickets learnt from.
    labels : Mapping of str to sequence of str or None
        By field, a label for each ticket of the history; None where it has none.
    learnt : Mapping of str to LearntField
        By field, with held-out predictions.
    target_precision : float
        What applied priorities shall promise.

    Returns
    -------
    learnt : dict of str to LearntField
        As given, but ``priority`` judged by what will decide it when a person has set neither value.
    rule : PriorityRule or None
        None where priorities do not follow a matrix: then they are learnt directly.
    """
    found = find_matrix(history)
    if found is None and not any(past.labels.get("priority") for past in history):
        return dict(learnt), _default_rule(learnt, target_precision)
    if found is None or not found.is_followed:
        return dict(learnt), None
    counts = Counter(past.labels["priority"] for past in history if past.labels.get("priority"))
    scale = found.matrix.priorities
    # One ticket more of each: none is impossible.
    prior = {one: (counts[one] + 1) / (counts.total() + len(scale)) for one in scale}
    followed = (found.tickets - len(found.breaking), found.tickets)
    stayed = filed_and_kept(history, found.matrix) or followed
    rule = PriorityRule(
        found.matrix,
        "history",
        _expected(*followed),
        lower_bound(*followed),
        _expected(*stayed),
        lower_bound(*stayed),
        prior,
        target_precision,
    )
    if not all(name in learnt for name in PARTS):
        return dict(learnt), rule
    judged = _judged_together(labels, learnt)
    if judged is None:
        return dict(learnt), rule
    routes, own = _routes(rule, learnt, judged)
    return dict(learnt) | {"priority": own}, replace(rule, routes=routes)


def _default_rule(learnt: Mapping[str, LearntField], target_precision: float) -> PriorityRule | None:
    """Return the usual matrix for scales whose labels tell their order, where there are no priorities."""
    scales = [scale_of(learnt[name].model.labels) if name in learnt else None for name in PARTS[:2]]
    if scales[0] is None or scales[1] is None:
        return None
    matrix = PriorityMatrix.default(scales[0], scales[1])
    even = dict.fromkeys(PRIORITIES, 1 / len(PRIORITIES))
    return PriorityRule(matrix, "default", 1.0, 0.0, 1.0, 0.0, even, target_precision)


def _judged_together(
    labels: Mapping[str, Sequence[str | None]], learnt: Mapping[str, LearntField]
) -> dict[str, np.ndarray] | None:
    """Return, by field, places in its held-out rows: of tickets that were held out of all three."""
    of_ticket = {}
    for name in PARTS:
        rows = np.array([row for row, value in enumerate(labels[name]) if value is not None])
        of_ticket[name] = {int(row): at for at, row in enumerate(rows[learnt[name].held_out])}
    common = [
        row for row in of_ticket["priority"] if row in of_ticket["impact"] and row in of_ticket["urgency"]
    ]
    if not common:
        return None
    return {name: np.array([places[row] for row in common]) for name, places in of_ticket.items()}


def _routes(
    rule: PriorityRule, learnt: Mapping[str, LearntField], judged: Mapping[str, np.ndarray]
) -> tuple[dict[str, PriorityRoute], LearntField]:
    priority = learnt["priority"]
    labels = priority.model.labels
    at = judged["priority"]
    truth, direct = priority.classes[at], priority.probabilities[at]
    routes = {}
    own = priority
    for known in ("nothing", "impact", "urgency"):
        impact, urgency = (_side(learnt[name], judged[name], is_set=name == known) for name in PARTS[:2])
        carried = through_matrix(
            rule.matrix,
            impact,
            urgency,
            learnt["impact"].model.labels,
            learnt["urgency"].model.labels,
            labels,
            follows=rule.follows,
            prior=rule.prior,
        )
        parts = {"matrix": carried, "learnt": direct}
        weights = learn_weights({name: np.log(np.maximum(one, 1e-12)) for name, one in parts.items()}, truth)
        chances = pool(parts, weights)
        promise, applied, learnable = settle(chances, truth, labels, priority.target)
        routes[known] = PriorityRoute(weights, promise)
        if known == "nothing" and "matrix" in weights:
            own = replace(
                priority,
                promise=promise,
                held_out=priority.held_out[at],
                probabilities=chances,
                classes=truth,
                applied=applied,
                rivals={name: one.of(at) for name, one in (priority.rivals or {}).items()},
                learnable=learnable,
            )
    return routes, own


def _side(one: LearntField, at: np.ndarray, *, is_set: bool) -> np.ndarray:
    """Return chances of shape (n, n_labels): as predicted, or as if a person had set the right value."""
    if is_set:
        return np.asarray(np.eye(len(one.model.labels))[one.classes[at]])
    return np.asarray(one.probabilities[at])


def _expected(kept: int, of: int) -> float:
    """Return the mean of the share's posterior under a uniform prior (Laplace): never quite 0 or 1."""
    return (kept + 1) / (of + 2)
