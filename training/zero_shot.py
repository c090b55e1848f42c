"""A field without labelled tickets: it goes by what labels are called and described as, and only suggests."""

from collections.abc import Sequence

import numpy as np

from features.field_model import FieldModel
from training.label_names import NAMES, NamedLabels
from training.learn_field import LearntField
from training.targets import FieldTarget
from triage.policy import Promise

__all__ = ["field_from_names"]

SUGGEST_AT = 0.5
"""Nothing was measured, so a value is shown only where the names themselves leave little doubt."""

TRUST = 0.3
"""Weight of the names: at 1 any two cosines apart would look certain. In the pools of the few-shot tasks of
benchmarks/quality.py names alone were worth .15 to .3 beside others (docs/log.md)."""


def field_from_names(
    field: str, labels: Sequence[str], named: NamedLabels, target: FieldTarget
) -> LearntField:
    """Return a field of level ``rules``: nothing was learnt, nothing measured, nothing is applied.

    Parameters
    ----------
    field : str
        Its name.
    labels : sequence of str
        Sorted.
    named : NamedLabels
        What they are called.
    target : FieldTarget
        What shall be promised once there are labelled tickets.
    """
    none = np.empty(0, int)
    model = FieldModel(field, tuple(labels), {NAMES: named.head(len(labels))}, {NAMES: TRUST})
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
