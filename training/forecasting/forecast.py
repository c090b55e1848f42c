"""The published forecast: every series, every interval ahead, mean, quantiles and chance of a spike.

`forecast_series` is what the command line, the worker and the notebooks call. Each series is forecast day by
day from its own history (`pool`), spread over hours where asked (`intraday`), made to add up (`hierarchy`),
and given negative-binomial intervals (`intervals`). Nothing is random, so nothing is seeded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.calendar import day_range, interval_seconds, local_days
from training.forecasting.glm import calendar_matrix
from training.forecasting.hierarchy import groupings, reconcile
from training.forecasting.intervals import QUANTILES, exceedance, quantiles
from training.forecasting.intraday import Clock, clock_of, profile, share_dispersion, shares_of, slot_average
from training.forecasting.pool import NO_BASIS, TWO_WEEKS, DailyForecast, forecast_days
from training.forecasting.series import TOTAL, SeriesTable
from training.forecasting.swa import spike_threshold
from triage.errors import InputError

Array = NDArray[np.float64]

QUANTILE_COLUMNS = tuple(f"q{round(100 * level):02d}" for level in QUANTILES)
COLUMNS = ("series", "start", "origin", "mean", *QUANTILE_COLUMNS, "spike_threshold", "spike_probability")
"""The columns of a forecast; others build on them."""

LONGEST_HORIZON_DAYS = 731
# A newborn series is drawn towards an equal share of one ticket.
_SHARE_PRIOR_TICKETS = 1.0


class Forecast(NamedTuple):
    """A forecast and what it rests on.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `COLUMNS`; ``start`` and ``origin`` are UTC timestamps; rows by series, then time.
    basis : dict of str to str
        For each series the members of the pool that made it, or ``no basis``.
    """

    table: pd.DataFrame
    basis: dict[str, str]


class _Spread(NamedTuple):
    """One series over the intervals ahead, before reconciliation."""

    mean: Array
    dispersion: Array
    level_variance: Array
    average: Array
    basis: str


def forecast_series(
    series: SeriesTable,
    *,
    horizon: int,
    country: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Forecast:
    """Forecast the intervals after the last one counted.

    Parameters
    ----------
    series : SeriesTable
    horizon : int
        Intervals ahead.
    country : str, optional
        Whose public holidays count: ISO 3166 code such as ``US`` or ``DE-BY``.
    progress : callable, optional
        Called with the name of each series when it is done.

    Raises
    ------
    InputError
        When the horizon is below 1 or beyond two years, the country is unknown, or the history does not
        hold one whole local day.
    """
    per_day = 86_400 // interval_seconds(series.interval)
    if not 1 <= horizon <= LONGEST_HORIZON_DAYS * per_day:
        raise InputError(
            f"Got horizon {horizon}; expected 1 to {LONGEST_HORIZON_DAYS * per_day} intervals "
            f"(two years); choose a shorter one."
        )
    past, ahead, chosen = _clocks(series, horizon)
    n_days, days_ahead = int(past.day[-1]) + 1, int(ahead.day[-1]) + 1
    first = local_days(series.starts[:1], series.zone)[0]
    every_day = day_range(first, first + np.timedelta64(n_days + days_ahead - 1, "D"))
    calendar = calendar_matrix(every_day, country)
    padded = _pad_to_days(series, past)
    daily = np.stack([np.bincount(past.day, weights=row) for row in padded])
    parent = series.names.index(TOTAL) if TOTAL in series.names else None
    # The parent comes first, since a newborn child is a share of it.
    order = sorted(range(len(series.names)), key=lambda row: row != parent)
    by_day: dict[int, DailyForecast] = {}
    spreads: dict[int, _Spread] = {}
    for row in order:
        above = None if parent is None or row == parent else (daily[parent], by_day[parent])
        by_day[row] = _forecast_row(daily[row], above, calendar, days_ahead)
        spreads[row] = _spread(padded[row], by_day[row], past, ahead, chosen, per_day)
        if progress is not None:
            progress(series.names[row])
    base = np.stack([spreads[row].mean for row in range(len(order))])
    if parent is not None:
        base = reconcile(base, parent, groupings(series.names, series.counts))
    starts = ahead.starts[chosen]
    frames = [_rows(series, row, base[row], spreads[row], starts) for row in range(len(order))]
    basis = {name: spreads[row].basis for row, name in enumerate(series.names)}
    return Forecast(pd.concat(frames, ignore_index=True), basis)


def _clocks(series: SeriesTable, horizon: int) -> tuple[Clock, Clock, slice]:
    """Cut the whole days counted and the days ahead; say which intervals ahead are asked for."""
    per_day = 86_400 // interval_seconds(series.interval)
    first, day = local_days(np.array([series.starts[0], series.origin]), series.zone)
    one = np.timedelta64(1, "D")
    if day == first:
        raise InputError(
            f"Got a history from {series.starts[0]} to {series.origin} UTC, which holds no whole day in "
            f"{series.zone}; expected at least one, better two weeks; forecast again with more history."
        )
    past = clock_of(day_range(first, day - one), series.interval, series.zone)
    # Two days more than needed: the first may be half over, and one may have only 23 hours.
    ahead = clock_of(
        day_range(day, day + np.timedelta64(horizon // per_day + 2, "D")), series.interval, series.zone
    )
    begin = int(np.searchsorted(ahead.starts, series.origin))
    return past, ahead, slice(begin, begin + horizon)


def _pad_to_days(series: SeriesTable, past: Clock) -> Array:
    """Return the counts over whole days: zeros from the first midnight, nothing of an unfinished last day."""
    begin = int(np.searchsorted(past.starts, series.starts[0]))
    padded = np.zeros((len(series.names), len(past.starts)))
    inside = min(len(past.starts) - begin, len(series.starts))
    padded[:, begin : begin + inside] = series.counts[:, :inside]
    return padded


def _forecast_row(
    y: Array, above: tuple[Array, DailyForecast] | None, calendar: Array, horizon: int
) -> DailyForecast:
    """Forecast one series from the day of its first ticket on, or as a share of the series above it."""
    filed = np.flatnonzero(y)
    born = int(filed[0]) if len(filed) else len(y) - 1
    own = forecast_days(y[born:], calendar[born:], horizon)
    if above is None or len(y) - born >= TWO_WEEKS:
        return own
    parent_y, parent = above
    share = (y[born:].sum() + _SHARE_PRIOR_TICKETS / 2) / (parent_y[born:].sum() + _SHARE_PRIOR_TICKETS)
    return replace(own, mean=parent.mean * min(1.0, share))


def _spread(y: Array, day: DailyForecast, past: Clock, ahead: Clock, chosen: slice, n_slots: int) -> _Spread:
    """Spread a daily forecast over the intervals ahead.

    The variance of a count that is share s of its day is phi_s m + s phi m + m^2 x (level variance): the
    scatter about the share, and the share of the day's own.
    """
    at = ahead.day[chosen]
    level = day.level_variance[at]
    if n_slots == 1:
        ones = np.full(len(at), day.dispersion)
        return _Spread(day.mean[at], ones, level, day.average[at], day.basis)
    slots = profile(y, past, n_slots)
    share = shares_of(ahead, slots)[chosen]
    about = share_dispersion(y, past, slots) + share * (day.dispersion - 1.0)
    average = slot_average(y, past, ahead)[chosen]
    return _Spread(day.mean[at] * share, about, level, average, day.basis)


def _rows(
    series: SeriesTable, row: int, mean: Array, spread: _Spread, starts: NDArray[np.datetime64]
) -> pd.DataFrame:
    variance = spread.dispersion * mean + mean**2 * spread.level_variance
    threshold = spike_threshold(spread.average)
    table = pd.DataFrame(
        {
            "series": series.names[row],
            "start": pd.DatetimeIndex(starts.astype("datetime64[ns]")).tz_localize("UTC"),
            "origin": pd.Timestamp(series.origin.astype("datetime64[ns]")).tz_localize("UTC"),
            "mean": mean,
        }
    )
    table[list(QUANTILE_COLUMNS)] = quantiles(mean, variance)
    table["spike_threshold"] = threshold
    table["spike_probability"] = exceedance(mean, variance, threshold)
    return table[list(COLUMNS)]


def no_basis(forecast: Forecast) -> list[str]:
    """Return the series whose history is too short to rest a forecast on."""
    return [name for name, basis in forecast.basis.items() if basis.startswith(NO_BASIS)]
