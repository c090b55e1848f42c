"""Learns all fields of a history side by side."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from training.config import TrainingConfig
from training.encoder.judging_views import Judging, views_within
from training.encoder.own_head import OwnHead
from training.label_names import NamedLabels
from training.learn_field import LearntField, learn_field
from training.unlearnt import field_that_abstains
from training.work_memory import WorkMemory
from training.zero_shot import field_from_names
from triage.errors import TrainingError
from triage.ticket import PastTicket

__all__ = ["days_filed", "labels_of", "learn_fields"]

Progress = Callable[[str, float], None]


def learn_fields(
    labels: Mapping[str, Sequence[str | None]],
    views: Mapping[str, Any],
    ordered: bool,
    config: TrainingConfig,
    progress: Progress,
    days: np.ndarray | None,
    named: Mapping[str, NamedLabels],
    judging: Sequence[Judging] = (),
    own_heads: Mapping[str, OwnHead] | None = None,
    memory: WorkMemory | None = None,
    formless: bool = False,
) -> dict[str, LearntField]:
    """Learn fields side by side, each with one BLAS thread.

    On matrices of this size more threads a matrix mostly wait for each other: on two busy cores 5,000
    tickets took an earlier solver 13 seconds of processor time with one and 39 with two.

    Parameters
    ----------
    labels : Mapping of str to sequence of str or None
        By field: the label of each ticket, None where there is none or it is not learnt.
    views : dict of str to matrix
        Of the history.
    ordered : bool
        Whether the rows' order is that of time.
    config : TrainingConfig
        Says what shall be promised, and what labels are described as.
    progress : callable
        Told the stage and the share done.
    days : ndarray of shape (n,) or None
        When each ticket was filed.
    named : Mapping of str to NamedLabels
        By field: what labels are called, all of :func:`labels_of`.
    judging : sequence of Judging, optional
        Of a tuned encoder.
    own_heads : Mapping of str to OwnHead, optional
        Of the encoder of ``views``, by field.
    memory : WorkMemory, optional
        Where a field that was learnt from the very same tickets before is found; by default none is.
    formless : bool, default=False
        Whether to learn each for tickets without a form as well (``formless`` of the result).

    Returns
    -------
    dict of str to LearntField
        By field. One that the history cannot teach abstains and says why (``reason``).

    Raises
    ------
    TrainingError
        If no field can be learnt.
    """
    done = 0

    def learn(name: str) -> LearntField:
        nonlocal done
        values = labels[name]
        rows = np.array([row for row, value in enumerate(values) if value is not None], int)
        labelled = [value for value in values if value is not None]
        seen = {block: matrix[rows] for block, matrix in views.items()}
        every = labels_of(values, config.descriptions.get(name, {}))
        if len(set(labelled)) < 2 and name in named:
            return field_from_names(name, labelled, every, seen, named[name], config.target_for(name))
        try:
            settings: dict[str, Any] = {
                "ordered": ordered,
                "target": config.target_for(name),
                "random_state": config.seed,
                "days": None if days is None else days[rows],
                "labels": every,
                "named": None if judging else named.get(name),  # a tuned encoder was tuned on the names
                "judging": views_within(judging, rows, name),
                "own_head": (own_heads or {}).get(name),
                "formless": formless,
            }
            learn_it = partial(learn_field, name, labelled, seen, **settings)
            learnt = (
                memory.remember("field", (name, labelled, seen, settings), learn_it) if memory else learn_it()
            )
        except TrainingError as error:  # of this field; the others need not wait for it
            learnt = field_that_abstains(name, labelled, every, seen, config.target_for(name), str(error))
        done += 1
        progress(f"learning fields ({done} of {len(labels)})", 0.4 + 0.45 * done / len(labels))
        return learnt

    with (
        threadpool_limits(limits=1, user_api="blas"),
        ThreadPoolExecutor(joblib.cpu_count()) as pool,
    ):
        found = dict(zip(labels, pool.map(learn, labels), strict=True))
    if all(one.reason for one in found.values()):
        raise TrainingError(" ".join(one.reason for one in found.values() if one.reason))
    return found


def days_filed(history: Sequence[PastTicket]) -> np.ndarray | None:
    """Return when each ticket was filed, in days since 1970; None where some have no time."""
    times = [past.ticket.created_at for past in history]
    if any(time is None for time in times):
        return None
    return np.array([time.timestamp() / 86_400 for time in times if time is not None])


def labels_of(values: Sequence[str | None], described: Iterable[str]) -> list[str]:
    """Return a field's labels, sorted: those that tickets have, and those that are described."""
    return sorted({value for value in values if value is not None} | set(described))
