"""How one ticket comes to its priority: through the matrix, learnt directly, or both.

The policy's matrix outranks the bundle's; a value that a person set counts as certain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from triage.policy import Policy, Promise
from triage.pooling import pool_logits
from triage.prediction import Assessment, Prediction
from triage.priority import PRIORITIES, PriorityMatrix
from triage.priority_rule import PriorityRoute, PriorityRule
from triage.scale import scale_of
from triage.ticket import Ticket

__all__ = [
    "LEARNT",
    "Routed",
    "matrix_in_force",
    "pool",
    "priority_scale",
    "route_priority",
    "through_matrix",
]

LEARNT = "learnt from past tickets"
SUGGEST_AT = 0.5
"""Without a measured promise a priority is worth showing when it is likelier right than wrong."""

UNMEASURED_TARGET = 0.95


@dataclass(frozen=True, slots=True)
class Routed:
    """A priority with its promise, and where it came from.

    Parameters
    ----------
    prediction : Prediction
        Chances of each priority.
    promise : Promise
        When to trust them.
    basis : str
        Where the likeliest came from, in words.
    is_certain : bool
        Whether a person set both impact and urgency, so that the ticket's text does not matter.
    """

    prediction: Prediction
    promise: Promise
    basis: str
    is_certain: bool


def route_priority(ticket: Ticket, assessment: Assessment, policy: Policy) -> Routed | None:
    """Return the priority through the matrix; None where it is learnt directly.

    Parameters
    ----------
    ticket : Ticket
        Its ``values`` may hold impact and urgency.
    assessment : Assessment
        What the model says of it.
    policy : Policy
        May hold a matrix.
    """
    rule, own = assessment.priority_rule, policy.priority.matrix
    matrix = matrix_in_force(assessment, policy)
    if matrix is None:
        return None
    impact = _chances("impact", ticket, assessment, matrix.impacts)
    urgency = _chances("urgency", ticket, assessment, matrix.urgencies)
    if impact is None or urgency is None:
        return None
    known = [name for name, (_, _, is_set) in (("impact", impact), ("urgency", urgency)) if is_set]
    is_certain = len(known) == 2
    route = None if rule is None else rule.routes.get(known[0] if known else "nothing")
    is_weighed = route is not None and "matrix" in route.weights
    is_default = rule is not None and rule.source == "default"
    if not (is_certain or own or is_weighed or is_default):
        return None
    learnt = assessment.predictions.get("priority")
    labels = _labels(learnt, matrix)
    chances = _pooled(matrix, own is not None, rule, None if is_certain else route, impact, urgency, learnt)
    prediction = Prediction("priority", labels, chances)
    value = prediction.top(1)[0][0]
    if is_certain:
        promise = _promise_of_values(labels, rule, is_own=own is not None)
    elif own is not None and (rule is None or own.cells != rule.matrix.cells):
        both = (
            0.0 if rule is None else _agreed(own, rule.matrix, impact, urgency, value) * float(chances.max())
        )
        promise = _promise_of_another_matrix(route, value, both)
    else:
        promise = route.promise if route else Promise(UNMEASURED_TARGET, {}, SUGGEST_AT)
    source = "policy" if own is not None else rule.source if rule else ""
    is_pooled = not is_certain and own is None and route is not None and "learnt" in route.weights
    return Routed(prediction, promise, _basis(matrix, source, is_pooled, impact, urgency, value), is_certain)


def through_matrix(
    matrix: PriorityMatrix,
    impact: np.ndarray,
    urgency: np.ndarray,
    impact_labels: Sequence[str],
    urgency_labels: Sequence[str],
    labels: Sequence[str],
    *,
    follows: float,
    prior: Mapping[str, float],
) -> np.ndarray:
    """Return the chances of each priority where ``follows`` of all tickets follow the matrix.

    The other tickets, and those with a label that the matrix does not know, have priorities as the
    history has them: ``follows * P(matrix) + (1 - follows * covered) * prior``.

    Parameters
    ----------
    matrix, impact, urgency, impact_labels, urgency_labels, labels
        As for :meth:`triage.priority.PriorityMatrix.chances`.
    follows : float
        From 0 to 1.
    prior : Mapping of str to float
        Share of each priority; labels that it does not name have none.

    Returns
    -------
    ndarray of shape (n, n_labels)
        Rows sum to 1.
    """
    shares = np.array([prior.get(label, 0.0) for label in labels])
    shares = shares / shares.sum() if shares.sum() else np.full(len(labels), 1 / len(labels))
    carried = follows * matrix.chances(impact, urgency, impact_labels, urgency_labels, labels)
    return np.asarray(carried + (1.0 - carried.sum(axis=1, keepdims=True)) * shares)


def pool(parts: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    """Return the log-linear pool: ``p`` proportional to the product of ``part ** weight``.

    Parameters
    ----------
    parts : Mapping of str to ndarray of shape (n, n_labels)
        Probabilities; only those with a weight count, as :func:`triage.pooling.pool_logits` has it.
    weights : Mapping of str to float
        Not negative.

    Returns
    -------
    ndarray of shape (n, n_labels)
        Rows sum to 1.
    """
    with np.errstate(divide="ignore"):  # a probability of 0 has a floor in the pool
        logits = pool_logits({name: np.log(part) for name, part in parts.items()}, weights)
    raised = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def matrix_in_force(assessment: Assessment, policy: Policy) -> PriorityMatrix | None:
    """Return the policy's matrix, else the bundle's; None without one."""
    rule = assessment.priority_rule
    return policy.priority.matrix or (rule.matrix if rule else None)


def priority_scale(assessment: Assessment, policy: Policy) -> tuple[str, ...] | None:
    """Return the priorities, least first: the policy's matrix's, else the bundle's, else of what was learnt.

    None where nothing is known, or where the labels that were learnt do not tell their order.
    """
    matrix = matrix_in_force(assessment, policy)
    if matrix is not None:
        return matrix.priorities
    learnt = assessment.predictions.get("priority")
    if learnt is None:
        return None
    return PRIORITIES if set(learnt.labels) <= set(PRIORITIES) else scale_of(learnt.labels)


Side = tuple[tuple[str, ...], np.ndarray, bool]


def _chances(name: str, ticket: Ticket, assessment: Assessment, scale: Sequence[str]) -> Side | None:
    """Return labels, their chances of shape (1, n) and whether a person set the value."""
    value = ticket.values.get(name)
    if value:
        return ((value,), np.ones((1, 1)), True) if value in scale else None
    prediction = assessment.predictions.get(name)
    if prediction is None:
        return None
    return prediction.labels, prediction.probabilities[None, :], False


def _labels(learnt: Prediction | None, matrix: PriorityMatrix) -> tuple[str, ...]:
    first = learnt.labels if learnt else ()
    return (*first, *(one for one in matrix.priorities if one not in first))


def _pooled(
    matrix: PriorityMatrix,
    is_own: bool,
    rule: PriorityRule | None,
    route: PriorityRoute | None,
    impact: Side,
    urgency: Side,
    learnt: Prediction | None,
) -> np.ndarray:
    """Return the chances of shape (n_labels,)."""
    labels = _labels(learnt, matrix)
    # The admin's own matrix is the rule from now on; how well the past followed another says nothing.
    is_given = impact[2] and urgency[2]
    follows = 1.0 if is_own or rule is None else rule.kept if is_given else rule.follows
    prior = {} if rule is None else rule.prior
    parts = {
        "matrix": through_matrix(
            matrix, impact[1], urgency[1], impact[0], urgency[0], labels, follows=follows, prior=prior
        )
    }
    if route is None or "matrix" not in route.weights:
        return np.asarray(parts["matrix"][0])
    weights = dict(route.weights)
    if is_own or learnt is None:
        weights.pop("learnt", None)
    elif "learnt" in weights:
        rest = np.zeros(len(labels) - len(learnt.labels))
        parts["learnt"] = np.concatenate([learnt.probabilities, rest])[None, :]
    return np.asarray(pool(parts, weights)[0])


def _promise_of_values(labels: Sequence[str], rule: PriorityRule | None, *, is_own: bool) -> Promise:
    """Say when a priority is trusted that follows from two values of a person."""
    target = rule.target_precision if rule else UNMEASURED_TARGET
    is_kept = is_own or (rule is not None and rule.kept_at_least >= target)
    return Promise(target, dict.fromkeys(labels, target if is_kept else None), SUGGEST_AT)


def _promise_of_another_matrix(route: PriorityRoute | None, value: str, agreed: float) -> Promise:
    """Say when a priority through a matrix is trusted whose promise was measured with another one.

    The thresholds hold for the share of the confidence that both matrices give to this value.
    """
    if route is None:
        return Promise(UNMEASURED_TARGET, {}, SUGGEST_AT)
    threshold = route.promise.thresholds.get(value)
    is_kept = threshold is not None and agreed >= threshold
    return Promise(
        route.promise.target_precision, {value: threshold} if is_kept else {}, route.promise.suggest_at
    )


def _agreed(own: PriorityMatrix, found: PriorityMatrix, impact: Side, urgency: Side, value: str) -> float:
    """Return which share of the chance that ``own`` gives to a value comes from cells where both say it."""
    cells = _cells(own, impact, urgency, value)
    total = sum(chance for _, chance in cells)
    return sum(chance for cell, chance in cells if found.cells.get(cell) == value) / total if total else 0.0


def _cells(
    matrix: PriorityMatrix, impact: Side, urgency: Side, value: str
) -> list[tuple[tuple[str, str], float]]:
    return [
        ((one, other), float(a * b))
        for one, a in zip(impact[0], impact[1][0], strict=True)
        for other, b in zip(urgency[0], urgency[1][0], strict=True)
        if matrix.cells.get((one, other)) == value
    ]


def _basis(
    matrix: PriorityMatrix, source: str, is_pooled: bool, impact: Side, urgency: Side, value: str
) -> str:
    cells = _cells(matrix, impact, urgency, value)
    if not cells:
        return LEARNT
    (one, other), _ = max(cells, key=lambda cell: cell[1])
    by = {
        "policy": "by the policy's matrix",
        "default": "by the default matrix, since the history shows none",
    }.get(source, "by the matrix")
    also = " and what was learnt directly" if is_pooled else ""
    return f"impact {one} × urgency {other} → {value}, {by}{also}"
