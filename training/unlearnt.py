"""A field that this history cannot teach now: it knows how common its labels are, and abstains."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from features.field_model import FieldModel, Head
from features.views import Views
from training.learn_field import LearntField
from training.targets import FieldTarget
from triage.policy import Promise

__all__ = ["COMMONNESS", "field_that_abstains"]

COMMONNESS = "commonness"
"""Name of the head that reads nothing."""


def field_that_abstains(
    field: str, values: Sequence[str], labels: Sequence[str], views: Views, target: FieldTarget, reason: str
) -> LearntField:
    """Return a field that says of every ticket how common each label was, and is never applied or suggested.

    Parameters
    ----------
    field : str
        Its name.
    values : sequence of str
        The label of each ticket that has one.
    labels : sequence of str
        Sorted.
    views : dict of str to matrix
        Of any tickets.
    target : FieldTarget
        What shall be promised once it can be learnt.
    reason : str
        Why it cannot be learnt now.
    """
    tickets = Counter(values)
    # One ticket more of each: none is impossible.
    counts = np.array([1 + tickets[label] for label in labels], float)
    block = min(views, key=lambda name: views[name].shape[1])
    nothing = np.zeros((views[block].shape[1], len(labels)), np.float32)
    head = Head((block,), (nothing,), np.log(counts / counts.sum()).astype(np.float32))
    none = np.empty(0, int)
    return LearntField(
        FieldModel(field, tuple(labels), {COMMONNESS: head}, {COMMONNESS: 1.0}),
        Promise(target.target, dict.fromkeys(labels), suggest_at=1.0),
        "rules",
        none,
        np.empty((0, len(labels))),
        none,
        np.empty(0, bool),
        {},
        learnable=False,
        target=target,
        reason=reason,
    )
