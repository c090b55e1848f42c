"""One series of daily counts, forecast by as much as its history can carry.

The ladder is that of the project's forecasting reference, section 5. Under two weeks there is no basis, and a
forecast says so; up to eight weeks the mean of the same-weekday average and a regression on weekday and
holidays that follows the level quickly (GLMq); beyond, both and the regression with a season (GLM), weighed
by how they did lately; from two years on also the one with a trend and a fine season (GLMy). Intervals are
the regression's negative binomial. Nothing here knows of hours or of other series.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.forecasting.backtest import Member, weigh
from training.forecasting.glm import GLM, GLM_QUICK, GLM_YEARLY, GlmShape, forecast_glm
from training.forecasting.intervals import NO_BASIS_K
from training.forecasting.swa import same_weekday_average

Array = NDArray[np.float64]

NO_BASIS = "no basis"
TWO_WEEKS = 14
EIGHT_WEEKS = 56
TWO_YEARS = 730


@dataclass(frozen=True)
class DailyForecast:
    """Mean and spread of the days ahead, and what they rest on.

    Parameters
    ----------
    mean : array, shape (horizon,)
    dispersion : float
        Variance over mean of a day about its expectation.
    level_variance : array, shape (horizon,)
        Relative variance of the expectation itself: v = dispersion x mean + mean^2 x level_variance.
    average : array, shape (horizon,)
        Same-weekday average, which spike thresholds are set against.
    basis : str
        ``no basis``, or the members of the pool: ``SWA4+GLMq``, ``SWA8+GLMq+GLM``,
        ``SWA8+GLMq+GLM+GLMy``.
    """

    mean: Array
    dispersion: float
    level_variance: Array
    average: Array
    basis: str


def _swa(y: Array, calendar: Array, horizon: int) -> Array:
    return same_weekday_average(y, horizon)


def _glm(shape: GlmShape) -> Member:
    def mean(y: Array, calendar: Array, horizon: int) -> Array:
        return forecast_glm(y, calendar, horizon, shape).mean

    return mean


def members_for(n_days: int) -> dict[str, Member]:
    """Return the members of the pool for a history of ``n_days`` days, two weeks or longer."""
    weeks = min(n_days // 7, 8)
    pool: dict[str, Member] = {f"SWA{weeks}": _swa, "GLMq": _glm(GLM_QUICK)}
    if n_days >= EIGHT_WEEKS:
        pool["GLM"] = _glm(GLM)
    if n_days >= TWO_YEARS:
        pool["GLMy"] = _glm(GLM_YEARLY)
    return pool


def forecast_days(y: Array, calendar: Array, horizon: int) -> DailyForecast:
    """Forecast a series of daily counts from its own history.

    Parameters
    ----------
    y : array, shape (n,)
        Counts of consecutive days, n >= 1.
    calendar : array, shape (n + horizon, p)
        Calendar columns of those days and of the ones ahead (`glm.calendar_matrix`).
    horizon : int
        Days ahead.
    """
    average = same_weekday_average(y, horizon)
    if len(y) < TWO_WEEKS:
        # A week shows the weekdays, faintly: the penalty of the regression keeps them near the mean.
        mean = forecast_glm(y, calendar, horizon, GLM).mean if len(y) >= 7 else average
        return DailyForecast(mean, 1.0, np.full(horizon, 1.0 / NO_BASIS_K), average, NO_BASIS)
    members = members_for(len(y))
    weights = weigh(members, y, calendar[: len(y)])
    regression = forecast_glm(y, calendar, horizon, GLM)
    parts = {
        name: regression.mean if name == "GLM" else member(y, calendar, horizon)
        for name, member in members.items()
    }
    mean = sum((weights[name] * part for name, part in parts.items()), np.zeros(horizon))
    return DailyForecast(
        mean, regression.dispersion, regression.level_variance, average, basis="+".join(members)
    )
