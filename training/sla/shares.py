"""Which tickets learn and which judge what was learnt of times, and how much each counts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from training.sla.censoring import censoring_weights
from training.sla.outcomes import Known, Outcomes

__all__ = ["HALF_LIVES", "Shares", "best_half_life", "half_lives_for", "split_shares", "weigh"]

HALF_LIVES: tuple[float | None, ...] = (None, 365.0, 120.0, 40.0, 20.0, 10.0)
"""Days after which a ticket counts half as much; None: all count alike."""

LEARN_SHARE = 0.8

WORTH = 0.005
"""A shorter half-life, which leaves fewer tickets to learn from, has to take away so much of the loss."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Of the tickets: what was known when the earlier ones had been filed, what of the later ones is known.

    Parameters
    ----------
    learn, judge : Known
        Rows of the history.
    moment : float
        When the earlier ones end, in days since 1970.
    ordered : bool
        Whether they are earlier; otherwise they are drawn.
    """

    learn: Known
    judge: Known
    moment: float
    ordered: bool


def split_shares(outcomes: Outcomes, *, ordered: bool, random_state: int = 0) -> Shares:
    """Split a history that is in order of time where ``ordered``."""
    rows = np.arange(len(outcomes.filed))
    at = round(LEARN_SHARE * len(rows))
    if not ordered:
        rows = np.random.default_rng(random_state).permutation(rows)
    learn, judge = np.sort(rows[:at]), np.sort(rows[at:])
    moment = float(outcomes.filed[judge[0]]) if ordered and len(judge) else outcomes.until
    return Shares(
        outcomes.known_at(moment, learn), outcomes.known_at(outcomes.until + 1e-6, judge), moment, ordered
    )


def weigh(known: Known, filed: np.ndarray, moment: float, half_life: float | None) -> np.ndarray:
    """Return how much each known ticket counts, 0 for those not solved; one that counts fully has 1 or more.

    Parameters
    ----------
    known : Known
        Rows of the history.
    filed : ndarray of shape (n,)
        Of the whole history, in days since 1970.
    moment : float
        From which ages are counted.
    half_life : float or None
        In days.
    """
    ages = np.maximum(moment - filed[known.rows], 0.0)
    recency = np.ones(len(ages)) if half_life is None else 0.5 ** (ages / half_life)
    return censoring_weights(known.days, known.solved, recency)


def half_lives_for(shares: Shares, filed: np.ndarray) -> tuple[float | None, ...]:
    """Return the half-lives worth a try: none for tickets without order, none longer than the history."""
    if not shares.ordered or not len(shares.learn.rows):
        return (None,)
    span = shares.moment - float(filed[shares.learn.rows].min())
    return tuple(one for one in HALF_LIVES if one is None or one < span)


def best_half_life(losses: Mapping[float | None, float]) -> float | None:
    """Return the longest half-life that is almost as good as the best; None is longer than any.

    Parameters
    ----------
    losses : Mapping of float or None to float
        By half-life, longest first; empty where there was nothing to choose.
    """
    if not losses:
        return None
    most = min(losses.values()) * (1.0 + WORTH)
    return next(one for one, loss in losses.items() if loss <= most)
