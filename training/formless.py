"""Fields of tickets that come without the form that the history had: which can be told, and how well.

A pool that learnt to read forms makes too little of the text when there is none, and says so with a
confidence that no held-out ticket taught it. So the members that read no form have a pool and a promise of
their own, chosen on the same held-out tickets as if these had come without (ADR 0061).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from features.views import Views
from training.config import TrainingConfig
from training.learn_field import LearntField
from training.learn_fields import labels_of
from training.metrics import held_out_metrics, unmeasured
from training.pool_members import FORM
from training.promise import promise_facts
from training.unlearnt import field_that_abstains

__all__ = ["formless_facts", "formless_fields"]

NEEDS_FORM = (
    "Only the form tells it in this history; expected tickets with a text that differs from label to label."
)


def formless_fields(
    alone: Mapping[str, LearntField],
    labels: Mapping[str, Sequence[str | None]],
    views: Views,
    config: TrainingConfig,
) -> dict[str, LearntField]:
    """Return each field as it answers tickets without a form.

    Parameters
    ----------
    alone : Mapping of str to LearntField
        By field, learnt with ``formless``.
    labels : Mapping of str to sequence of str or None
        By field: the label of each ticket of the history.
    views : dict of str to matrix
        Of the history.
    config : TrainingConfig
        Says what shall be promised.

    Returns
    -------
    dict of str to LearntField
        By field; one that only the form tells abstains. Empty where that is so of all.
    """
    if not any(one.formless for one in alone.values()):
        return {}

    def of(name: str, one: LearntField) -> LearntField:
        if one.formless is not None:
            return one.formless
        if FORM not in one.model.blocks or one.reason:
            return one
        every = labels_of(labels[name], config.descriptions.get(name, {}))
        labelled = [value for value in labels[name] if value is not None]
        return field_that_abstains(name, labelled, every, views, config.target_for(name), NEEDS_FORM)

    return {name: of(name, one) for name, one in alone.items()}


def formless_facts(learnt: Mapping[str, LearntField]) -> dict[str, dict[str, Any]]:
    """Return what manifest and card tell of tickets without a form.

    Parameters
    ----------
    learnt : Mapping of str to LearntField
        By field, as it answers them in the end.

    Returns
    -------
    dict of str to dict
        By field: ``tickets, accuracy, coverage, precision, learnable, reason, promise`` and ``weights``.
    """
    return {name: _facts(one) for name, one in learnt.items()}


def _facts(one: LearntField) -> dict[str, Any]:
    found = (
        held_out_metrics(one.probabilities, one.classes, one.model.labels, one.promise, applied=one.applied)
        if len(one.held_out)
        else unmeasured()
    )
    return {name: found[name] for name in ("tickets", "accuracy", "coverage", "precision")} | {
        "learnable": one.learnable,
        "reason": one.reason,
        "promise": promise_facts(one.promise),
        "weights": dict(one.model.weights) | dict(one.share_weights),
    }
