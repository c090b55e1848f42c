"""Series of daily counts, forecast by as much as their histories can carry.

The ladder is that of the project's forecasting reference, section 5. Under two weeks there is no basis, and
a forecast says so; from then on the members of the pool (`members`) are averaged, equally at first, and by
how they did at past origins (`backtest`) from the fifth week on. Intervals are the regression's negative
binomial, and from then on also the residuals of those origins, recent ones most. Nothing here knows of
hours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.forecasting.backtest import HORIZON_DAYS, Past, look_back, origins
from training.forecasting.intervals import NO_BASIS_K, SHIFT_LEVELS, Spread, weighted_quantiles
from training.forecasting.members import TWO_WEEKS, Said, ask_members
from training.forecasting.spread import native_spread
from training.forecasting.swa import WEEKS, same_weekday_average

Array = NDArray[np.float64]

NO_BASIS = "no basis"
LEADS = ((0, 7), (7, 14), (14, HORIZON_DAYS))
"""Days ahead whose residuals are alike."""
OTHER_LEADS = 0.3
"""What a residual of another lead counts."""
RESIDUAL_HALF_LIFE_DAYS = 60.0
MOST_TRUST = 0.35
FULL_RESIDUALS = 300
"""Residuals from which on the conformal view has its full share (24 origins have 600)."""
# A newborn series is drawn towards an equal share of one ticket.
_SHARE_PRIOR_TICKETS = 1.0


@dataclass(frozen=True)
class DailyForecast:
    """One series over the days ahead, and what it rests on.

    Parameters
    ----------
    mean : array, shape (horizon,)
    spread : Spread
        Of the days ahead.
    average : array, shape (horizon,)
        Same-weekday average, which spike thresholds are set against.
    basis : str
        ``no basis``, or the members of the pool and their weights in percent, such as
        ``SWA8:10+GLMq:35+GLM:30+ETS:25``.
    past : Past
        What the same mean would have said at earlier origins.
    """

    mean: Array
    spread: Spread
    average: Array
    basis: str
    past: Past


def forecast_days(
    y: Array,
    calendar: Array,
    horizon: int,
    *,
    parent: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[DailyForecast]:
    """Forecast series of daily counts.

    Parameters
    ----------
    y : array, shape (n_series, n)
        Counts of consecutive days, n >= 1.
    calendar : array, shape (n + horizon, p)
        Calendar columns of those days and of the ones ahead (`glm.calendar_matrix`).
    horizon : int
        Days ahead.
    parent : int, optional
        The row of the total that the others are parts of.
    progress : callable, optional
        Called with the number of each series when it is done.
    """
    n = y.shape[1]
    alive = np.array([int(np.argmax(row > 0)) if row.any() else n - 1 for row in y], dtype=np.intp)
    if parent is not None:
        # A total of noughts is a closed helpdesk, and closed as long as it was looked at.
        alive[parent] = min(int(alive.min()), int(alive[parent]))
    if not y.any():
        alive[:] = 0
    reach = max(horizon, HORIZON_DAYS)
    wide = np.vstack([calendar, np.repeat(calendar[-1:], n + reach - len(calendar), axis=0)])
    now = ask_members(y, alive, wide, horizon, parent, [n])[0]
    ends = origins(n)
    said = ask_members(y, alive, wide, HORIZON_DAYS, parent, ends) if ends else []
    earlier = dict(zip(ends, said, strict=True))
    done: dict[int, DailyForecast] = {}
    # The parent comes first, since a newborn part is a share of it.
    for row in sorted(range(len(y)), key=lambda row: row != parent):
        above = None if parent is None or row == parent else (y[parent], done[parent].mean)
        done[row] = _one(y[row], int(alive[row]), row, now, earlier, above)
        if progress is not None:
            progress(row)
    return [done[row] for row in range(len(y))]


def _one(
    y: Array, alive: int, row: int, now: Said, earlier: dict[int, Said], above: tuple[Array, Array] | None
) -> DailyForecast:
    own, horizon = y[alive:], now.means.shape[2]
    average = same_weekday_average(own, horizon)
    past = look_back(y, alive, row, now, earlier)
    if len(own) < TWO_WEEKS:
        # A week shows the weekdays, faintly: the priors of the regression keep them near the mean.
        mean = now.means[now.names.index("GLM"), row] if len(own) >= 7 else average
        if above is not None:
            whole, ahead = above
            share = (own.sum() + _SHARE_PRIOR_TICKETS / 2) / (whole[alive:].sum() + _SHARE_PRIOR_TICKETS)
            mean = ahead * min(1.0, share)
        spread = Spread.native(np.ones(horizon), np.full(horizon, 1.0 / NO_BASIS_K))
        return DailyForecast(mean, spread, average, NO_BASIS, past)
    mean = sum(
        (weight * now.means[now.names.index(name), row] for name, weight in past.weights.items()),
        np.zeros(horizon),
    )
    phi, wander = native_spread(own, now.rate[row, alive:], horizon)
    shifts, trust = _residuals(y, past, horizon)
    spread = Spread(np.full(horizon, phi), wander, shifts, trust)
    return DailyForecast(mean, spread, average, _basis(past.weights, len(own)), past)


def _residuals(y: Array, past: Past, horizon: int) -> tuple[Array, Array]:
    """Return the quantiles of past residuals by day ahead, and how far they are trusted."""
    shifts, trust = np.zeros((horizon, len(SHIFT_LEVELS))), np.zeros(horizon)
    seen, lead, age = [np.zeros(0)], [np.zeros(0)], [np.zeros(0)]
    for end, mean in zip(past.ends, past.means, strict=True):
        came = y[end : end + HORIZON_DAYS]
        ahead = np.arange(len(came), dtype=float)
        seen.append(np.sqrt(came) - np.sqrt(np.maximum(mean[: len(came)], 0.0)))
        lead.append(ahead)
        age.append(float(len(y) - end) - ahead)
    residual, leads = np.concatenate(seen), np.concatenate(lead)
    if len(residual) == 0:
        return shifts, trust
    fresh = 0.5 ** (np.concatenate(age) / RESIDUAL_HALF_LIFE_DAYS)
    for first, last in LEADS:
        near = np.where((leads >= first) & (leads < last), 1.0, OTHER_LEADS)
        shifts[first:last] = weighted_quantiles(residual, fresh * near)
    # Nobody has seen how far off the days after the last lead are: there the native view stands alone.
    trust[:HORIZON_DAYS] = MOST_TRUST * min(1.0, len(residual) / FULL_RESIDUALS)
    return shifts, trust


def _basis(weights: dict[str, float], n_days: int) -> str:
    average = f"SWA{min(n_days // 7, WEEKS)}"
    return "+".join(
        f"{average if name == 'SWA' else name}:{100 * weight:.0f}" for name, weight in weights.items()
    )
