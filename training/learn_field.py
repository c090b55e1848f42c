"""Learns one field: the members of its pool, how much to trust each, and when to act on what they say.

Everything that is chosen (penalties, how fast tickets age, the level, weights, calibration, thresholds, the
measured quality) is chosen on held-out tickets, later ones where time is known; then the heads are fitted
again on all tickets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import Any

import numpy as np

from features.field_model import FieldModel, Head
from features.views import Views
from training.calibrate import choose_calibration
from training.encoder.own_head import OwnHead
from training.head_fitting import HeadFitting
from training.label_names import NamedLabels
from training.label_shares import SHARE_MEMBERS, share_bias
from training.ladder import LINEAR, Rung, choose_rung
from training.own_peers import own_peers, score_peers
from training.paired import TicketScores
from training.penalty_choice import Chosen, Part
from training.pool_members import HeldOut, fit_heads, hold_out
from training.settle import settle
from training.splits import Fold, folds
from training.targets import FieldTarget
from training.ticketless import ticketless_bias
from triage.errors import TrainingError
from triage.policy import Promise
from triage.pooling import pool_logits

__all__ = ["LearntField", "learn_field"]


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
        Rung of the ladder: ``rules``, ``few-shot``, ``linear`` or ``hybrid``.
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
    ladder : tuple of dict
        Every level as held-out tickets saw it: ``level, members, accuracy, log_loss``.
    rivals : dict of str to TicketScores
        The usual pipelines on the same held-out tickets, see :func:`training.own_peers.score_peers`.
    half_life : float or None
        Days in which a ticket loses half of its weight, None: never.
    learnable : bool
        Whether it does better than always answering the commonest label; otherwise it abstains.
    target : FieldTarget
        What was to be promised.
    reason : str or None
        Why the history cannot teach it at all, where that stopped it from being learnt.
    share_weights : dict of str to float
        Of the labels' shares in the pool; below 0 where the heads together make too much of common labels.
    formless : LearntField or None
        The same field for tickets without a form: a pool of the members that read none, and a promise, chosen
        on the same held-out tickets. None where it was not asked for, or where only the form tells something.
    """

    model: FieldModel
    promise: Promise
    level: str
    held_out: np.ndarray
    probabilities: np.ndarray
    classes: np.ndarray
    applied: np.ndarray
    penalties: dict[str, float]
    ladder: tuple[dict[str, Any], ...] = ()
    rivals: Mapping[str, TicketScores] | None = None
    half_life: float | None = None
    learnable: bool = True
    target: FieldTarget = attribute(default_factory=FieldTarget)
    reason: str | None = None
    share_weights: Mapping[str, float] = attribute(default_factory=dict)
    formless: "LearntField | None" = None

    @property
    def peers(self) -> dict[str, dict[str, float]]:
        """The usual pipelines beside what it says in the end: :func:`training.own_peers.own_peers`."""
        return {} if self.rivals is None else own_peers(self.rivals, self.probabilities, self.classes)


def learn_field(
    field: str,
    values: Sequence[str],
    views: Views,
    *,
    ordered: bool,
    target: FieldTarget,
    random_state: int = 0,
    days: np.ndarray | None = None,
    labels: Sequence[str] = (),
    named: NamedLabels | None = None,
    judging: Sequence[Part] = (),
    own_head: OwnHead | None = None,
    votes: bool = True,
    chosen: Chosen | None = None,
    formless: bool = False,
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
    days : ndarray of shape (n,), optional
        When each ticket was filed, in days since any moment; without it all tickets count the same.
    labels : sequence of str, optional
        All labels, sorted; by default those among the values.
    named : NamedLabels, optional
        What they are called, as the encoder of the views reads it.
    judging : sequence of (Fold, dict of str to matrix, OwnHead or None), optional
        Folds to use instead, each with the views of all rows, and the head, of an encoder that has not seen
        the fold's judged rows (ADR 0018). By default ``views`` serve every fold.
    own_head : OwnHead, optional
        Of the encoder of ``views``; used where each fold has one too.
    votes : bool, default=True
        Whether the nearest past tickets vote.
    chosen : Chosen, optional
        Penalties, half-life and heads to take; by default they are found here.
    formless : bool, default=False
        Whether to learn it for tickets without a form as well.

    Returns
    -------
    LearntField

    Raises
    ------
    TrainingError
        If there are fewer than two labels, so that there is nothing to tell apart; if no ticket has anything
        to read; if no later ticket has a label that an earlier one had, so that nothing can be judged.
    """
    names = sorted(set(labels) | set(values))
    classes = np.searchsorted(names, np.asarray(values, dtype=str)) if len(values) else np.empty(0, int)
    if len(np.unique(classes)) < 2:
        raise TrainingError(
            f"Got {len(np.unique(classes))} label for {field!r}; expected two or more. "
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
    fitting = HeadFitting(classes, len(names), named=named)
    found = hold_out(
        fitting, parts, names, days if ordered else None, ordered=ordered, votes=votes, chosen=chosen
    )
    pools = {"whole": choose_rung(found.log_probabilities, found.truth)}
    if formless and (members := _without_form(found)):
        pools["formless"] = choose_rung(members, found.truth)
    wanted = list(dict.fromkeys(name for rung, _ in pools.values() for name in rung.weights))
    heads = fit_heads(found, wanted, views, names, own_head, chosen.heads if chosen else None)
    settled = {kind: _settle(field, names, found, pool, heads, target) for kind, pool in pools.items()}
    return replace(settled["whole"], formless=settled.get("formless"))


def _without_form(found: HeldOut) -> dict[str, np.ndarray]:
    """Return what the members that read no form say; empty where none of them reads the ticket."""
    said = {name: one for name, one in found.log_probabilities.items() if name not in found.form_readers}
    return said if found.form_readers and any(name in LINEAR for name in said) else {}


def _settle(
    field: str,
    labels: Sequence[str],
    found: HeldOut,
    pool: tuple[Rung, Sequence[Rung]],
    heads: Mapping[str, Head],
    target: FieldTarget,
) -> LearntField:
    """Calibrate a pool on held-out tickets and solve its promise."""
    rung, rungs = pool
    logits = pool_logits(found.log_probabilities, rung.weights)
    classes = found.fitting.classes
    withheld = ticketless_bias(logits, found.truth, np.bincount(classes, minlength=len(labels)))
    calibration, probabilities = choose_calibration(logits + withheld, found.truth)
    promise, applied, learnable = settle(probabilities, found.truth, labels, target)
    return LearntField(
        FieldModel(
            field,
            tuple(labels),
            {name: heads[name] for name in rung.weights if name in heads},
            {name: weight for name, weight in rung.weights.items() if name not in SHARE_MEMBERS},
            calibration=calibration,
            bias=share_bias(found.shares, rung.weights) + withheld,
        ),
        promise,
        rung.level,
        found.rows,
        probabilities,
        found.truth,
        applied,
        found.penalties,
        tuple(
            {
                "level": one.level,
                "members": list(one.members),
                "accuracy": one.accuracy,
                "log_loss": one.log_loss,
            }
            for one in rungs
        ),
        score_peers(found.log_probabilities, found.truth),
        found.half_life,
        learnable,
        target,
        share_weights={name: weight for name, weight in rung.weights.items() if name in SHARE_MEMBERS},
    )


def _judgeable(fold: Fold, classes: np.ndarray) -> Fold:
    """Leave out rows whose label is newer than the fold: the final model, unlike the fold's, knows it."""
    known = np.isin(classes[fold.judge], classes[fold.learn])
    return Fold(fold.learn, fold.judge[known])
