"""How far days scatter about a regression, and how far its level wanders: the native negative binomial.

v = phi m + m^2 x (tau^2 x lead + error of the level). Formulas are the project's forecasting reference,
section 4 ("GLM"), with what ticket volume needs: days scatter about the level of the day before, so that
drift is not counted twice, and recent days count more; the drift is drawn towards a prior, and what fitting
took from the scatter is given back. Constants were chosen on the earlier origins of
``benchmarks/forecast.py``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from training.forecasting.glm import GLM, LEVEL_PRIOR_TICKETS, fade, scatter

DISPERSION_HALF_LIFE_DAYS = 60.0
DRIFT_HALF_LIFE_DAYS = 360.0
LEAST_DISPERSION = 1.02
DRIFT_PRIOR = 0.003
DRIFT_PRIOR_CHANGES = 3.0
"""The prior of the drift weighs as much as this many changes seen over 28 days."""
FITTED = 7.0
"""Coefficients that a calendar's penalised ones amount to in the last months: about the weekdays."""

Array = NDArray[np.float64]


def native_spread(y: Array, rate: Array, horizon: int) -> tuple[float, Array]:
    """Return the dispersion of one series' days, and the relative variance of its level by lead.

    Parameters
    ----------
    y, rate : array, shape (n,)
        Counts, and what the calendar alone expected.
    horizon : int
    """
    if not y.any():
        return LEAST_DISPERSION, np.ones(horizon)
    half_life = GLM.level_half_life_days
    phi = dispersion(y, rate, half_life, min(FITTED, len(y) / 4))
    wander = level_drift(y, rate, phi) * np.arange(1, horizon + 1)
    # The level is a mean of about 1 / (1 - daily fade) days.
    expected = float(np.average(rate, weights=fade(len(y), half_life)))
    estimate = phi * (1 - 0.5 ** (1 / half_life)) / max(expected, LEVEL_PRIOR_TICKETS / half_life)
    return phi, np.asarray(wander + estimate)


def dispersion(y: Array, fitted: Array, level_half_life_days: float, n_fitted: float = 0.0) -> float:
    """Return the Pearson dispersion of recent days about the level of the day before, at least 1.02.

    Parameters
    ----------
    y, fitted : array, shape (n,)
    level_half_life_days : float
        How fast the level fades.
    n_fitted : float, default 0
        Degrees of freedom spent on ``fitted``; residuals are that much too small.
    """
    keep = 0.5 ** (1 / level_half_life_days)
    above, below = (lfilter([1.0], [1.0, -keep], series)[:-1] for series in (y, fitted))
    level = np.append(1.0, (above + LEVEL_PRIOR_TICKETS) / (below + LEVEL_PRIOR_TICKETS))
    expected = np.maximum(fitted * level, 1e-6)
    weights = fade(len(y), DISPERSION_HALF_LIFE_DAYS)
    # The level is itself an estimate, from about 1 / (1 - keep) days.
    pearson = float(scatter((y - expected) ** 2 / expected, weights)) / (2 - keep)
    n_days = float(weights.sum() ** 2 / (weights**2).sum())
    return max(LEAST_DISPERSION, float(pearson * n_days / max(n_days - n_fitted, n_days / 3)))


def level_drift(y: Array, fitted: Array, phi: float) -> float:
    """Return tau^2, the relative variance that the level gains per day.

    max(0, Var(28-day change of the 7-day y / mu) - 2 phi / mean 7-day mu) / 28, drawn towards a prior that
    counts as much as three such changes; those of the last year count most. A history of eight weeks has seen
    less than one.
    """
    seen = n_changes = 0.0
    # Six weeks give a week of changes to take a variance of.
    if len(y) >= 42:
        window = np.ones(7)
        expected = np.convolve(fitted, window, "valid")
        ratio = np.convolve(y, window, "valid") / np.maximum(expected, 1e-6)
        change = ratio[28:] - ratio[:-28]
        weights = fade(len(change), DRIFT_HALF_LIFE_DAYS)
        n_changes = float(weights.sum()) / 28
        variance = float(np.average((change - np.average(change, weights=weights)) ** 2, weights=weights))
        seen = max(0.0, variance - 2 * phi / float(expected.mean())) / 28
    return (n_changes * seen + DRIFT_PRIOR_CHANGES * DRIFT_PRIOR) / (n_changes + DRIFT_PRIOR_CHANGES)
