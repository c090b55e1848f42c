"""The published forecast: every series, every interval ahead, mean, quantiles and chance of a spike.

`forecast_series` is what the command line, the worker and the notebooks call. Each series is forecast day by
day (`pool`), spread over hours where asked (`intraday`), made to add up (`hierarchy`), and given intervals
(`intervals`). Nothing is random, so nothing is seeded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.calendar import day_range, interval_seconds, local_days
from training.forecasting.events import event_factors
from training.forecasting.glm import calendar_matrix
from training.forecasting.hierarchy import groupings, mean_variance, reconcile
from training.forecasting.intervals import QUANTILES, Spread, spread_exceedance, spread_quantiles
from training.forecasting.intraday import (
    SCORED_DAYS,
    Clock,
    clock_of,
    hour_spread,
    profile,
    share_dispersion,
    shares_of,
    slot_average,
)
from training.forecasting.noticed import notice, say
from training.forecasting.pool import NO_BASIS, DailyForecast, forecast_days
from training.forecasting.reforecast import day_factor
from training.forecasting.series import TOTAL, SeriesTable
from training.forecasting.swa import spike_threshold
from triage.errors import InputError
from triage.known_event import KnownEvent

Array = NDArray[np.float64]

QUANTILE_COLUMNS = tuple(f"q{round(100 * level):02d}" for level in QUANTILES)
COLUMNS = ("series", "start", "origin", "mean", *QUANTILE_COLUMNS, "spike_threshold", "spike_probability")
"""The columns of a forecast; others build on them."""

LONGEST_HORIZON_DAYS = 731


class Forecast(NamedTuple):
    """A forecast and what it rests on.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `COLUMNS`; ``start`` and ``origin`` are UTC timestamps; rows by series, then time.
    basis : dict of str to str
        For each series the members of the pool that made it, or ``no basis``.
    events : dict of str to dict of str to float
        By kind of event and series, the factor of one day that was learnt.
    noticed : tuple of str
        What was left out or shared out of the history, its gaps and outlying days, and events that overlap or
        are on no series of it, in words.
    """

    table: pd.DataFrame
    basis: dict[str, str]
    events: dict[str, dict[str, float]]
    noticed: tuple[str, ...] = ()


class _Ahead(NamedTuple):
    """One series over the intervals ahead, before reconciliation."""

    mean: Array
    spread: Spread
    average: Array


def forecast_series(
    series: SeriesTable,
    *,
    horizon: int,
    country: str | None = None,
    events: Sequence[KnownEvent] = (),
    progress: Callable[[str], None] | None = None,
) -> Forecast:
    """Forecast the intervals from a table's origin on.

    Parameters
    ----------
    series : SeriesTable
        With a gap before its origin (``silent_from``), the days of the gap are neither learnt from nor shown,
        and what comes after them is as unsure as what lies so far ahead.
    horizon : int
        Intervals ahead.
    country : str, optional
        Whose public holidays count: ISO 3166 code such as ``US`` or ``DE-BY``.
    events : sequence of KnownEvent, default ()
        Past ones, to learn their effect, and those to come.
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
            f"(two years); choose one of these."
        )
    past, ahead, begun, chosen = _clocks(series, horizon)
    n_days, days_ahead = int(past.day[-1]) + 1, int(ahead.day[-1]) + 1
    first = local_days(series.starts[:1], series.zone)[0]
    every_day = day_range(first, first + np.timedelta64(n_days + days_ahead - 1, "D"))
    calendar = calendar_matrix(every_day, country)
    padded = _pad_to_days(series, past)
    daily = np.stack([np.bincount(past.day, weights=row) for row in padded]).astype(float)
    parent = series.names.index(TOTAL) if TOTAL in series.names else None
    effects = event_factors(events, series.names, daily, every_day)
    factors = effects.factors
    days = forecast_days(daily / factors[:, :n_days], calendar, days_ahead, parent=parent)
    days = [_with_events(day, factors[row], n_days) for row, day in enumerate(days)]
    spreads = []
    for row, day in enumerate(days):
        # What came today so far; of a day that has not begun, nothing.
        today = series.counts[row, len(series.starts) - min(begun, len(series.starts)) :]
        spreads.append(_spread(padded[row], today, day, past, ahead, chosen, per_day))
        if progress is not None:
            progress(series.names[row])
    base = np.stack([one.mean for one in spreads])
    if parent is not None:
        sets = groupings(series.names, series.counts)
        base = reconcile(base, parent, sets, _mean_variance(days, daily))
    starts = ahead.starts[chosen]
    frames = [_rows(series, row, base[row], spreads[row], starts) for row in range(len(days))]
    basis = {name: days[row].basis for row, name in enumerate(series.names)}
    total = daily.sum(axis=0) if parent is None else daily[parent]
    gaps = tuple(say(one) for one in notice(total, every_day[:n_days]))
    noticed = (*series.noticed, *effects.noticed, *gaps)
    return Forecast(pd.concat(frames, ignore_index=True), basis, effects.learnt, noticed)


def _mean_variance(days: Sequence[DailyForecast], daily: Array) -> Array:
    """Return how uncertain the mean of each series is, from the days since its first ticket."""
    seen = daily.shape[1] - np.argmax(daily > 0, axis=1)
    mean = np.array([day.mean.mean() for day in days])
    return mean_variance(mean, np.array([day.spread.dispersion[0] for day in days]), seen.astype(float))


def _with_events(day: DailyForecast, factor: Array, n: int) -> DailyForecast:
    """Put the effect of events back that was taken out before anything was learnt."""
    if (factor == 1.0).all():
        return day
    past = day.past
    pairs = zip(past.ends, past.means, strict=True)
    means = np.stack([_times(mean, factor[end:]) for end, mean in pairs]) if past.ends else past.means
    return replace(day, mean=day.mean * factor[n:], past=replace(past, means=means))


def _times(mean: Array, factor: Array) -> Array:
    known = min(len(mean), len(factor))
    return np.concatenate([mean[:known] * factor[:known], mean[known:]])


def _clocks(series: SeriesTable, horizon: int) -> tuple[Clock, Clock, int, slice]:
    """Cut the days counted and those after; say how many intervals of these were counted, which are asked."""
    per_day = 86_400 // interval_seconds(series.interval)
    first, day, begin_day = local_days(np.array([series.starts[0], series.end, series.origin]), series.zone)
    one = np.timedelta64(1, "D")
    if day == first:
        raise InputError(
            f"Got a history from {series.starts[0]} to {series.end} UTC, which holds no whole day in "
            f"{series.zone}; expected at least one, better two weeks; forecast again with more history."
        )
    past = clock_of(day_range(first, day - one), series.interval, series.zone)
    # Two days more than needed: the first may be half over, and one may have only 23 hours.
    last = begin_day + np.timedelta64(horizon // per_day + 2, "D")
    ahead = clock_of(day_range(day, last), series.interval, series.zone)
    begun, begin = np.searchsorted(ahead.starts, np.array([series.end, series.origin])).tolist()
    return past, ahead, begun, slice(begin, begin + horizon)


def _pad_to_days(series: SeriesTable, past: Clock) -> Array:
    """Return the counts over whole days: zeros from the first midnight, nothing of an unfinished last day."""
    begin = int(np.searchsorted(past.starts, series.starts[0]))
    padded = np.zeros((len(series.names), len(past.starts)))
    inside = min(len(past.starts) - begin, len(series.starts))
    padded[:, begin : begin + inside] = series.counts[:, :inside]
    return padded


def _spread(
    y: Array, today: Array, day: DailyForecast, past: Clock, ahead: Clock, chosen: slice, per_day: int
) -> _Ahead:
    """Spread a daily forecast over the intervals ahead, the rest of a begun day by how it began."""
    at = ahead.day[chosen]
    if per_day == 1:
        spread = day.spread
        taken = Spread(spread.dispersion[at], spread.level_variance[at], spread.shifts[at], spread.trust[at])
        return _Ahead(day.mean[at], taken, day.average[at])
    slots = profile(y, past, per_day)
    shares = shares_of(ahead, slots)
    share = shares[chosen]
    mean = day.mean[at] * share
    seen = _seen(y, day, past, per_day)
    if len(today):
        said = float(day.mean[0] * shares[: len(today)].sum())
        factor = day_factor(_days(seen, per_day), len(today), (float(today.sum()), said))
        mean = np.where(at == 0, factor * mean, mean)
    average = slot_average(y, past, ahead)[chosen]
    about = share_dispersion(y, past, slots)
    return _Ahead(mean, hour_spread(seen, about, share, day.spread, at, mean), average)


def _seen(y: Array, day: DailyForecast, past: Clock, per_day: int) -> list[tuple[Array, Array]]:
    """Return counts and forecasts of the intervals after each past origin, the latest origin last."""
    found = []
    for end, mean in zip(day.past.ends, day.past.means, strict=True):
        before = int(np.searchsorted(past.day, end))
        slots = profile(y[:before], past.until(before), per_day)
        scored = past.between(before, int(np.searchsorted(past.day, end + SCORED_DAYS)))
        said = mean[scored.day - end] * shares_of(scored, slots)
        found.append((y[before : before + len(said)], said))
    return found


def _days(seen: list[tuple[Array, Array]], per_day: int) -> list[tuple[Array, Array]]:
    """Cut past intervals into days; where the clocks changed, a cut is an hour off until the week is over."""
    return [
        (came[first : first + per_day], said[first : first + per_day])
        for came, said in seen
        for first in range(0, len(came) - per_day + 1, per_day)
    ]


def _rows(
    series: SeriesTable, row: int, mean: Array, one: _Ahead, starts: NDArray[np.datetime64]
) -> pd.DataFrame:
    threshold = spike_threshold(one.average)
    table = pd.DataFrame(
        {
            "series": series.names[row],
            "start": pd.DatetimeIndex(starts.astype("datetime64[ns]")).tz_localize("UTC"),
            "origin": pd.Timestamp(series.origin.astype("datetime64[ns]")).tz_localize("UTC"),
            "mean": mean,
        }
    )
    table[list(QUANTILE_COLUMNS)] = spread_quantiles(mean, one.spread)
    table["spike_threshold"] = threshold
    table["spike_probability"] = spread_exceedance(mean, one.spread, threshold)
    return table[list(COLUMNS)]


def no_basis(forecast: Forecast) -> list[str]:
    """Return the series whose history is too short to rest a forecast on."""
    return [name for name, basis in forecast.basis.items() if basis.startswith(NO_BASIS)]
