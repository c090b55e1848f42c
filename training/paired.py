"""One predictor's figures beside ours on the same tickets, with the interval of the difference.

Both judge the same tickets, so the tickets that both get right or wrong cancel: the interval is drawn over
the differences, ticket by ticket. Fits nothing.
"""

from dataclasses import dataclass

import numpy as np

from triage.pooling import FLOOR

__all__ = ["TicketScores", "figures_beside", "score_tickets"]

RESAMPLES = 1_000
"""Draws of the bootstrap (Efron and Tibshirani 1993, chapter 13: percentile intervals)."""

DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class TicketScores:
    """What a predictor reached on each ticket: right at once, among its first three, log loss in nats."""

    right: np.ndarray
    top3: np.ndarray
    log_loss: np.ndarray

    def of(self, rows: np.ndarray) -> "TicketScores":
        """Return the scores of some of the tickets."""
        return TicketScores(self.right[rows], self.top3[rows], self.log_loss[rows])


def score_tickets(probabilities: np.ndarray, classes: np.ndarray) -> TicketScores:
    """Score each ticket.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_labels)
        Rows sum to 1.
    classes : ndarray of shape (n,)
        The truth as columns; -1 for a label that the predictor does not know, which is always wrong.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :3]
    hits = order == classes[:, None]
    stated = np.where(classes >= 0, probabilities[np.arange(len(classes)), np.maximum(classes, 0)], 0.0)
    return TicketScores(hits[:, 0], hits.any(axis=1), -np.log(np.clip(stated, FLOOR, 1.0)))


def figures_beside(ours: TicketScores, theirs: TicketScores, *, random_state: int = 0) -> dict[str, float]:
    """Return another predictor's figures and how far ours are from them.

    Parameters
    ----------
    ours, theirs : TicketScores
        Of the same tickets in the same order.
    random_state : int, default=0
        Of the bootstrap.

    Returns
    -------
    dict of str to float
        ``accuracy, top3, log_loss`` of the other, and for each of them ``<name>_difference`` (ours less
        theirs), ``<name>_difference_low`` and ``<name>_difference_high`` (95 % interval, paired bootstrap).
    """
    random = np.random.default_rng(random_state)
    pairs = {
        "accuracy": (ours.right, theirs.right),
        "top3": (ours.top3, theirs.top3),
        "log_loss": (ours.log_loss, theirs.log_loss),
    }
    apart = np.stack([mine.astype(float) - other.astype(float) for mine, other in pairs.values()])
    n = apart.shape[1]
    drawn = np.stack([apart @ random.multinomial(n, np.full(n, 1 / n)) / n for _ in range(RESAMPLES)])
    lows, highs = np.quantile(drawn, (0.025, 0.975), axis=0)
    figures = {}
    for place, (name, (_, other)) in enumerate(pairs.items()):
        figures[name] = round(float(other.mean()), DIGITS)
        figures[f"{name}_difference"] = round(float(apart[place].mean()), DIGITS)
        figures[f"{name}_difference_low"] = round(float(lows[place]), DIGITS)
        figures[f"{name}_difference_high"] = round(float(highs[place]), DIGITS)
    return figures
