"""Stated log-odds held to what came true: a shift and a slope, near 0 and 1 while little is known.

Platt scaling (Platt 1999, "Probabilistic outputs for support vector machines") of chances that mean something
already, with a normal prior on both numbers.
"""

from collections.abc import Sequence

import numpy as np

__all__ = ["fit_line"]

SLOPE_MIN = 0.05
"""However little the stated chances tell, the likelier stays the likelier."""
STEP_MAX = 1.0
ROUNDS = 200


def fit_line(
    log_odds: Sequence[float] | np.ndarray,
    came_true: Sequence[bool] | np.ndarray,
    *,
    prior_cases: float,
    weights: np.ndarray | None = None,
) -> tuple[float, float]:
    """Return shift and slope under which ``shift + slope * log_odds`` are the likeliest log-odds.

    Parameters
    ----------
    log_odds : array-like of shape (n,)
        As stated.
    came_true : array-like of bool, shape (n,)
        What happened.
    prior_cases : float
        How many even cases weigh as much as the belief that the stated log-odds are right: a quarter of it is
        the precision of the prior on the shift and on the slope.
    weights : ndarray of shape (n,), optional
        Cases that each stands for; by default one.

    Returns
    -------
    tuple of float
        Newton's method on a convex loss; the slope is at least 0.05.
    """
    x, y = np.asarray(log_odds, dtype=float), np.asarray(came_true, dtype=float)
    w = np.ones(len(x)) if weights is None else weights
    shift, slope, strength = 0.0, 1.0, prior_cases / 4.0
    for _ in range(ROUNDS):
        p = 1.0 / (1.0 + np.exp(-(shift + slope * x)))
        v = w * p * (1.0 - p)
        gradient = np.array(
            [(w * (p - y)).sum() + strength * shift, (w * (p - y) * x).sum() + strength * (slope - 1.0)]
        )
        hessian = np.array(
            [[v.sum() + strength, (v * x).sum()], [(v * x).sum(), (v * x * x).sum() + strength]]
        )
        step = np.clip(np.linalg.solve(hessian, gradient), -STEP_MAX, STEP_MAX)
        shift, slope = shift - step[0], slope - step[1]
        if np.abs(step).max() < 1e-9:
            break
    return float(shift), max(float(slope), SLOPE_MIN)
