"""Learns an affinity model from a history: the axes of its texts, and what each sign of affinity counts."""

from collections.abc import Callable, Sequence

import numpy as np

from features.affinity.defaults import plain_weights
from features.affinity.index import AffinityIndex
from features.affinity.model import AffinityModel, TextAxes
from features.affinity.signals import SIGNALS
from training.affinity.choices import choices_of, fit_choice_weights
from training.affinity.trust import judge
from training.affinity.walk import walk
from triage.ticket import PastTicket

__all__ = ["find_axes", "learn_affinity", "learn_index", "requesters_serve"]

AXES = 64
SHORT = 32
AXES_FROM = 4_000
"""Tickets from which the axes are found: enough for 64 of them."""
WARM_UP = 0.1
"""Share of the history from which nothing is learnt, since nobody is known yet."""
CHOICES_MAX = 6_000
"""Newest assignments that the weights are learnt from; more changed nothing and cost memory."""
CHOICES_MIN = 50
PULL = 10.0
PRECISION = 0.95
"""What is promised of assignments unless the admin wants otherwise, as of every field."""
SERVING_SHARE = 0.05
"""Share of tickets handled by their own requester from which requesters count as candidates."""
SEED = 0


def learn_affinity(
    past: Sequence[PastTicket],
    vectors: np.ndarray,
    *,
    requesters: bool | None = None,
    precision: float = PRECISION,
    progress: Callable[[int], None] | None = None,
) -> AffinityModel:
    """Learn from a history how much each sign of affinity counts, walking forward in time.

    Parameters
    ----------
    past : sequence of PastTicket
        Tickets with an assignee and a time of filing teach; in any order.
    vectors : ndarray of shape (n, dimension)
        Embeddings of their cleaned texts.
    requesters : bool, optional
        Whether a requester may be the assignee; by default where a twentieth of the tickets are handled so.
    precision : float, default=0.95
        What shall be promised of assignments.
    progress : callable, optional
        Called with the number of tickets walked so far.

    Returns
    -------
    AffinityModel
        With fewer than 50 assignments to learn from, weights that only count similar tickets, habits and
        activity, and nobody is trusted.
    """
    return learn_index(past, vectors, requesters=requesters, precision=precision, progress=progress).model


def learn_index(
    past: Sequence[PastTicket],
    vectors: np.ndarray,
    *,
    requesters: bool | None = None,
    precision: float = PRECISION,
    progress: Callable[[int], None] | None = None,
) -> AffinityIndex:
    """Return an index with the model of :func:`learn_affinity` that knows the whole history."""
    serve = requesters_serve(past) if requesters is None else requesters
    axes = find_axes(vectors)
    index = AffinityIndex(AffinityModel(axes, np.zeros(len(SIGNALS)), requesters_serve=serve))
    steps = []
    asked = _newest(past)
    for count, step in enumerate(walk(index, past, vectors, asks=asked.__contains__), start=1):
        steps.append(step)
        if progress is not None:
            progress(count)
    choices = choices_of(steps, past)
    if choices is None or len(choices) < CHOICES_MIN:
        index.model = AffinityModel(axes, plain_weights(), requesters_serve=serve)
        return index
    judged = judge(steps, past, pull=PULL, precision=precision)
    # What chances are made of is divided, so that they come true wherever the weights are used.
    weights = fit_choice_weights(choices, pull=PULL) / judged.temperature
    index.model = AffinityModel(axes, weights, len(choices), serve, judged.trust, judged.team_trust)
    return index


def requesters_serve(past: Sequence[PastTicket]) -> bool:
    """Tell whether requesters handle tickets of their own often enough to be proposed for them."""
    handled = [one for one in past if one.labels.get("assignee") and one.ticket.requester]
    own = sum(one.labels["assignee"] == one.ticket.requester for one in handled)
    return own > SERVING_SHARE * len(handled)


def find_axes(vectors: np.ndarray) -> TextAxes:
    """Return the principal axes of texts, from at most 4,000 of them drawn with a fixed seed."""
    drawn = np.random.default_rng(SEED).permutation(len(vectors))[:AXES_FROM]
    sample = np.asarray(vectors, dtype=np.float32)[np.sort(drawn)]
    dimension = sample.shape[1]
    mean = sample.mean(axis=0) if len(sample) else np.zeros(dimension, np.float32)
    centred = _directions(sample - mean, AXES)
    length = np.sqrt(np.mean(np.sum(((sample - mean) @ centred) ** 2, axis=1))) if len(sample) else 1.0
    return TextAxes(mean, centred / np.float32(length or 1.0), _directions(sample, SHORT))


def _newest(past: Sequence[PastTicket]) -> set[int]:
    filed = [place for place, one in enumerate(past) if one.labels.get("assignee") and one.ticket.created_at]
    filed.sort(key=lambda place: (past[place].ticket.created_at, past[place].ticket.ticket_id))
    return set(filed[max(round(WARM_UP * len(filed)), len(filed) - CHOICES_MAX) :])


def _directions(rows: np.ndarray, count: int) -> np.ndarray:
    """Return orthonormal directions of most variance as columns, of shape (dimension, count or fewer)."""
    dimension = rows.shape[1]
    _, found = np.linalg.eigh(rows.T.astype(np.float64) @ rows)
    # The sign of an axis is free: fixed by its largest part, so that the same history gives the same model.
    axes = found[:, ::-1][:, : min(count, dimension)]
    largest = np.abs(axes).argmax(axis=0)
    return np.asarray(axes * np.sign(axes[largest, np.arange(axes.shape[1])]), dtype=np.float32)
