"""The past tickets that a model keeps, to find those that read alike and to let them vote."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from features.field_model import FieldModel
from features.neighbours import NeighbourIndex
from features.views import MEANING_SCALE
from training.config import TrainingConfig
from training.encoder.judging_views import Judging
from training.labels_to_learn import with_todays_names
from training.learn_familiarity import measure_nearness
from triage.ticket import PastTicket

__all__ = ["index_neighbours", "with_voters"]


def index_neighbours(
    history: Sequence[PastTicket],
    vectors: np.ndarray,
    ordered: bool,
    config: TrainingConfig,
    judging: Sequence[Judging] = (),
) -> tuple[NeighbourIndex, np.ndarray, np.ndarray]:
    """Index the newest tickets, with labels' names of today; measure how near others a held-out ticket is.

    Parameters
    ----------
    history : sequence of PastTicket
        In time order where ``ordered``.
    vectors : ndarray of shape (n, dimension)
        Their unit vectors.
    ordered : bool
        Whether the rows' order is that of time.
    config : TrainingConfig
        Says how many are kept, and which labels of the past others took the place of.
    judging : sequence of Judging, optional
        Of a tuned encoder.

    Returns
    -------
    index : NeighbourIndex
    kept : ndarray of shape (m,)
        Rows of the indexed tickets.
    near : ndarray of shape (n,)
        As :func:`training.learn_familiarity.measure_nearness` returns it.
    """
    spoken = np.flatnonzero(
        [bool(past.ticket.subject.strip() or past.ticket.body.strip()) for past in history]
    )
    kept = spoken[-config.neighbours :]
    shown = with_todays_names([history[row] for row in kept], config.merged)
    index = NeighbourIndex(
        np.ascontiguousarray(vectors[kept]),
        [past.ticket.ticket_id for past in shown],
        [past.labels for past in shown],
    )
    near = measure_nearness(
        vectors,
        spoken,
        ordered,
        reach=config.neighbours,
        random_state=config.seed,
        judging=[(fold, np.asarray(seen["meaning"]) / MEANING_SCALE) for fold, seen, _ in judging],
    )
    return index, kept, near


def with_voters(model: FieldModel, values: Sequence[str | None], kept: np.ndarray) -> FieldModel:
    """Give a field the labels of the tickets in the neighbour index, where they vote."""
    if "neighbours" not in model.weights:
        return model
    places = {label: place for place, label in enumerate(model.labels)}
    classes = [-1 if values[row] is None else places[str(values[row])] for row in kept]
    return replace(model, neighbour_classes=np.asarray(classes, np.int32))
