"""Learns how much each signal of an article counts, from the articles that people chose.

A conditional logit (McFadden 1974, "Conditional logit analysis of qualitative choice behavior"): the
chance that an article is used is proportional to ``exp(signals @ weights)`` over all articles. The weights
are drawn towards given ones, so that a few tickets change them little.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

__all__ = ["choice_surprise", "fit_weights"]

PULL = 10.0
SPREAD_MIN = 1e-6


def fit_weights(
    matrices: Sequence[np.ndarray],
    used: Sequence[np.ndarray],
    prior: np.ndarray,
    *,
    pull: float = PULL,
    keeps_signs: bool = False,
    floor: np.ndarray | None = None,
) -> np.ndarray:
    """Return the weights under which people's choices were likeliest.

    Minimises the negative log-likelihood plus ``pull / 2`` times the squared distance from the prior, each
    weight measured in spreads (standard deviations within a ticket) of its signal. The problem is convex.

    Parameters
    ----------
    matrices : sequence of ndarray, each of shape (n_articles, n_signals)
        Signals of the articles that could be chosen, by ticket.
    used : sequence of ndarray of bool, each of shape (n_articles,)
        Which of them were; at least one a ticket, each with an equal part of the choice.
    prior : ndarray of shape (n_signals,)
        Weights to begin with.
    pull : float, default=10.0
        Strength of the pull towards the prior, in tickets.
    keeps_signs : bool, default=False
        Whether no weight may change to the other side of 0: what was made to speak for an article never
        speaks against it.
    floor : ndarray of shape (n_signals,), optional
        What no weight may fall below, where ``keeps_signs``; at most the prior, and 0 or more where it
        holds. Minus infinity, the default, holds nothing.

    Returns
    -------
    ndarray of shape (n_signals,)
    """
    spread = np.sqrt(np.mean([matrix.var(axis=0) for matrix in matrices], axis=0))
    scale = np.where(spread > SPREAD_MIN, spread, 1.0)
    scaled = [(matrix - matrix.mean(axis=0)) / scale for matrix in matrices]
    shares = [chosen / chosen.sum() for chosen in used]
    start = prior * scale

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        away = weights - start
        value, gradient = pull / 2 * float(away @ away), pull * away
        for matrix, share in zip(scaled, shares, strict=True):
            logits = matrix @ weights
            logits -= logits.max()
            odds = np.exp(logits)
            total = odds.sum()
            value -= float(share @ (logits - np.log(total)))
            gradient = gradient - (share - odds / total) @ matrix
        return value, gradient

    least = np.full(len(prior), -np.inf) if floor is None else floor * scale
    bounds = [
        (max(0.0, low), None) if one >= 0 else (None, 0.0) for one, low in zip(prior, least, strict=True)
    ]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds if keeps_signs else None)
    # A signal that never differed within a ticket says nothing: its weight stays.
    return np.asarray(np.where(spread > SPREAD_MIN, found.x / scale, prior))


def choice_surprise(
    matrices: Sequence[np.ndarray], used: Sequence[np.ndarray], weights: np.ndarray
) -> np.ndarray:
    """Return the negative log-likelihood of people's choices by ticket, in nats; lower is better.

    Parameters
    ----------
    matrices, used
        As for :func:`fit_weights`.
    weights : ndarray of shape (n_signals,)
        The weights to judge.

    Returns
    -------
    ndarray of shape (n_tickets,)
    """
    surprises = []
    for matrix, chosen in zip(matrices, used, strict=True):
        logits = matrix @ weights
        top = logits.max()
        total = top + np.log(np.exp(logits - top).sum())
        surprises.append(total - float(logits[chosen].mean()))
    return np.asarray(surprises)
