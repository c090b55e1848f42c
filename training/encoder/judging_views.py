"""What held-out tickets are judged by when the encoder is tuned: the numbers of its judging encoders."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from features.embedding_cache import CachedEncoder
from features.views import MEANING_SCALE, Views
from training.encoder.judging import judging_folds
from training.encoder.own_head import OwnHead
from training.encoder.tuned_folder import ChosenEncoder
from training.splits import Fold
from triage.errors import TrainingError
from triage.ticket import PastTicket

__all__ = ["Judging", "judging_views", "views_within"]

Judging = tuple[Fold, Views, Mapping[str, OwnHead]]
"""A part, the views that its judging encoder gives of all tickets, and that encoder's own heads by field."""


def judging_views(
    chosen: ChosenEncoder,
    history: Sequence[PastTicket],
    texts: Sequence[str],
    views: Views,
    ordered: bool,
    cache: Path,
) -> list[Judging]:
    """Return each judging encoder's part of a history, with the views that this encoder gives of all tickets.

    Parameters
    ----------
    chosen : ChosenEncoder
        Of this training.
    history : sequence of PastTicket
        In time order where ``ordered``.
    texts : sequence of str
        Theirs, cleaned.
    views : dict of str to matrix
        Theirs, by the encoder that the bundle will carry.
    ordered : bool
        Whether the history is in time order.
    cache : Path
        Folder of embeddings.

    Returns
    -------
    list of (Fold, dict of str to matrix, dict of str to OwnHead)
        Empty for an encoder that is not tuned: any tickets may judge it.

    Raises
    ------
    TrainingError
        If the encoder was tuned on another history (:func:`training.encoder.judging.judging_folds`).
    """
    if chosen.seen is None:
        return []
    found = []
    parts = judging_folds(chosen.seen, history, ordered)
    for part, judge, heads in zip(parts, chosen.judges, chosen.heads[1:], strict=True):
        vectors = CachedEncoder(judge, cache).encode(texts)
        found.append((part, views | {"meaning": vectors * MEANING_SCALE}, heads))
    return found


def views_within(
    judging: Sequence[Judging], rows: np.ndarray, field: str
) -> list[tuple[Fold, Views, OwnHead | None]]:
    """Return the parts and views of the rows (ascending) that have a label of the field, and its own heads.

    Raises
    ------
    TrainingError
        If every one of them was seen by the encoder that would have to judge it. Judging them all the same
        would promise too much.
    """
    within = [
        (fold.within(rows), {block: matrix[rows] for block, matrix in seen.items()}, heads.get(field))
        for fold, seen, heads in judging
    ]
    found = [part for part in within if len(part[0].learn) and len(part[0].judge)]
    if judging and not found:
        raise TrainingError(
            f"Got a tuned encoder that has seen every ticket with a label of {field!r}; expected some held "
            f"out that it can be judged on. Leave {field!r} out of the targets, or train without --encoder."
        )
    return found
