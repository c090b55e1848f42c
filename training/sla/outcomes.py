"""How the time of past tickets went: how long each took, whether its promise was kept, whether it moved.

What was known at some moment is asked for by that moment, so that a model can be judged on later tickets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from triage.sla.book import SlaBook
from triage.sla.events import clocks_of, finished_at
from triage.ticket import PastTicket

__all__ = ["Known", "Outcomes", "outcomes_of"]

DAY = 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What was known at a moment of some tickets.

    Parameters
    ----------
    rows : ndarray of shape (n_known,)
        Tickets filed before it of which it was known whether they were solved.
    days : ndarray of shape (n_known,)
        From filing to the solution; of those not solved yet to the moment.
    solved : ndarray of shape (n_known,), bool
        Which were.
    """

    rows: np.ndarray
    days: np.ndarray
    solved: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Of each ticket of a history, in its order.

    Parameters
    ----------
    filed, ended : ndarrays of shape (n,)
        Days since 1970; NaN where unknown, or where the ticket had not ended.
    is_open : ndarray of shape (n,), bool
        Whether it had not ended, as far as its state tells.
    breach, reassigned : ndarrays of shape (n,)
        1 and 0; NaN where nobody knows.
    until : float
        The last moment that the history tells of, in days since 1970.
    """

    filed: np.ndarray
    ended: np.ndarray
    is_open: np.ndarray
    breach: np.ndarray
    reassigned: np.ndarray
    until: float

    def known_at(self, moment: float, rows: np.ndarray) -> Known:
        """Return what was known of some rows at a moment (days since 1970)."""
        filed, ended = self.filed[rows], self.ended[rows]
        is_told = (filed < moment) & (self.is_open[rows] | ~np.isnan(ended))
        solved = is_told & (ended <= moment)
        days = np.where(solved, np.maximum(ended - filed, 0.0), moment - filed)
        return Known(rows[is_told], days[is_told], solved[is_told])


def outcomes_of(history: Sequence[PastTicket], book: SlaBook | None = None) -> Outcomes:
    """Return how the time of past tickets went.

    Whether a promise was kept is what the helpdesk says itself (``made_sla``), else what a book says of a
    solved ticket. Pauses of the past are not known, so that a book is strict with tickets that waited.

    Parameters
    ----------
    history : sequence of PastTicket
        In any order.
    book : SlaBook, optional
        What is promised.
    """
    told = book or SlaBook()
    ended = [_days(past.resolved_at or past.closed_at) for past in history]
    moments = [
        _days(moment)
        for past in history
        for moment in (past.ticket.created_at, past.resolved_at or past.closed_at)
        if moment is not None
    ]
    return Outcomes(
        filed=np.array([_days(past.ticket.created_at) for past in history], float),
        ended=np.array(ended, float),
        is_open=np.array([not told.is_done(past) for past in history], bool),
        breach=np.array([_breach(past, told) for past in history], float),
        reassigned=np.array(
            [np.nan if past.reassignments is None else past.reassignments > 0 for past in history], float
        ),
        until=max(moments, default=0.0),
    )


def _breach(past: PastTicket, book: SlaBook) -> float:
    solved = past.resolved_at or past.closed_at
    if solved is None:
        return np.nan  # a promise that has not run out yet may still be broken
    if past.made_sla is not None:
        return float(not past.made_sla)
    _, clocks = clocks_of(past, book, now=solved)
    if not clocks:
        return np.nan
    return float(any((finished_at(past, target) or solved) > due for target, due in clocks.items()))


def _days(moment: datetime | None) -> float:
    return np.nan if moment is None else moment.timestamp() / DAY
