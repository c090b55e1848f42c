"""What is expected of a ticket's time, from what was known when it was filed. Predicts; never fits.

Trees read the form and the time of filing, a linear score reads the text. The quantiles of the time are
learnt one by one and put in order; a risk is trees and a linear head, pooled and calibrated in log-odds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from features.boosted_trees import BoostedTrees, grown_together
from features.field_model import Head
from features.ticket_columns import TicketColumns
from features.views import Views
from triage.sla.foresight import Foresight
from triage.ticket import Ticket

__all__ = ["ForesightModel", "RiskModel", "TimeModel"]


@dataclass(frozen=True, slots=True, eq=False)
class TimeModel:
    """Quantiles of the time from filing to the solution.

    Parameters
    ----------
    levels : Mapping of float to BoostedTrees
        By level, ascending; they predict ``log(1 + hours)``.
    said : ndarray of shape (n_dimensions + 1,) or None
        Weights of the meaning view and an intercept: the same from the text alone. None without texts.
    """

    levels: Mapping[float, BoostedTrees]
    said: np.ndarray | None

    def read_text(self, views: Views) -> np.ndarray | None:
        """Return what the texts say of the time, as ``log(1 + hours)``; None without texts."""
        if self.said is None:
            return None
        return np.asarray(np.asarray(views["meaning"], float) @ self.said[:-1] + self.said[-1])

    def log_hours(self, columns: np.ndarray) -> np.ndarray:
        """Return the quantiles as ``log(1 + hours)`` of shape (n, n_levels), ascending in each row.

        Sorting crossed quantiles never makes them worse (Chernozhukov et al. 2010, *Quantile and
        Probability Curves without Crossing*).
        """
        told = grown_together(tuple(self.levels.values())).predict_each(columns)
        return np.sort(np.maximum(told, 0.0), axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class RiskModel:
    """Probability of one outcome, pooled in log-odds: ``expit(members @ weights[:-1] + weights[-1])``.

    Parameters
    ----------
    steady, recent : BoostedTrees
        They predict log-odds: larger trees to which all past tickets count alike, and smaller ones to which
        newer tickets count more.
    head : Head
        Two labels, the outcome the second; linear in form and text.
    weights : ndarray of shape (4,)
        Of the three and an intercept, learnt on held-out tickets.
    """

    steady: BoostedTrees
    recent: BoostedTrees
    head: Head
    weights: np.ndarray

    def members(self, columns: np.ndarray, views: Views) -> np.ndarray:
        """Return what each member says by itself, log-odds of shape (n, 3)."""
        logits = self.head.logits(views).astype(float)
        linear = logits[:, 1] - logits[:, 0]
        return np.column_stack([self.steady.predict(columns), self.recent.predict(columns), linear])

    def probabilities(self, columns: np.ndarray, views: Views) -> np.ndarray:
        """Return the calibrated probability of each ticket, of shape (n,)."""
        return np.asarray(expit(self.members(columns, views) @ self.weights[:-1] + self.weights[-1]))


@dataclass(frozen=True, slots=True, eq=False)
class ForesightModel:
    """All that was learnt of how tickets' time went; a part that the history could not teach is None."""

    columns: TicketColumns
    time: TimeModel | None = None
    breach: RiskModel | None = None
    reassignment: RiskModel | None = None

    def foresee(self, tickets: Sequence[Ticket], views: Views) -> list[Foresight]:
        """Return what is expected of each ticket.

        Parameters
        ----------
        tickets : sequence of Ticket
            As filed.
        views : dict of str to matrix
            Of these tickets, see :func:`features.views.make_views`.
        """
        columns = self.columns.transform(tickets)
        hours: list[dict[float, float]] = [{} for _ in tickets]
        if self.time is not None:
            read = self.columns.transform(tickets, self.time.read_text(views))
            told = np.expm1(self.time.log_hours(read))
            hours = [dict(zip(self.time.levels, row, strict=True)) for row in told.tolist()]
        breach, reassignment = (
            [None] * len(tickets) if risk is None else risk.probabilities(columns, views).tolist()
            for risk in (self.breach, self.reassignment)
        )
        return [Foresight(*one) for one in zip(hours, breach, reassignment, strict=True)]
