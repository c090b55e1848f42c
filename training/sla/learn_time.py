"""Learns the quantiles of the time to the solution, with a half-life chosen on later tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.foresight_model import TimeModel
from features.ticket_columns import TicketColumns
from features.views import Views
from training.sla.grow_trees import LEAVES, QUICK, grow_quantile
from training.sla.outcomes import Outcomes
from training.sla.shares import Shares, best_half_life, half_lives_for, weigh
from triage.ticket import Ticket

__all__ = ["LEVELS", "LearntTime", "learn_time", "pinball"]

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
TRIED_AT = (0.5, 0.9)
"""Levels by which a half-life is chosen: what is usual, and what is late."""

FOLDS = 5
RIDGE = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class LearntTime:
    """The model and what later tickets said of it."""

    model: TimeModel
    facts: Mapping[str, Any]


def learn_time(
    tickets: Sequence[Ticket],
    columns: TicketColumns,
    views: Views,
    outcomes: Outcomes,
    shares: Shares,
    *,
    has_text: bool,
    random_state: int = 0,
) -> LearntTime:
    """Learn the quantiles; judge them on the tickets kept for it, then learn from all.

    Parameters
    ----------
    tickets : sequence of Ticket
        The history as filed.
    columns : TicketColumns
        Fitted.
    views : dict of str to matrix
        Of the history.
    outcomes : Outcomes
        Of the history.
    shares : Shares
        Of the history; both with solved tickets.
    has_text : bool
        Whether there is text to read.
    random_state : int, default=0
        Of everything random.
    """
    target = np.log1p(np.nan_to_num(np.maximum(outcomes.ended - outcomes.filed, 0.0)) * 24.0)
    meaning = np.asarray(views["meaning"], float) if has_text else None

    def fit(rows: np.ndarray, weights: np.ndarray, levels: Sequence[float], **more: Any) -> TimeModel:
        said, read = None, None
        if meaning is not None:
            said, read = _read_text(meaning[rows], target[rows], weights, random_state)
        table = columns.transform([tickets[row] for row in rows], read)
        grown = {
            level: grow_quantile(
                table, columns.is_category, target[rows], weights, level, random_state=random_state, **more
            )
            for level in levels
        }
        return TimeModel(grown, said)

    def told(model: TimeModel, rows: np.ndarray) -> np.ndarray:
        read = model.read_text({"meaning": meaning[rows]}) if meaning is not None else None
        return model.log_hours(columns.transform([tickets[row] for row in rows], read))

    judged = shares.judge.rows[shares.judge.solved]
    judge_weights = weigh(shares.judge, outcomes.filed, outcomes.until, None)[shares.judge.solved]

    def learn_rows(half_life: float | None) -> tuple[np.ndarray, np.ndarray]:
        weights = weigh(shares.learn, outcomes.filed, shares.moment, half_life)
        return shares.learn.rows[shares.learn.solved], weights[shares.learn.solved]

    losses: dict[float | None, float] = {}
    candidates = half_lives_for(shares, outcomes.filed)
    for half_life in candidates if len(candidates) > 1 else ():
        found = told(fit(*learn_rows(half_life), TRIED_AT, trees=QUICK), judged)
        losses[half_life] = float(np.mean(pinball(target[judged], found, TRIED_AT, judge_weights)))
    half_life = best_half_life(losses)
    by_leaves = {}
    for one in LEAVES:
        found = told(fit(*learn_rows(half_life), TRIED_AT, leaves=one), judged)
        by_leaves[one] = float(np.mean(pinball(target[judged], found, TRIED_AT, judge_weights)))
    leaves = min(by_leaves, key=lambda one: by_leaves[one])
    on_judged = told(fit(*learn_rows(half_life), LEVELS, leaves=leaves), judged)
    facts = _facts(target, on_judged, judged, judge_weights, *learn_rows(None)) | {
        "half_life_days": half_life,
        "leaves": leaves,
        "tickets": int(np.isfinite(outcomes.ended).sum()),
    }
    everything = outcomes.known_at(outcomes.until + 1e-6, np.arange(len(tickets)))
    weights = weigh(everything, outcomes.filed, outcomes.until, half_life)[everything.solved]
    return LearntTime(fit(everything.rows[everything.solved], weights, LEVELS, leaves=leaves), facts)


def pinball(
    values: np.ndarray, quantiles: np.ndarray, levels: Sequence[float], weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the mean pinball loss at each level (Koenker and Bassett 1978), of shape (n_levels,).

    Parameters
    ----------
    values : ndarray of shape (n,)
        What came true.
    quantiles : ndarray of shape (n, n_levels)
        What was said.
    levels : sequence of float
        Of the columns.
    weights : ndarray of shape (n,), optional
        How much each counts.
    """
    off = values[:, None] - quantiles
    level = np.asarray(levels)
    return np.average(np.maximum(level * off, (level - 1.0) * off), axis=0, weights=weights)


def _read_text(
    meaning: np.ndarray, target: np.ndarray, weights: np.ndarray, random_state: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ridge weights (intercept last), and what they say of each text without having seen it."""
    table = np.column_stack([meaning, np.ones(len(meaning))])
    fold = np.random.default_rng(random_state).permutation(len(table)) % FOLDS
    weighed = table * (weights / weights.mean())[:, None]
    grams = [weighed[fold == one].T @ table[fold == one] for one in range(FOLDS)]
    sums = [weighed[fold == one].T @ target[fold == one] for one in range(FOLDS)]
    penalty = np.diag([RIDGE] * meaning.shape[1] + [1e-6])
    gram, total = sum(grams) + penalty, sum(sums)
    read = np.empty(len(table))
    for one in range(FOLDS):
        without = np.linalg.solve(gram - grams[one], total - sums[one])
        read[fold == one] = table[fold == one] @ without
    return np.linalg.solve(gram, total), read


def _facts(
    target: np.ndarray,
    on_judged: np.ndarray,
    judged: np.ndarray,
    judge_weights: np.ndarray,
    learnt: np.ndarray,
    learn_weights: np.ndarray,
) -> dict[str, Any]:
    """Return the losses in hours on the judged tickets, beside always saying the history's quantiles."""
    same = np.expm1(
        np.quantile(target[learnt], LEVELS, weights=learn_weights, method="inverted_cdf")
    )  # one line for all tickets
    hours = np.expm1(target[judged])
    covered = np.average(target[judged][:, None] <= on_judged, axis=0, weights=judge_weights)
    return {
        "judged": len(judged),
        "pinball_hours": float(pinball(hours, np.expm1(on_judged), LEVELS, judge_weights).mean()),
        "pinball_hours_same_for_all": float(
            pinball(hours, np.tile(same, (len(judged), 1)), LEVELS, judge_weights).mean()
        ),
        "coverage": {str(level): float(share) for level, share in zip(LEVELS, covered, strict=True)},
    }
