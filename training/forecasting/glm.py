"""Poisson regressions of daily counts on the calendar, of many series at once.

The mean is exp(offset + calendar columns x coefficients), fitted to a history that fades with age, times a
short-lived level. A series that is part of another is regressed on its share of it: the parent's calendar
is its offset, and its own coefficients say by how much it departs. How far coefficients may go is a normal
prior whose weight is that of counts as scattered as these are (penalty phi / sd^2): a Poisson's would
believe two Christmases. Formulas are the project's forecasting reference, section 4 ("GLM", "GLMy"); what
differs was chosen on the earlier origins of ``benchmarks/forecast.py``: levels fade in four and eight days
instead of fourteen, since ticket volume drifts faster than the reference's emergency calls, and so do the
priors. Nothing here knows of hours or of intervals (`spread`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.calendar import Days, day_matrix

LEVEL_PRIOR_TICKETS = 5.0
MOST_FOURIER_PAIRS = 8
PLAIN_COLUMNS = 11
"""Columns of `calendar_matrix` before its Fourier pairs: 1, six weekdays, three of holidays, turn of year."""
SPECIAL = slice(8, 12)
"""Where a regression has holidays and the turn of the year; before them are 1 and seven weekdays."""
WEEKDAY_SD = 0.7
SPECIAL_SD = 0.2
FOURIER_SD = 0.1
TREND_SD = 0.5
PART_WEEKDAY_SD = 0.2
PART_SPECIAL_SD = 0.1
"""Parts of a total depart from its calendar by less than the total's own effects."""
MOST_SCATTER = 9.0
"""A day three standard deviations off says something happened, not that every day scatters."""
_STEPS = 25

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GlmShape:
    """Which calendar a regression sees, and how fast it forgets.

    Parameters
    ----------
    half_life_days : float, default 120
        Age at which a day counts half.
    level_half_life_days : float, default 8
        The same for the level that is put on top.
    fourier_pairs : int, default 0
        Sine and cosine pairs of the day of the year.
    has_trend : bool, default False
        Whether there is a linear trend.
    most_days : int, default 730
        Older days are left out.
    """

    half_life_days: float = 120.0
    level_half_life_days: float = 8.0
    fourier_pairs: int = 0
    has_trend: bool = False
    most_days: int = 730


GLM = GlmShape()
GLM_QUICK = GlmShape(level_half_life_days=4.0)
GLM_SEASON = GlmShape(half_life_days=365.0, fourier_pairs=3, most_days=1_826)
GLM_YEARLY = GlmShape(half_life_days=900.0, fourier_pairs=8, has_trend=True, most_days=1_826)


@dataclass(frozen=True)
class Fit:
    """Regressions of some series on the same days.

    Parameters
    ----------
    rate : array, shape (n_series, n + horizon)
        What the calendar alone expects, before the level.
    special : array, shape (n_series, n + horizon)
        The factor of holidays, turn of the year and events in it.
    calendar : array, shape (n_series, n + horizon)
        The logarithm of the factor of the whole calendar: what parts of the series start from.
    """

    rate: Array
    special: Array
    calendar: Array


def fade(n: int, half_life: float) -> Array:
    """Return weights of ``n`` consecutive days, the last one 1, halved every ``half_life`` days back."""
    return np.asarray(0.5 ** (np.arange(n - 1, -1, -1) / half_life))


def fit_poisson(y: Array, columns: Array, weights: Array, offset: Array, penalty: Array) -> Array:
    """Return the coefficients of weighted Poisson regressions with log link, by Newton's method.

    Parameters
    ----------
    y : array, shape (n_series, n)
    columns : array, shape (n, p)
        The same for all series; the first is the intercept.
    weights : array, shape (n_series, n)
    offset : array, shape (n_series, n)
    penalty : array, shape (n_series, p)
        On half the square of each coefficient; the intercept's is 0.

    Returns
    -------
    array, shape (n_series, p)
    """
    many, p = penalty.shape
    products = (columns[:, :, None] * columns[:, None, :]).reshape(len(columns), p * p)
    beta = np.zeros((many, p))
    plain = np.exp(np.clip(offset, -20.0, 20.0))
    # Half a ticket keeps a series of noughts from running away.
    beta[:, 0] = np.log(((weights * y).sum(axis=1) + 0.5) / np.maximum((weights * plain).sum(axis=1), 1e-9))
    ridge = np.eye(p) * 1e-9
    for _ in range(_STEPS):
        mu = np.exp(np.clip(beta @ columns.T + offset, -20.0, 20.0))
        gradient = (weights * (y - mu)) @ columns - penalty * beta
        hessian = ((weights * mu) @ products).reshape(many, p, p) + penalty[:, :, None] * np.eye(p) + ridge
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        # Far from the optimum a full step of the exponential overshoots.
        step /= np.maximum(1.0, np.abs(step).max(axis=1, keepdims=True) / 2.0)
        beta += step
        # A coefficient that only noughts decide may run for ever; a million-fold is far enough.
        np.clip(beta, -30.0, 30.0, out=beta)
        if np.abs(step).max() < 1e-6:
            break
    return beta


def fit_calendar(
    y: Array, alive: NDArray[np.intp], calendar: Array, shape: GlmShape, parent: Array | None = None
) -> Fit:
    """Fit series to the calendar.

    Parameters
    ----------
    y : array, shape (n_series, n)
        Counts of consecutive days.
    alive : array of int, shape (n_series,)
        The day on which each series begins; earlier days are not looked at.
    calendar : array, shape (n + horizon, q)
        `calendar_matrix` of those days and of the ones to forecast, and any columns of events after it.
    shape : GlmShape
    parent : array, shape (n + horizon,), optional
        `Fit.calendar` of the series that these are parts of.
    """
    n = y.shape[1]
    begin = max(0, n - shape.most_days)
    columns, deviation = _columns(calendar, n, shape, is_part=parent is not None)
    offset = np.zeros(len(calendar)) if parent is None else parent
    offset = np.broadcast_to(offset, (len(y), len(calendar)))
    recent, days = y[:, begin:], columns[begin:n]
    weights = fade(n - begin, shape.half_life_days) * (np.arange(begin, n) >= alive[:, None])
    known = offset[:, begin:n]
    loose = np.ones((len(y), columns.shape[1]))
    loose[:, 0] = 0.0
    beta = fit_poisson(recent, days, weights, known, loose)
    fitted = np.exp(np.clip(beta @ days.T + known, -20.0, 20.0))
    phi = np.maximum(1.0, scatter((recent - fitted) ** 2 / np.maximum(fitted, 1e-6), weights))
    penalty = phi[:, None] / deviation**2
    penalty[:, 0] = 0.0
    beta = fit_poisson(recent, days, weights, known, penalty)
    effect = beta[:, 1:] @ columns[:, 1:].T + offset
    special = beta[:, SPECIAL] @ columns[:, SPECIAL].T
    if parent is not None:
        special = effect
    rate = np.exp(np.clip(beta[:, :1] + effect, -20.0, 20.0))
    return Fit(rate, np.exp(np.clip(special, -5.0, 5.0)), np.asarray(effect))


def scatter(squares: Array, weights: Array) -> Array:
    """Return the weighted mean of squared residuals, no one of them counted above `MOST_SCATTER` times it.

    Parameters
    ----------
    squares, weights : array, shape (..., n)

    Returns
    -------
    array, shape (...,)
    """
    total = np.maximum(weights.sum(axis=-1), 1e-9)
    mean = (weights * squares).sum(axis=-1) / total
    for _ in range(3):
        mean = (weights * np.minimum(squares, MOST_SCATTER * mean[..., None])).sum(axis=-1) / total
    return np.asarray(mean)


def level(y: Array, rate: Array, half_life_days: float) -> Array:
    """Return how far the last days of each series lie above what the calendar expects, shape (n_series,)."""
    recent = fade(y.shape[1], half_life_days)
    return np.asarray(
        (y @ recent + LEVEL_PRIOR_TICKETS) / (rate[:, : y.shape[1]] @ recent + LEVEL_PRIOR_TICKETS)
    )


def calendar_matrix(days: Days, country: str | None = None) -> Array:
    """Return the calendar columns that the widest regression needs; narrower ones take the first of them."""
    return day_matrix(days, country=country, fourier_pairs=MOST_FOURIER_PAIRS)


def _columns(calendar: Array, n: int, shape: GlmShape, *, is_part: bool) -> tuple[Array, Array]:
    """Return the columns of a regression, and how far each coefficient may go (standard deviations)."""
    # Seven weekdays beside the intercept: each is drawn to the mean of all, not to one among them.
    monday = 1.0 - calendar[:, 1:7].sum(axis=1)
    plain = np.column_stack([calendar[:, 0], monday, calendar[:, 1:PLAIN_COLUMNS]])
    fourier = calendar[:, PLAIN_COLUMNS : PLAIN_COLUMNS + 2 * shape.fourier_pairs]
    years = (np.arange(len(calendar)) - (n - 1.0)) / 365.25
    parts = [plain] if is_part else [plain, fourier]
    deviation = np.full(plain.shape[1], PART_SPECIAL_SD if is_part else SPECIAL_SD)
    deviation[1 : SPECIAL.start] = PART_WEEKDAY_SD if is_part else WEEKDAY_SD
    deviations = [deviation] if is_part else [deviation, np.full(fourier.shape[1], FOURIER_SD)]
    if shape.has_trend and not is_part:
        parts.append(years[:, None])
        deviations.append(np.array([TREND_SD]))
    return np.column_stack(parts), np.concatenate(deviations)
