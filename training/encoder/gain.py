"""What a tuned encoder gains over the stock one on held-out tickets, with the heads that training uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.views import MEANING_SCALE, Views
from training.encoder.judging_views import Judging, views_within
from training.encoder.own_head import OwnHead
from training.label_names import NamedLabels
from training.learn_field import learn_field
from training.splits import Fold
from training.targets import FieldTarget

__all__ = ["Gain", "measure_gain", "paired_interval", "pays"]

ERROR_RATE = 0.05
"""Of all fields' intervals together: each field gets its share (Bonferroni)."""

RESAMPLES = 20_000


@dataclass(frozen=True, slots=True)
class Gain:
    """One field's accuracy on held-out tickets with either encoder.

    Parameters
    ----------
    field : str
    tickets : int
        Held out and judged.
    stock, tuned : float
        Share of them that the most likely label is right for.
    both : float
        The same with both vectors side by side, at twice the cost of reading a ticket; for information.
    low, high : float
        Interval of ``tuned - stock``, by bootstrap over tickets.
    """

    field: str
    tickets: int
    stock: float
    tuned: float
    both: float
    low: float
    high: float


def pays(gains: Sequence[Gain]) -> bool:
    """Return whether some field is better for sure and none is worse for sure."""
    return any(one.low > 0 for one in gains) and not any(one.high < 0 for one in gains)


def measure_gain(
    labels: Mapping[str, Sequence[str | None]],
    views: Views,
    judged: Sequence[tuple[Fold, np.ndarray, Mapping[str, OwnHead]]],
    *,
    ordered: bool,
    random_state: int = 0,
    named: Mapping[str, NamedLabels] | None = None,
) -> list[Gain]:
    """Learn each field with either encoder on the same parts, and compare them ticket by ticket.

    Parameters
    ----------
    labels : Mapping of str to sequence of str or None
        By field: a label a ticket, None where there is none.
    views : dict of str to matrix
        Of all tickets, with the stock encoder's vectors as ``meaning``.
    judged : sequence of (Fold, ndarray of shape (n, dimension), dict of str to OwnHead)
        Each judging encoder's part, its unit vectors of all tickets and its own heads by field.
    ordered : bool
        Whether the rows' order is that of time.
    random_state : int, default=0
        Of learning and of the bootstrap.
    named : Mapping of str to NamedLabels, optional
        By field: what labels are called, as the stock encoder reads it; it is used as in training, so that
        tuning, which learns from the names too, does not gain by them alone.

    Returns
    -------
    list of Gain
        One a field that has a judged ticket with a label that was seen before.
    """
    stock = np.asarray(views["meaning"])
    arms: dict[str, list[Judging]] = {"stock": [], "tuned": [], "both": []}
    for fold, vectors, heads in judged:
        tuned = vectors * MEANING_SCALE
        side_by_side = np.hstack([stock, tuned]) / np.float32(np.sqrt(2.0))
        beside = {name: head.beside(stock.shape[1]) for name, head in heads.items()}
        arms["stock"].append((fold, views | {"meaning": stock}, {}))
        arms["tuned"].append((fold, views | {"meaning": tuned}, heads))
        arms["both"].append((fold, views | {"meaning": side_by_side}, beside))
    gains = []
    for name, values in labels.items():
        rows = np.flatnonzero([value is not None for value in values])
        if len({values[int(row)] for row in rows}) < 2 or not _can_judge(judged, values):
            continue
        right = {}
        for arm, parts in arms.items():
            within = views_within(parts, rows, name)
            learnt = learn_field(
                name,
                [str(values[int(row)]) for row in rows],
                within[0][1],
                ordered=ordered,
                target=FieldTarget(),
                random_state=random_state,
                judging=within,
                own_head=within[0][2],
                named=(named or {}).get(name) if arm == "stock" else None,
            )
            right[arm] = learnt.probabilities.argmax(axis=1) == learnt.classes
        level = 1.0 - ERROR_RATE / len(labels)
        low, high = paired_interval(right["stock"], right["tuned"], level=level, random_state=random_state)
        shares = {arm: float(one.mean()) for arm, one in right.items()}
        gains.append(Gain(name, len(right["stock"]), **shares, low=low, high=high))
    return gains


def _can_judge(
    judged: Sequence[tuple[Fold, np.ndarray, Mapping[str, OwnHead]]], values: Sequence[str | None]
) -> bool:
    """Return whether any part judges a ticket with a label that it learns from, too."""

    def labels(rows: np.ndarray) -> set[str | None]:
        return {values[int(row)] for row in rows} - {None}

    return any(labels(fold.learn) & labels(fold.judge) for fold, _, _ in judged)


def paired_interval(
    before: np.ndarray, after: np.ndarray, *, level: float = 0.95, random_state: int = 0
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of the difference of two shares of the same tickets.

    Drawing n of the n tickets again is drawing counts of the three things that can have happened to a ticket
    (better, same, worse) from a multinomial distribution.

    Parameters
    ----------
    before, after : ndarray of shape (n,), bool
        Whether either was right for a ticket.
    level : float, default=0.95
        Of the two-sided interval.
    random_state : int, default=0
        Of the resamples.

    Examples
    --------
    >>> paired_interval(np.zeros(100, bool), np.arange(100) < 50)
    (0.4, 0.6)
    """
    n = len(before)
    better, worse = int((after & ~before).sum()), int((before & ~after).sum())
    shares = [better / n, worse / n, (n - better - worse) / n]
    counts = np.random.default_rng(random_state).multinomial(n, shares, size=RESAMPLES)
    differences = (counts[:, 0] - counts[:, 1]) / n
    low, high = np.quantile(differences, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
