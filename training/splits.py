"""Which tickets a model learns from and which it is judged on: earlier on later, where time is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold

from triage.ticket import PastTicket

__all__ = ["FORWARD_EDGES", "SMALL", "Fold", "folds", "has_order", "in_order"]

FORWARD_EDGES = (0.7, 0.85, 1.0)
"""Two forward folds: learn from the first 70 %, judge the next 15 %; then 85 % and the last 15 %."""

SMALL = 2_000
"""Histories shorter than this can afford five folds, and need them."""


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Rows to learn from and rows to judge on."""

    learn: np.ndarray
    judge: np.ndarray

    def within(self, rows: np.ndarray) -> "Fold":
        """Return the fold of some of the rows (ascending), numbered by their places among these."""
        return Fold(*(np.searchsorted(rows, part[np.isin(part, rows)]) for part in (self.learn, self.judge)))


def has_order(tickets: Sequence[PastTicket]) -> bool:
    """Return whether most tickets have a time and the times differ, so that "later" means something."""
    times = {past.ticket.created_at for past in tickets if past.ticket.created_at is not None}
    timed = sum(past.ticket.created_at is not None for past in tickets)
    return timed > 0.9 * len(tickets) and len(times) > 0.1 * len(tickets)


def in_order(tickets: Sequence[PastTicket], ordered: bool) -> list[PastTicket]:
    """Return the tickets by time of filing, without those that have none; as given where unordered."""
    if not ordered:
        return list(tickets)
    timed = [past for past in tickets if past.ticket.created_at is not None]
    return sorted(timed, key=_filing_order)


def _filing_order(past: PastTicket) -> tuple[Any, ...]:
    """Order by time; what follows makes the order one that rows of a file cannot change."""
    ticket = past.ticket
    return ticket.created_at, ticket.ticket_id, ticket.text_hash, sorted(past.labels.items())


def folds(classes: np.ndarray, ordered: bool, *, random_state: int = 0) -> list[Fold]:
    """Return the folds of one field's labelled rows.

    Parameters
    ----------
    classes : ndarray of shape (n,)
        Integers, in time order where ``ordered``; some labels may have no row.
    ordered : bool
        True: forward folds by time; False: stratified random folds.
    random_state : int, default=0
        Of the random folds.

    Returns
    -------
    list of Fold
        Judged rows are disjoint.
    """
    n = len(classes)
    if ordered:
        edges = FORWARD_EDGES if n >= SMALL else (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
        places = [round(edge * n) for edge in edges]
        return [Fold(np.arange(a), np.arange(a, b)) for a, b in pairwise(places) if b > a]
    counts = np.bincount(classes)
    smallest = counts[counts > 0].min()  # A label that is only described has no ticket.
    count = int(min(4 if n >= SMALL else 5, max(2, smallest)))
    splitter = StratifiedKFold(count, shuffle=True, random_state=random_state)
    return [Fold(learn, judge) for learn, judge in splitter.split(np.zeros(n), classes)]
