import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.forecasting.test_glm import WEEK
from training.forecasting.forecast import COLUMNS, QUANTILE_COLUMNS, forecast_series
from training.forecasting.series import SeriesTable, count_series
from triage.errors import InputError


def table_of(counts, names=("total",), first="2024-01-01", interval="day", zone="UTC"):
    counts = np.atleast_2d(np.asarray(counts, dtype=float))
    step = {"day": 86_400, "hour": 3_600, "30min": 1_800}[interval]
    starts = np.datetime64(first, "s") + np.arange(counts.shape[1]) * np.timedelta64(step, "s")
    return SeriesTable(tuple(names), starts, counts, interval, zone, starts[-1] + np.timedelta64(step, "s"))


def family(n_days=120, seed=0, mean=30.0):
    """A total and three categories that add up to it."""
    rng = np.random.default_rng(seed)
    week = np.tile(WEEK, n_days // 7 + 1)[:n_days]
    parts = rng.poisson(mean * week * np.array([[0.6], [0.3], [0.1]])).astype(float)
    return table_of(
        np.vstack([parts.sum(axis=0), parts]), ("total", "category=a", "category=b", "category=c")
    )


def test_the_table_has_the_columns_of_the_contract_in_utc():
    table, basis, *_ = forecast_series(family(), horizon=14)
    assert tuple(table.columns) == COLUMNS
    assert str(table["start"].dtype) == str(table["origin"].dtype) == "datetime64[ns, UTC]"
    assert len(table) == 4 * 14
    assert set(basis) == set(table["series"])
    assert table["start"].min() == table["origin"].iloc[0] == pd.Timestamp("2024-04-30", tz="UTC")


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 90), st.integers(0, 100), st.sampled_from([0.2, 3.0, 400.0]))
def test_quantiles_rise_parts_add_up_and_nothing_is_negative(n_days, seed, mean):
    table, *_ = forecast_series(family(n_days, seed, mean), horizon=9)
    values = table[list(QUANTILE_COLUMNS)].to_numpy()
    assert (np.diff(values, axis=1) >= 0).all() and (values >= 0).all()
    assert (table["mean"] >= 0).all() and table["spike_probability"].between(0, 1).all()
    wide = table.pivot(index="start", columns="series", values="mean")
    np.testing.assert_allclose(wide.drop(columns="total").sum(axis=1), wide["total"])


@pytest.mark.parametrize("interval", ["day", "hour"])
def test_a_longer_horizon_extends_the_shorter_one(interval):
    rng = np.random.default_rng(1)
    series = table_of(rng.poisson(4, 24 * 70 + 5), interval=interval)
    short, *_ = forecast_series(series, horizon=10)
    long, *_ = forecast_series(series, horizon=75)
    pd.testing.assert_frame_equal(short, long.head(10))


def test_other_names_and_another_order_change_nothing():
    series = family()
    renamed = SeriesTable(
        ("total", "team=z", "team=y", "team=x"),
        series.starts,
        series.counts[[0, 3, 1, 2]],
        series.interval,
        series.zone,
        series.origin,
    )
    plain, *_ = forecast_series(series, horizon=7)
    other, *_ = forecast_series(renamed, horizon=7)
    back = {"team=z": "category=c", "team=y": "category=a", "team=x": "category=b"}
    other = other.assign(series=other["series"].replace(back))
    other = other.sort_values(["series", "start"], key=lambda c: c.replace("total", ""), kind="stable")
    pd.testing.assert_frame_equal(plain, other.reset_index(drop=True))


@pytest.mark.parametrize(("n_days", "k"), [(42, 20.0), (200, 8.0)])
def test_eighty_percent_intervals_cover_eighty_percent_of_simulated_days(n_days, k):
    rng = np.random.default_rng(5)
    hits, days = 0.0, 0
    for _ in range(30):
        mu = 40 * np.tile(WEEK, 60)[: n_days + 14]
        y = rng.negative_binomial(k, k / (k + mu)).astype(float)
        table, *_ = forecast_series(table_of(y[:n_days]), horizon=14)
        after = y[n_days:]
        # On whole numbers a bound that is hit exactly counts half.
        low, high = table["q10"].to_numpy(), table["q90"].to_numpy()
        hits += ((after > low) & (after < high)).sum() + 0.5 * ((after == low) | (after == high)).sum()
        days += len(after)
    assert 0.73 < hits / days < 0.87


def test_the_hours_of_a_day_add_up_to_the_day_also_when_it_has_23_or_25():
    zone = "Europe/Berlin"
    times = pd.date_range("2025-08-01", "2025-10-20", freq="20min", tz=zone, inclusive="left").to_series()
    hourly = count_series(times, interval="hour", zone=zone, until=np.datetime64("2025-10-19T22:00"))
    daily = count_series(times, interval="day", zone=zone, until=np.datetime64("2025-10-19T22:00"))
    hours, *_ = forecast_series(hourly, horizon=24 * 10 + 1)
    days, *_ = forecast_series(daily, horizon=10)
    per_day = hours.groupby(hours["start"].dt.tz_convert(zone).dt.date)
    assert per_day.size().tolist() == [24] * 6 + [25] + [24] * 3
    np.testing.assert_allclose(per_day["mean"].sum().to_numpy(), days["mean"].to_numpy())


def test_hours_follow_the_profile_of_their_weekday():
    week = np.zeros((7, 24))
    week[:5, 9:17] = 6.0
    week[5, 10:12] = 3.0
    y = np.random.default_rng(2).poisson(np.tile(week.ravel(), 10))
    table, *_ = forecast_series(table_of(y, interval="hour"), horizon=168)
    assert np.abs(table["mean"].to_numpy() - week.ravel()).mean() < 0.4
    assert (table["mean"] > 0).all()


def test_a_forecast_can_begin_in_the_middle_of_a_day():
    y = np.random.default_rng(3).poisson(5, 24 * 30 + 15)
    table, *_ = forecast_series(table_of(y, interval="hour"), horizon=3)
    assert table["start"].dt.hour.tolist() == [15, 16, 17]


def test_three_days_of_history_are_forecast_without_basis():
    table, basis, *_ = forecast_series(table_of([5, 6, 7]), horizon=2)
    assert basis == {"total": "no basis"}
    assert table["mean"].tolist() == [6.0, 6.0]


def test_a_newborn_label_is_a_share_of_the_total_and_flagged():
    series = family()
    parts = series.counts[1:].copy()
    parts[0, -5:], parts[2, :-5] = parts[:, -5:].sum(axis=0), 0.0
    parts[1, -5:], parts[2, -5:] = 0.0, parts[0, -5:] * 0.5
    counts = np.vstack([parts.sum(axis=0), parts])
    table, basis, *_ = forecast_series(table_of(counts, series.names), horizon=7)
    assert basis["category=c"] == "no basis"
    assert basis["total"].startswith("SWA8:")
    means = table.groupby("series")["mean"].sum()
    assert 0.15 < means["category=c"] / means["total"] < 0.45


def test_a_history_of_hours_without_a_whole_day_is_refused():
    with pytest.raises(InputError, match="holds no whole day"):
        forecast_series(table_of([1, 2, 3], interval="hour"), horizon=2)


@pytest.mark.parametrize("horizon", [0, -1, 10_000])
def test_a_horizon_out_of_range_is_refused(horizon):
    with pytest.raises(InputError, match="expected 1 to 731"):
        forecast_series(family(), horizon=horizon)
