"""A conditional logit over people: which signs made people the right ones.

The chance that a person has a ticket is proportional to ``exp(signals @ weights)`` over all who could have it
(McFadden 1974, "Conditional logit analysis of qualitative choice behavior"). All tickets are held in one
table, because there are thousands of them with a hundred people each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from training.affinity.walk import Step
from triage.ticket import PastTicket

__all__ = ["Choices", "choices_of", "fit_choice_weights"]

SPREAD_MIN = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Tickets with the people who could have had them.

    Parameters
    ----------
    signals : ndarray of shape (n_rows, n_signals)
        A row for a ticket and a person, the rows of a ticket together.
    chosen : ndarray of shape (n_tickets,)
        Row of the person who had it.
    starts : ndarray of shape (n_tickets,)
        First row of each ticket.
    """

    signals: np.ndarray
    chosen: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, matrices: Sequence[np.ndarray], chosen: Sequence[int]) -> "Choices":
        """Put tickets together: the signals of each one's people, and which of them had it."""
        sizes = np.array([len(matrix) for matrix in matrices])
        starts = np.cumsum(sizes) - sizes
        return cls(np.concatenate(matrices).astype(np.float32), starts + np.asarray(chosen), starts)

    def __len__(self) -> int:
        return len(self.starts)


def fit_choice_weights(choices: Choices, *, pull: float) -> np.ndarray:
    """Return the weights under which the assignments that happened were likeliest.

    Minimises the negative log-likelihood plus ``pull / 2`` times the squared length of the weights, each
    measured in spreads (standard deviations within a ticket) of its signal. The problem is convex.

    Parameters
    ----------
    choices : Choices
        At least one ticket.
    pull : float
        Strength of the pull towards zero, in tickets.

    Returns
    -------
    ndarray of shape (n_signals,)
        Zero for a signal that never differed between people.
    """
    sizes = np.diff(np.append(choices.starts, len(choices.signals)))
    means = np.add.reduceat(choices.signals, choices.starts) / sizes[:, None]
    scaled = choices.signals - np.repeat(means, sizes, axis=0)
    spread = np.sqrt(np.mean(np.square(scaled, dtype=np.float64), axis=0))
    usable = spread > SPREAD_MIN
    scaled *= np.where(usable, 1 / np.where(usable, spread, 1.0), 0.0).astype(np.float32)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = (scaled @ weights.astype(np.float32)).astype(np.float64)
        logits -= np.repeat(np.maximum.reduceat(logits, choices.starts), sizes)
        odds = np.exp(logits)
        totals = np.add.reduceat(odds, choices.starts)
        value = pull / 2 * float(weights @ weights)
        value += float(np.log(totals).sum() - logits[choices.chosen].sum())
        surplus = odds / np.repeat(totals, sizes)
        surplus[choices.chosen] -= 1.0
        return value, pull * weights + surplus.astype(np.float32) @ scaled

    found = minimize(loss, np.zeros(choices.signals.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(np.where(usable, found.x / np.where(usable, spread, 1.0), 0.0))


def choices_of(steps: Sequence[Step], past: Sequence[PastTicket]) -> Choices | None:
    """Return the steps whose right person was in question beside others; None when there are none."""
    matrices, chosen = [], []
    for step in steps:
        agent = past[step.place].labels["assignee"]
        if len(step.people) > 1 and agent in step.people:
            matrices.append(step.signals)
            chosen.append(step.people.index(agent))
    return Choices.of(matrices, chosen) if matrices else None
