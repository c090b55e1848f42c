"""The pool: what each of its members says about the days after a history, for all series at once.

SWA is the same-weekday average. GLM and GLMq are regressions on weekday and holidays under a level that
follows in eight and in four days; GLMs has the season of the year as well, GLMy a finer one and a trend.
ETS is exponential smoothing of what is left when holidays are taken out. Which of them a series has, the
length of its history says (reference, section 5). Parts of a total start from the total's calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.forecasting.glm import (
    GLM,
    GLM_QUICK,
    GLM_SEASON,
    GLM_YEARLY,
    Fit,
    GlmShape,
    fit_calendar,
    level,
)
from training.forecasting.smoothing import MOST_DAYS, forecast_smoothing
from training.forecasting.swa import WEEKS, same_weekday_average

Array = NDArray[np.float64]

TWO_WEEKS = 14
SEASON_FROM_DAYS = 500
TWO_YEARS = 730


@dataclass(frozen=True)
class Said:
    """What the members say at one origin.

    Parameters
    ----------
    names : tuple of str
        ``SWA``, ``GLMq``, ``GLM``, ``ETS``, and where the history allows ``GLMs``, ``GLMy``.
    means : array, shape (n_members, n_series, horizon)
        Not a number for a member that a series does not have.
    rate : array, shape (n_series, n)
        What the regression's calendar expected of the days that were seen, without a level.
    """

    names: tuple[str, ...]
    means: Array
    rate: Array


def ask_members(
    y: Array, alive: NDArray[np.intp], calendar: Array, horizon: int, parent: int | None, ends: Sequence[int]
) -> list[Said]:
    """Ask every member, at each of some origins, for the days after it.

    Parameters
    ----------
    y : array, shape (n_series, n)
        Counts of consecutive days.
    alive : array of int, shape (n_series,)
        The day on which each series begins.
    calendar : array, shape (n + horizon, q)
        `glm.calendar_matrix`.
    horizon : int
    parent : int or None
        The row of the total that the others are parts of.
    ends : sequence of int
        Origins, as numbers of days: a member sees the days before it and nothing else.
    """
    asked = [_regress(y[:, :end], np.minimum(alive, end - 1), calendar, horizon, parent) for end in ends]
    for one, smooth in zip(
        asked, _smooth(y, alive, [plain for plain, _ in asked], horizon, ends), strict=True
    ):
        one[1]["ETS"] = smooth
    said = []
    for end, (plain, found) in zip(ends, asked, strict=True):
        means = np.stack(list(found.values()))
        # A series without a ticket: half a one in the whole history is the usual estimate of such a rate.
        means[:, ~y[:, :end].any(axis=1)] = 0.5 / end
        said.append(Said(tuple(found), means, plain.rate[:, :end]))
    return said


def _regress(
    y: Array, alive: NDArray[np.intp], calendar: Array, horizon: int, parent: int | None
) -> tuple[Fit, dict[str, Array]]:
    n = y.shape[1]
    days = calendar[: n + horizon]
    length = n - alive
    plain = _fit(y, alive, days, GLM, parent)
    found = {"SWA": np.stack([_average(row, own, horizon) for row, own in zip(y, length, strict=True)])}
    for name, shape in (("GLMq", GLM_QUICK), ("GLM", GLM)):
        found[name] = level(y, plain.rate, shape.level_half_life_days)[:, None] * plain.rate[:, n:]
    for name, shape, least in (("GLMs", GLM_SEASON, SEASON_FROM_DAYS), ("GLMy", GLM_YEARLY, TWO_YEARS)):
        old = length >= least
        if old[0 if parent is None else parent] and old.any():
            fit = _fit(y, alive, days, shape, parent)
            mean = level(y, fit.rate, shape.level_half_life_days)[:, None] * fit.rate[:, n:]
            found[name] = np.where(old[:, None], mean, np.nan)
    return plain, found


def _average(y: Array, length: int, horizon: int) -> Array:
    return same_weekday_average(y[-min(max(length, 1), 7 * WEEKS) :], horizon)


def _smooth(
    y: Array, alive: NDArray[np.intp], plain: list[Fit], horizon: int, ends: Sequence[int]
) -> list[Array]:
    """Smooth all series at all origins in one pass: their histories are set flush right."""
    longest = min(max(ends), MOST_DAYS)
    table = np.zeros((len(ends), len(y), longest))
    born = np.zeros((len(ends), len(y)), dtype=np.intp)
    for i, (end, fit) in enumerate(zip(ends, plain, strict=True)):
        begin = max(0, end - longest)
        table[i, :, longest - (end - begin) :] = y[:, begin:end] / fit.special[:, begin:end]
        born[i] = np.maximum(np.minimum(alive, end - 1) - end + longest, longest - (end - begin))
    shape = (len(ends), len(y), horizon)
    ahead = forecast_smoothing(table.reshape(-1, longest), born.ravel(), horizon).reshape(shape)
    return [one * fit.special[:, end:] for one, fit, end in zip(ahead, plain, ends, strict=True)]


def _fit(y: Array, alive: NDArray[np.intp], days: Array, shape: GlmShape, parent: int | None) -> Fit:
    if parent is None or len(y) == 1:
        return fit_calendar(y, alive, days, shape)
    rows = np.arange(len(y)) != parent
    whole = fit_calendar(y[[parent]], alive[[parent]], days, shape)
    parts = fit_calendar(y[rows], alive[rows], days, shape, whole.calendar[0])
    joined = []
    for one, others in zip(
        (whole.rate, whole.special, whole.calendar), (parts.rate, parts.special, parts.calendar), strict=True
    ):
        table = np.empty((len(y), len(days)))
        table[parent], table[rows] = one[0], others
        joined.append(table)
    return Fit(*joined)
