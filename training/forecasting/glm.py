"""Poisson regression of daily counts on the calendar, with a level that follows and a measured spread.

The mean is exp(calendar columns x coefficients), fitted to a history that fades with age, times a short-lived
level. The variance says how far days scatter about it, and how far the level wanders by the time of the day
that is forecast. Formulas and constants are the project's forecasting reference, section 4 ("GLM", "GLMy"),
except where ticket volume drifts faster than the reference's emergency calls; these were chosen on the
earlier origins of ``benchmarks/forecast.py``: the level fades in 7 days instead of 14; days scatter about the
level of the day before, so that drift is not counted twice, and recent days count more; the drift is drawn
towards a prior, and what fitting took from the scatter is given back. Nothing here knows of hours, events or
other series.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from features.calendar import Days, day_matrix

LEVEL_PRIOR_TICKETS = 5.0
DISPERSION_HALF_LIFE_DAYS = 60.0
DRIFT_HALF_LIFE_DAYS = 360.0
LEAST_DISPERSION = 1.02
DRIFT_PRIOR = 0.001
# The prior of the drift weighs as much as this many changes seen over 28 days.
DRIFT_PRIOR_CHANGES = 3.0
MOST_FOURIER_PAIRS = 8

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GlmShape:
    """Which calendar a regression sees, and how fast it forgets.

    Parameters
    ----------
    half_life_days : float
        Age at which a day counts half.
    level_half_life_days : float
        The same for the level that is put on top.
    fourier_pairs : int
        Sine and cosine pairs of the day of the year.
    has_trend : bool
        Whether there is a linear trend.
    fourier_from_days : int
        History below which the Fourier pairs are left out.
    """

    half_life_days: float = 180.0
    level_half_life_days: float = 7.0
    fourier_pairs: int = 3
    has_trend: bool = False
    fourier_from_days: int = 500


GLM = GlmShape()
GLM_QUICK = GlmShape(half_life_days=120.0, level_half_life_days=4.0, fourier_pairs=0)
GLM_YEARLY = GlmShape(half_life_days=900.0, fourier_pairs=8, has_trend=True)


@dataclass(frozen=True)
class GlmForecast:
    """What a regression says about the days ahead.

    Parameters
    ----------
    mean : array, shape (horizon,)
    dispersion : float
        Pearson dispersion phi: variance over mean of a day about its expectation.
    level_variance : array, shape (horizon,)
        Relative variance of the level: of its estimate, and of its wandering until then.
    """

    mean: Array
    dispersion: float
    level_variance: Array


def fade(n: int, half_life: float) -> Array:
    """Return weights of ``n`` consecutive days, the last one 1, halved every ``half_life`` days back."""
    return np.asarray(0.5 ** (np.arange(n - 1, -1, -1) / half_life))


def fit_poisson(y: Array, columns: Array, weights: Array, ridge: float = 1.0, steps: int = 50) -> Array:
    """Return the coefficients of a weighted Poisson regression with log link, by Newton's method.

    Parameters
    ----------
    y : array, shape (n,)
        Counts; at least one is above zero.
    columns : array, shape (n, p)
        The first column is the intercept, which is not penalised.
    weights : array, shape (n,)
    ridge : float, default 1.0
        Penalty on the square of each other coefficient.
    steps : int, default 50
        Most steps taken.
    """
    penalty = np.full(columns.shape[1], ridge)
    penalty[0] = 0.0
    beta = np.zeros(columns.shape[1])
    beta[0] = np.log(np.average(y, weights=weights))
    for _ in range(steps):
        mu = np.exp(np.clip(columns @ beta, -20.0, 20.0))
        gradient = columns.T @ (weights * (y - mu)) - penalty * beta
        # The tiny diagonal keeps the system solvable when every weight has faded.
        hessian = (columns * (weights * mu)[:, None]).T @ columns + np.diag(penalty + 1e-9)
        step = np.linalg.solve(hessian, gradient)
        # Far from the optimum a full step of the exponential overshoots.
        step /= max(1.0, float(np.abs(step).max()) / 2.0)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    return beta


def forecast_glm(y: Array, calendar: Array, horizon: int, shape: GlmShape = GLM) -> GlmForecast:
    """Fit the regression to a history and forecast the days after it.

    Parameters
    ----------
    y : array, shape (n,)
        Counts of consecutive days.
    calendar : array, shape (n + horizon, p)
        `calendar_matrix` of those days and of the ones to forecast.
    horizon : int
    shape : GlmShape, default GLM
    """
    n = len(y)
    if not y.any():
        # Nothing was ever filed: half a ticket in the whole history is the usual estimate of such a rate.
        return GlmForecast(np.full(horizon, 0.5 / n), LEAST_DISPERSION, np.ones(horizon))
    columns = _columns(calendar, n, shape)
    weights = fade(n, shape.half_life_days)
    beta = fit_poisson(y, columns[:n], weights)
    mu = np.exp(np.clip(columns @ beta, -20.0, 20.0))
    fitted, ahead = mu[:n], mu[n:]
    recent = fade(n, shape.level_half_life_days)
    level = (recent @ y + LEVEL_PRIOR_TICKETS) / (recent @ fitted + LEVEL_PRIOR_TICKETS)
    phi = dispersion(y, fitted, shape.level_half_life_days, degrees_of_freedom(columns[:n], weights * fitted))
    lead = np.arange(1, horizon + 1)
    wander = level_drift(y, fitted, phi) * lead
    # The level is a mean of about 1 / (1 - daily fade) days.
    estimate = phi * (1 - 0.5 ** (1 / shape.level_half_life_days)) / float(fitted.mean())
    return GlmForecast(np.asarray(level * ahead), phi, np.asarray(wander + estimate))


def calendar_matrix(days: Days, country: str | None = None) -> Array:
    """Return the calendar columns that the widest regression needs; narrower ones take the first of them."""
    return day_matrix(days, country=country, fourier_pairs=MOST_FOURIER_PAIRS)


def _columns(calendar: Array, n: int, shape: GlmShape) -> Array:
    pairs = shape.fourier_pairs if n > shape.fourier_from_days else 0
    plain = calendar.shape[1] - 2 * MOST_FOURIER_PAIRS
    columns = calendar[:, : plain + 2 * pairs]
    if not shape.has_trend:
        return columns
    years = (np.arange(len(calendar)) - (n - 1)) / 365.25
    return np.column_stack([columns, years])


def degrees_of_freedom(columns: Array, weights: Array, ridge: float = 1.0) -> float:
    """Return how many coefficients a ridge regression has in effect: the trace of its hat matrix."""
    penalty = np.diag(np.concatenate([[0.0], np.full(columns.shape[1] - 1, ridge)]) + 1e-9)
    information = (columns * weights[:, None]).T @ columns
    return float(np.trace(np.linalg.solve(information + penalty, information)))


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
    pearson = float(np.average((y - expected) ** 2 / expected, weights=weights)) / (2 - keep)
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
