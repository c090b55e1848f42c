"""Learns one field: a head for each view, one for all together, the neighbours' vote, and their weights.

Everything that is chosen (penalty, weights, thresholds, the measured quality) is chosen on held-out
tickets, later ones where time is known; then the heads are fitted again on all tickets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import log_softmax

from features.field_model import FieldModel, Head
from features.neighbours import VOTERS, vote
from features.views import MEANING_SCALE, Views
from training.blend import FLOOR, learn_weights
from training.calibrate import choose_calibration
from training.encoder.own_head import OwnHead
from training.promise import solve_promise
from training.softmax import Block, fit_softmax
from training.splits import Fold, folds
from training.targets import FieldTarget
from triage.errors import TrainingError
from triage.policy import Promise

__all__ = ["LearntField", "learn_field"]

PENALTY_PATH = (0.3, 1.0, 3.0, 10.0, 30.0)
"""Inverse penalties to choose from, strong to weak."""

FEW_SHOT, LINEAR = 20, 1_000
"""Tickets a label, and tickets in all, from which a field leaves each rung of the ladder."""

SMALL_HEAD = 300_000
CHOOSING_ITERATIONS = 30
FINAL_ITERATIONS = 150
"""The last fit runs nearer to the minimum than those that only choose: ServiceNow groups, development
slice, .696 after 30 steps, .710 after 100, .712 after 300."""

VOTE_BATCH = 512
TUNED = "tuned"
"""Name of the head that a tuned encoder brings along."""

Start = tuple[list[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class LearntField:
    """A fitted field and what held-out tickets say of it.

    Parameters
    ----------
    model : FieldModel
        Fitted on all tickets.
    promise : Promise
        Solved on held-out predictions.
    level : str
        Rung of the ladder: ``few-shot``, ``linear`` or ``hybrid``.
    held_out : ndarray of shape (m,)
        Rows judged, as places in the field's labelled rows.
    probabilities : ndarray of shape (m, n_labels)
        Of the held-out rows, by the blend, calibrated by other rows.
    classes : ndarray of shape (m,)
        Their truth.
    applied : ndarray of shape (m,), bool
        Which of them thresholds placed by the others apply.
    penalties : dict of str to float
        Inverse penalty chosen, by head.
    """

    model: FieldModel
    promise: Promise
    level: str
    held_out: np.ndarray
    probabilities: np.ndarray
    classes: np.ndarray
    applied: np.ndarray
    penalties: dict[str, float]


def learn_field(
    field: str,
    values: Sequence[str],
    views: Views,
    *,
    ordered: bool,
    target: FieldTarget,
    random_state: int = 0,
    judging: Sequence[tuple[Fold, Views, OwnHead | None]] = (),
    own_head: OwnHead | None = None,
) -> LearntField:
    """Learn a field from labelled tickets.

    Parameters
    ----------
    field : str
        Its name.
    values : sequence of str
        A label a row, in time order where ``ordered``.
    views : dict of str to matrix
        Rows as ``values``.
    ordered : bool
        Whether the rows' order is that of time.
    target : FieldTarget
        What shall be promised.
    random_state : int, default=0
        Of the folds where there is no order.
    judging : sequence of (Fold, dict of str to matrix, OwnHead or None), optional
        Folds to use instead, each with the views of all rows, and the head, of an encoder that has not seen
        the fold's judged rows (ADR 0018). By default ``views`` serve every fold.
    own_head : OwnHead, optional
        Of the encoder of ``views``; used where each fold has one too.

    Returns
    -------
    LearntField

    Raises
    ------
    TrainingError
        If there are fewer than two labels: there is nothing to tell apart.
    """
    names, classes = np.unique(np.asarray(values, dtype=str), return_inverse=True)
    if len(names) < 2:
        raise TrainingError(
            f"Got {len(names)} label for {field!r}; expected two or more. "
            f"Leave {field!r} out of the targets, or give a history in which it varies."
        )
    given = judging or [(fold, views, None) for fold in folds(classes, ordered, random_state=random_state)]
    parts = [(_judgeable(fold, classes), seen, own) for fold, seen, own in given]
    parts = [part for part in parts if len(part[0].judge)]
    if not parts:
        raise TrainingError(
            f"Got a history of {field!r} in which no label of the end was seen before; expected labels that "
            "come back. Give a longer history."
        )
    heads = _heads(views)
    chosen: dict[str, float] = {}
    last: dict[str, Start] = {}
    held_out = np.concatenate([fold.judge for fold, _, _ in parts])
    log_probabilities = {}
    for name, blocks in heads.items():
        fold, seen, _ = parts[0]
        rows = [seen[block] for block in blocks]
        chosen[name], first, start = _choose_penalty(rows, classes, len(names), fold)
        found = [first]
        for fold, seen, _ in parts[1:]:
            rows = [seen[block] for block in blocks]
            start = _fit(rows, classes, len(names), fold.learn, chosen[name], start)
            found.append(_judge(rows, start, fold.judge))
        log_probabilities[name] = np.concatenate(found)
        last[name] = start
    if "meaning" in heads:
        votes = [
            _neighbours_vote(np.asarray(seen["meaning"]) / MEANING_SCALE, classes, len(names), fold)
            for fold, seen, _ in parts
        ]
        log_probabilities["neighbours"] = np.concatenate(votes)
    if own_head is not None and all(one is not None for _, _, one in parts):
        own = [
            _judge([seen["meaning"]], one.start(names.tolist()), fold.judge)
            for fold, seen, one in parts
            if one
        ]
        log_probabilities[TUNED] = np.concatenate(own)
    truth = classes[held_out]
    weights = learn_weights(log_probabilities, truth)
    everything = np.arange(len(classes))
    fitted = {}
    for name in [one for one in weights if one in heads]:
        rows = [views[block] for block in heads[name]]
        coefs, intercept = _fit(
            rows, classes, len(names), everything, chosen[name], last[name], max_iter=FINAL_ITERATIONS
        )
        fitted[name] = Head(heads[name], tuple(coefs), intercept)
    if own_head is not None and TUNED in weights:
        coefs, intercept = own_head.start(names.tolist())
        fitted[TUNED] = Head(("meaning",), tuple(coefs), intercept)
    model = FieldModel(field, tuple(str(name) for name in names), fitted, weights)
    logits = np.sum(
        [weight * np.maximum(log_probabilities[name], np.log(FLOOR)) for name, weight in weights.items()],
        axis=0,
    )
    calibration, probabilities = choose_calibration(logits, truth)
    model = replace(model, calibration=calibration)
    promise, applied = solve_promise(probabilities, truth, model.labels, target)
    return LearntField(
        model,
        promise,
        _level(len(classes), len(names), model.blocks),
        held_out,
        probabilities,
        truth,
        applied,
        chosen,
    )


def _judgeable(fold: Fold, classes: np.ndarray) -> Fold:
    """Leave out rows whose label is newer than the fold: the final model, unlike the fold's, knows it."""
    known = np.isin(classes[fold.judge], classes[fold.learn])
    return Fold(fold.learn, fold.judge[known])


def _heads(views: Views) -> dict[str, tuple[str, ...]]:
    """Return which blocks each head reads: every block alone, and all of them together."""
    present = [name for name in ("words", "meaning", "fields") if name in views and _says(views[name])]
    if not present:
        raise TrainingError(
            "Got tickets without words and without fields; expected a subject, a body or field.<name> "
            "columns."
        )
    heads = {name: (name,) for name in present}
    return heads | ({"joint": tuple(present)} if len(present) > 1 else {})


def _says(block: Block) -> bool:
    """Return whether a block differs between any two rows (texts may all be empty)."""
    if isinstance(block, np.ndarray):
        return bool(len(block)) and bool((block != block[0]).any())
    return bool(block.nnz)


def _choose_penalty(
    rows: Sequence[Block], classes: np.ndarray, n_classes: int, fold: Fold
) -> tuple[float, np.ndarray, Start]:
    """Walk the path from its middle both ways while it pays; take the strongest penalty as good as the best.

    As good: its loss is within one standard error of the best one's, ticket by ticket (the one-standard-
    error rule, Hastie et al. 2009, section 7.10). Under drift the stronger penalty ages better.
    """
    truth = classes[fold.judge]
    middle = len(PENALTY_PATH) // 2
    tried: dict[int, tuple[np.ndarray, np.ndarray, Start]] = {}

    def attempt(place: int, start: Start | None) -> float:
        fitted = _fit(rows, classes, n_classes, fold.learn, PENALTY_PATH[place], start)
        judged = _judge(rows, fitted, fold.judge)
        losses = -np.maximum(judged[np.arange(len(truth)), truth], np.log(FLOOR))
        tried[place] = (losses, judged, fitted)
        return float(losses.mean())

    attempt(middle, None)
    for step in (1, -1):
        place = middle
        while 0 <= place + step < len(PENALTY_PATH):
            worse = attempt(place + step, tried[place][2]) >= tried[place][0].mean()
            place += step
            if worse:
                break
    best = min(tried, key=lambda one: float(tried[one][0].mean()))
    for place in sorted(tried):
        excess = tried[place][0] - tried[best][0]
        if excess.mean() <= excess.std() / np.sqrt(len(excess)):
            best = place
            break
    return PENALTY_PATH[best], tried[best][1], tried[best][2]


def _neighbours_vote(vectors: np.ndarray, classes: np.ndarray, n_classes: int, fold: Fold) -> np.ndarray:
    """Return what the tickets learnt from vote for the judged ones, as logarithms of probabilities."""
    earlier = vectors[fold.learn]
    count = min(VOTERS, len(earlier))
    found = []
    for at in range(0, len(fold.judge), VOTE_BATCH):
        cosines = vectors[fold.judge[at : at + VOTE_BATCH]] @ earlier.T
        near = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(near, np.argsort(-np.take_along_axis(cosines, near, 1), axis=1), 1)
        found.append(vote(np.take_along_axis(cosines, near, 1), classes[fold.learn[near]], n_classes))
    return np.concatenate(found)


def _fit(
    rows: Sequence[Block],
    classes: np.ndarray,
    n_classes: int,
    learn: np.ndarray,
    penalty: float,
    start: Start | None,
    *,
    max_iter: int | None = None,
) -> Start:
    """Fit; heads with few parameters may converge even where they only serve to choose."""
    if max_iter is None:
        parameters = n_classes * sum(block.shape[1] for block in rows)
        max_iter = FINAL_ITERATIONS if parameters <= SMALL_HEAD else CHOOSING_ITERATIONS
    return fit_softmax(
        [block[learn] for block in rows],
        classes[learn],
        n_classes,
        inverse_penalty=penalty,
        max_iter=max_iter,
        start=start,
    )


def _judge(rows: Sequence[Block], fitted: Start, judge: np.ndarray) -> np.ndarray:
    logits = fitted[1] + sum(
        np.asarray(block[judge] @ coef) for block, coef in zip(rows, fitted[0], strict=True)
    )
    return np.asarray(log_softmax(logits.astype(float), axis=1))


def _level(n_tickets: int, n_labels: int, blocks: tuple[str, ...]) -> str:
    if n_tickets < FEW_SHOT * n_labels:
        return "few-shot"
    return "hybrid" if n_tickets >= LINEAR and len(blocks) > 1 else "linear"
