"""Learns the probability of an outcome of a ticket: a promise broken, a ticket handed on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from features.field_model import Head
from features.foresight_model import RiskModel
from features.ticket_columns import TicketColumns
from features.views import Views
from training.calibration_error import calibration_error
from training.sla.grow_trees import LEAVES, QUICK, grow_risk
from training.sla.outcomes import Outcomes
from training.sla.shares import Shares, best_half_life, half_lives_for, weigh
from triage.ticket import Ticket

__all__ = ["LearntRisk", "learn_risk"]

LEAST = 30
"""Tickets that are needed of either outcome, among those that learn and those that judge together."""

PENALTY = 0.5
STEPS = 300


@dataclass(frozen=True, slots=True, eq=False)
class LearntRisk:
    """The model and what later tickets said of it; ``model`` is None where too little is known."""

    model: RiskModel | None
    facts: Mapping[str, Any]


def learn_risk(
    tickets: Sequence[Ticket],
    columns: TicketColumns,
    views: Views,
    happened: np.ndarray,
    outcomes: Outcomes,
    shares: Shares,
    *,
    has_text: bool,
    random_state: int = 0,
) -> LearntRisk:
    """Learn a probability; weigh and calibrate it on the tickets kept for it, then learn from all.

    Parameters
    ----------
    happened : ndarray of shape (n,)
        1 and 0; NaN where nobody knows. Known when a ticket is solved.
    tickets, columns, views, outcomes, shares, has_text, random_state
        As :func:`training.sla.learn_time.learn_time` takes them.
    """
    blocks = tuple(
        name for name in ("fields", "meaning") if name in views and (name == "fields" or has_text)
    ) or ("meaning",)
    table = columns.transform(tickets)
    matrix = sp.hstack([sp.csr_matrix(views[name]) for name in blocks], format="csr")
    is_told = ~np.isnan(happened)
    judge = shares.judge.solved & is_told[shares.judge.rows]
    judged = shares.judge.rows[judge]
    judge_weights = weigh(shares.judge, outcomes.filed, outcomes.until, None)[judge]

    def rows_of(half_life: float | None) -> tuple[np.ndarray, np.ndarray]:
        keep = shares.learn.solved & is_told[shares.learn.rows]
        weights = weigh(shares.learn, outcomes.filed, shares.moment, half_life)
        return shares.learn.rows[keep], weights[keep]

    learnt, _ = rows_of(None)
    counts = np.bincount(happened[np.concatenate([learnt, judged])].astype(int), minlength=2)
    too_few = f"{counts[0]} and {counts[1]} tickets of either outcome; {LEAST} of each are needed."
    if counts.min() < LEAST or any(len(np.unique(happened[rows])) < 2 for rows in (learnt, judged)):
        return LearntRisk(None, {"reason": too_few})

    def grow(rows: np.ndarray, weights: np.ndarray, **more: Any) -> Any:
        return grow_risk(
            table[rows],
            columns.is_category,
            happened[rows] > 0,
            weights,
            random_state=random_state,
            **more,
        )

    def straight(rows: np.ndarray, weights: np.ndarray) -> Head:
        model = LogisticRegression(C=PENALTY, max_iter=STEPS)
        model.fit(matrix[rows], happened[rows] > 0, sample_weight=weights / weights.mean())
        coefs = np.column_stack([np.zeros(matrix.shape[1]), model.coef_[0]]).astype(np.float32)
        edges = np.cumsum([views[name].shape[1] for name in blocks])[:-1]
        intercept = np.array([0.0, model.intercept_[0]], np.float32)
        return Head(blocks, tuple(np.ascontiguousarray(part) for part in np.split(coefs, edges)), intercept)

    losses: dict[float | None, float] = {}
    candidates = half_lives_for(shares, outcomes.filed)
    for half_life in candidates if len(candidates) > 1 else ():
        told = expit(grow(*rows_of(half_life), trees=QUICK).predict(table[judged]))
        losses[half_life] = _log_loss(told, happened[judged], judge_weights)
    half_life = best_half_life(losses)

    def learn(steady: tuple[np.ndarray, np.ndarray], recent: tuple[np.ndarray, np.ndarray]) -> RiskModel:
        few, many = LEAVES
        equal = np.array([1 / 3, 1 / 3, 1 / 3, 0.0])
        return RiskModel(grow(*steady, leaves=many), grow(*recent, leaves=few), straight(*recent), equal)

    early = learn(rows_of(None), rows_of(half_life))
    said = early.members(table[judged], {name: views[name][judged] for name in blocks})
    # The figures are of weights learnt from one half of the judged tickets and judged on the other.
    half = np.arange(len(judged)) % 2 == 0
    shown = replace(early, weights=_pool(said[half], happened[judged][half], judge_weights[half]))
    told = expit(said[~half] @ shown.weights[:-1] + shown.weights[-1])
    facts = _facts(told, happened[judged][~half], judge_weights[~half])
    everything = outcomes.known_at(outcomes.until + 1e-6, np.arange(len(tickets)))
    keep = everything.solved & is_told[everything.rows]

    def all_rows(half_life: float | None) -> tuple[np.ndarray, np.ndarray]:
        weights = weigh(everything, outcomes.filed, outcomes.until, half_life)
        return everything.rows[keep], weights[keep]

    model = replace(
        learn(all_rows(None), all_rows(half_life)),
        weights=_pool(said, happened[judged], judge_weights),
    )
    return LearntRisk(model, facts | {"half_life_days": half_life, "tickets": int(keep.sum())})


def _pool(said: np.ndarray, happened: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weights of the members, none below 0, and an intercept: logistic regression."""
    share = weights / weights.sum()
    table = np.column_stack([said, np.ones(len(said))])

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        score = table @ point
        value = share @ (np.logaddexp(0.0, score) - happened * score)
        return float(value), table.T @ (share * (expit(score) - happened))

    count = said.shape[1]
    bounds = [(0.0, None)] * count + [(None, None)]
    start = np.append(np.full(count, 1.0 / count), 0.0)
    return np.asarray(minimize(loss, start, jac=True, bounds=bounds).x)


def _log_loss(told: np.ndarray, happened: np.ndarray, weights: np.ndarray) -> float:
    right = np.where(happened > 0, told, 1.0 - told)
    return float(np.average(-np.log(np.maximum(right, 1e-12)), weights=weights))


def _facts(told: np.ndarray, happened: np.ndarray, weights: np.ndarray) -> dict[str, Any]:
    """Return how well outcomes of judged tickets were foreseen, and how honest the probabilities were."""
    # Calibration is counted: tickets are drawn by weight, as many as the weights are worth (Kish 1965).
    worth = max(1, int(weights.sum() ** 2 / (weights**2).sum()))
    drawn = np.random.default_rng(0).choice(len(told), worth, p=weights / weights.sum())
    calibration = calibration_error(told[drawn], happened[drawn] > 0)
    rate = np.average(happened, weights=weights)
    return {
        "judged": len(told),
        "happened": float(rate),
        "auc": float(roc_auc_score(happened, told)) if len(np.unique(happened)) == 2 else None,
        "log_loss": _log_loss(told, happened, weights),
        "log_loss_same_for_all": _log_loss(np.full(len(told), rate), happened, weights),
        "calibration_error": calibration.error,
        "calibration_null_95": calibration.null_95,
    }
