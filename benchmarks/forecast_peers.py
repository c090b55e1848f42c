"""Other forecasters, run as their makers mean them to be: AutoETS, AutoTheta, MSTL, LightGBM, Prophet.

They need the extra ``peers`` (statsforecast, mlforecast, lightgbm, prophet); those that are not installed
are left out, and `installed_peers` says so. Intervals: statsforecast's own (normal, for 60, 80 and 90 %),
Prophet's own sample paths, and for LightGBM, which has none, quantiles of residuals of a cross-validation
on the square-root scale. Nothing is left below zero. A series begins with its first ticket.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training.forecasting.intervals import QUANTILES

Array = NDArray[np.float64]
Ahead = tuple[Array, Array]
"""Mean, shape (n_series, horizon), and quantiles, shape (n_series, horizon, n_levels)."""

_SIDES = {0.05: "lo-90", 0.10: "lo-80", 0.20: "lo-60", 0.50: "mean", 0.80: "hi-60", 0.90: "hi-80"}
_SIDES[0.95] = "hi-90"
SAMPLES = 500
MOST_DAYS = 3 * 365
"""Older days are left out: AutoTheta and MSTL take half a minute for ten years, and gain nothing by them."""


@dataclass(frozen=True)
class Past:
    """What a peer sees: counts of every series, when they began, and how far to forecast."""

    counts: Array
    starts: NDArray[np.datetime64]
    interval: str
    horizon: int
    country: str | None

    @property
    def season(self) -> int:
        """Intervals after which the shape repeats that short-memory models are given: a week, or a day."""
        return {"day": 7, "hour": 24, "30min": 48}[self.interval]

    @property
    def week(self) -> int:
        """Intervals in a week."""
        return {"day": 7, "hour": 168, "30min": 336}[self.interval]

    @property
    def alive(self) -> list[Array]:
        """Each series from its first ticket on, of the last three years; at least two seasons of each."""
        recent = self.counts[:, -MOST_DAYS * self.week // 7 :]
        return [y[min(int(np.argmax(y > 0)), max(0, len(y) - 2 * self.season)) :] for y in recent]


Peer = Callable[[Past], Ahead]


def installed_peers() -> tuple[dict[str, Peer], list[str]]:
    """Return the peers that can run, by name, and the libraries that are missing."""
    found: dict[str, Peer] = {}
    missing = []
    wanted: dict[str, dict[str, Peer]] = {
        "statsforecast": {"AutoETS": auto_ets, "AutoTheta": auto_theta, "MSTL": mstl},
        "mlforecast": {"LightGBM": light_gbm},
        "prophet": {"Prophet": prophet},
    }
    for library, peers in wanted.items():
        if importlib.util.find_spec(library) is None:
            missing.append(library)
        else:
            found.update(peers)
    return found, missing


def auto_ets(past: Past) -> Ahead:
    """Exponential smoothing, its form chosen by AICc."""
    from statsforecast.models import AutoETS

    return _each(past, lambda n: AutoETS(season_length=past.season if n >= 2 * past.season else 1))


def auto_theta(past: Past) -> Ahead:
    """The best of four Theta models."""
    from statsforecast.models import AutoTheta

    # It takes seasons of any length; by the hour a week helps it most.
    return _each(past, lambda n: AutoTheta(season_length=past.week if n >= 2 * past.week else past.season))


def mstl(past: Past) -> Ahead:
    """Loess seasons, of every length that the history holds twice, and exponential smoothing of the trend."""
    from statsforecast.models import MSTL, AutoETS

    def model(n: int) -> Any:
        lengths = {"day": [7, 365], "hour": [24, 168], "30min": [48, 336]}[past.interval]
        return MSTL(
            season_length=[one for one in lengths if n >= 2 * one] or [past.season],
            trend_forecaster=AutoETS(model="ZZN"),
        )

    return _each(past, model)


def _each(past: Past, model: Callable[[int], Any]) -> Ahead:
    means, tables = [], []
    for y in past.alive:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                got = model(len(y)).forecast(y=y, h=past.horizon, level=[60, 80, 90])
            table = np.stack([got[_SIDES[level]] for level in QUANTILES], axis=1)
        except Exception:  # a peer that cannot take a series forecasts the mean of its last weeks
            got = {"mean": np.full(past.horizon, y[-4 * past.week :].mean())}
            table = np.repeat(got["mean"][:, None], len(QUANTILES), axis=1)
        table = np.where(np.isfinite(table), table, got["mean"][:, None])
        means.append(got["mean"])
        tables.append(table)
    return _not_below_zero(np.stack(means), np.stack(tables))


def light_gbm(past: Past) -> Ahead:
    """One Poisson model of all series: lags, rolling means, calendar, holidays."""
    import lightgbm as lgb
    from mlforecast import MLForecast
    from mlforecast.lag_transforms import RollingMean

    # One model of series of every size: each is measured in its own mean, a sleeping one in a ticket a month.
    scale = np.array([max(float(y.mean()), 1 / 30) for y in past.alive])
    frame = _long(past, scale)
    shortest = min(len(y) for y in past.alive)
    longest = max(len(y) for y in past.alive)
    window = min(past.horizon, max(1, shortest // 5))
    room = longest - 2 * window
    a_day, week = past.season if past.interval != "day" else 1, past.week
    lags = [k for k in (1, a_day, week, 2 * week, 4 * week, 52 * week) if k < room // 2] or [1]
    means = [k for k in (week, 4 * week, 8 * week) if k < room // 2]
    dates: list[Any] = ["dayofweek", "month"]
    dates += [] if past.interval == "day" else ["hour"]
    if past.country is not None:
        dates.append(_Holiday(past))
    model = lgb.LGBMRegressor(
        objective="poisson", n_estimators=200, learning_rate=0.05, num_leaves=15, min_child_samples=10,
        n_jobs=1, verbosity=-1, random_state=0, deterministic=True,
    )  # fmt: skip
    freq = {"day": "D", "hour": "h", "30min": "30min"}[past.interval]
    maker = MLForecast(
        {"lgb": model}, freq=freq, lags=sorted(set(lags)), date_features=dates, num_threads=1,
        lag_transforms={1: [RollingMean(k) for k in means]} if means else None,
    )  # fmt: skip
    windows = max(1, min(4, (shortest - window) // window - 2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            seen = maker.cross_validation(frame, n_windows=windows, h=window, refit=True)
            ahead = maker.fit(frame).predict(past.horizon)
        except ValueError:  # too short for any window
            return _flat(past)
    n = len(past.counts)
    mean = np.maximum(ahead["lgb"].to_numpy().reshape(n, past.horizon), 0.0) * scale[:, None]
    size = np.sqrt(scale[seen["unique_id"].to_numpy(dtype=int)])
    miss = size * (np.sqrt(seen["y"]) - np.sqrt(seen["lgb"].clip(lower=0.0)))
    shifts = np.stack([np.quantile(miss[seen["unique_id"] == i], QUANTILES) for i in range(n)])
    table = np.maximum(np.sqrt(mean)[:, :, None] + shifts[:, None, :], 0.0) ** 2
    return mean, table


class _Holiday:
    """A date feature: whether a day is a public holiday."""

    __name__ = "holiday"

    def __init__(self, past: Past) -> None:
        self.country = past.country

    def __call__(self, times: Any) -> Any:
        from features.calendar import holiday_days

        days = pd.DatetimeIndex(times).to_numpy().astype("datetime64[D]")
        each, at = np.unique(days, return_inverse=True)
        return holiday_days(self.country or "", each)[at].astype(int)


def prophet(past: Past) -> Ahead:
    """Prophet with the country's holidays, its sample paths as the distribution."""
    from prophet import Prophet

    for name in ("prophet", "cmdstanpy"):
        logging.getLogger(name).setLevel(logging.ERROR)
    means, tables = [], []
    freq = {"day": "D", "hour": "h", "30min": "30min"}[past.interval]
    for y in past.alive:
        frame = pd.DataFrame({"ds": pd.DatetimeIndex(past.starts[-len(y) :]), "y": y})
        model = Prophet(uncertainty_samples=SAMPLES)
        if past.country is not None:
            model.add_country_holidays(past.country.partition("-")[0])
        np.random.seed(0)
        with contextlib.redirect_stderr(None), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(frame, seed=0)
            future = model.make_future_dataframe(past.horizon, freq=freq, include_history=False)
            paths = model.predictive_samples(future)["yhat"]
        means.append(paths.mean(axis=1))
        tables.append(np.quantile(paths, QUANTILES, axis=1).T)
    return _not_below_zero(np.stack(means), np.stack(tables))


def _flat(past: Past) -> Ahead:
    mean = np.repeat(past.counts.mean(axis=1)[:, None], past.horizon, axis=1)
    return mean, np.repeat(mean[:, :, None], len(QUANTILES), axis=2)


def _long(past: Past, scale: Array) -> pd.DataFrame:
    frames = [
        pd.DataFrame({"unique_id": i, "ds": pd.DatetimeIndex(past.starts[-len(y) :]), "y": y / scale[i]})
        for i, y in enumerate(past.alive)
    ]
    return pd.concat(frames, ignore_index=True)


def _not_below_zero(mean: Array, table: Array) -> Ahead:
    return np.maximum(mean, 0.0), np.maximum(np.sort(table, axis=-1), 0.0)
