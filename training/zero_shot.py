"""A field with tickets of one label at most: it goes by what labels are called and described as.

It only suggests.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from features.field_model import FieldModel
from features.views import Views
from training.label_names import NAMES, NamedLabels
from training.learn_field import LearntField
from training.targets import FieldTarget
from training.ticketless import ticketless_bias
from triage.policy import Promise
from triage.pooling import pool_logits

__all__ = ["field_from_names"]

SUGGEST_AT = 0.5
"""Nothing was measured, so a value is shown only where the names themselves leave little doubt."""

TRUST = 0.3
"""Weight of the names: at 1 any two cosines apart would look certain. In the pools of the few-shot tasks of
benchmarks/quality.py names alone were worth .15 to .3 beside others (docs/log.md)."""


def field_from_names(
    field: str,
    values: Sequence[str],
    labels: Sequence[str],
    views: Views,
    named: NamedLabels,
    target: FieldTarget,
) -> LearntField:
    """Return a field of level ``rules``: nothing was learnt, nothing measured, nothing is applied.

    Where one label has tickets, they say how much the others may claim without any
    (:func:`training.ticketless.ticketless_bias`); names learnt nothing from them.

    Parameters
    ----------
    field : str
        Its name.
    values : sequence of str of length n
        The label of each ticket that has one: all the same, or none.
    labels : sequence of str
        Sorted.
    views : dict of str to matrix
        Of the n tickets.
    named : NamedLabels
        What they are called.
    target : FieldTarget
        What shall be promised once there are labelled tickets.
    """
    none = np.empty(0, int)
    model = FieldModel(field, tuple(labels), {NAMES: named.head(len(labels))}, {NAMES: TRUST})
    classes = np.searchsorted(labels, np.asarray(values, dtype=str)) if len(values) else none
    said = {name: head.log_probabilities(views) for name, head in model.heads.items()}
    bias = ticketless_bias(
        pool_logits(said, model.weights), classes, np.bincount(classes, minlength=len(labels))
    )
    model = replace(model, bias=bias)
    return LearntField(
        model,
        Promise(target.target, dict.fromkeys(labels), SUGGEST_AT),
        "rules",
        none,
        np.empty((0, len(labels))),
        none,
        np.empty(0, bool),
        {},
        target=target,
    )
