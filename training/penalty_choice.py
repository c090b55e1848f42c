"""How hard a field's heads are penalised and how fast its tickets age: chosen on few enough tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from features.field_model import Head
from features.views import Views
from training.encoder.own_head import OwnHead
from training.head_fitting import HeadFitting, Start
from training.penalty import MIDDLE_PENALTY, choose_penalty
from training.recency import Losses
from training.splits import Fold
from triage.pooling import floored

__all__ = ["Chosen", "Part", "choose_and_judge", "losses_by_age", "some_of"]

CHOOSING = 10_000
"""Tickets by which penalties and ageing are chosen, to bound the time; by judgement, not measured."""

Part = tuple[Fold, Views, OwnHead | None]
"""A fold, the views of all rows, and the own head, of an encoder that has not seen the fold's judged rows."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What need not be found again: inverse penalties by linear head, a half-life in days, and fitted heads.

    Parameters
    ----------
    penalties : Mapping of str to float
        By linear head.
    half_life : float or None
        In days; None: never.
    heads : Mapping of str to Head, optional
        Fitted on the same tickets with these two; for views that are the same.
    """

    penalties: Mapping[str, float]
    half_life: float | None
    heads: Mapping[str, Head] = field(default_factory=dict)


def choose_and_judge(
    fitting: HeadFitting, part: Part, blocks: Sequence[str], known: float | None = None
) -> tuple[float, np.ndarray, Start]:
    """Choose a head's penalty, unless known, on some of the tickets where there are many; judge by all."""
    fold, views, _ = part
    if known is not None:
        start = fitting.fit(views, blocks, fold.learn, known)
        return known, fitting.judge(views, blocks, start, fold.judge), start
    few = some_of(fold)

    def attempt(penalty: float, start: Start | None) -> tuple[Start, np.ndarray]:
        fitted = fitting.fit(views, blocks, few.learn, penalty, start)
        return fitted, fitting.judge(views, blocks, fitted, few.judge)

    penalty, judged, start = choose_penalty(attempt, fitting.classes[few.judge])
    if few is not fold:
        start = fitting.fit(views, blocks, fold.learn, penalty, start)
        judged = fitting.judge(views, blocks, start, fold.judge)
    return penalty, judged, start


def some_of(fold: Fold) -> Fold:
    """Return a fold of few enough tickets to choose by, evenly drawn from a large one."""
    if len(fold.learn) <= CHOOSING:
        return fold
    learn = fold.learn[np.linspace(0, len(fold.learn) - 1, CHOOSING).astype(int)]
    judge = fold.judge[np.linspace(0, len(fold.judge) - 1, min(len(fold.judge), CHOOSING // 2)).astype(int)]
    return Fold(learn, judge)


def losses_by_age(fitting: HeadFitting, part: Part, heads: dict[str, tuple[str, ...]]) -> Losses:
    """Return what asks one cheap head how weights change the loss of later tickets."""
    views, fold = part[1], some_of(part[0])
    blocks = next(heads[name] for name in ("meaning", "fields", "words") if name in heads)
    truth = fitting.classes[fold.judge]
    last: list[Start] = []

    def losses(weights: np.ndarray | None) -> np.ndarray:
        start = last[-1] if last else None
        last.append(fitting.fit(views, blocks, fold.learn, MIDDLE_PENALTY, start, weights=weights))
        judged = fitting.judge(views, blocks, last[-1], fold.judge)
        return -floored(judged[np.arange(len(truth)), truth])

    return losses
