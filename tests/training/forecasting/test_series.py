import numpy as np
import pandas as pd
import pytest

from training.forecasting.series import SeriesCounter, count_series
from triage.errors import InputError


def steady(first="2025-01-06", n_days=30, hours=(9, 12, 15)):
    stamps = [
        day + pd.Timedelta(hours=hour) for day in pd.date_range(first, periods=n_days) for hour in hours
    ]
    return pd.Series(stamps).dt.tz_localize("UTC")


def test_days_without_tickets_between_the_first_and_the_last_count_zero():
    times = steady(n_days=10)
    times = times[times.dt.day != 9]
    table = count_series(times)
    assert table.counts.tolist() == [[3, 3, 3, 0, 3, 3, 3, 3, 3, 3]]


def test_a_last_day_that_ended_as_late_as_its_kind_is_kept():
    table = count_series(steady())
    assert table.counts.shape == (1, 30)
    assert table.origin == np.datetime64("2025-02-05")


def test_the_change_of_the_clocks_does_not_make_a_whole_day_look_cut_short():
    days = pd.date_range("2025-01-06", "2025-04-08", tz="Europe/Berlin")
    times = pd.Series([day.replace(hour=hour) for day in days for hour in (8, 23)])
    table = count_series(times, zone="Europe/Berlin")
    assert table.origin == np.datetime64("2025-04-08T22:00:00")


def test_a_last_day_that_was_cut_short_is_dropped():
    times = steady()
    table = count_series(times[:-1])
    assert table.counts.shape == (1, 29)
    assert table.origin == np.datetime64("2025-02-04")


def test_the_last_running_hour_of_an_unfinished_day_is_dropped_and_nothing_else():
    table = count_series(steady()[:-1], interval="hour")
    assert table.origin == np.datetime64("2025-02-04T12:00:00")


def test_a_known_end_of_the_history_decides_alone():
    table = count_series(steady()[:-1], until=np.datetime64("2025-02-10T05:00:00"))
    assert table.origin == np.datetime64("2025-02-10")
    assert table.counts[0, -6:].tolist() == [2, 0, 0, 0, 0, 0]


def test_chunks_in_any_order_give_the_same_table_as_all_at_once():
    times = steady()
    labels = pd.DataFrame({"team": np.resize(["network", "desk", None, " "], len(times))})
    counter = SeriesCounter("hour", "Europe/Berlin", ["team"])
    for rows in np.array_split(np.random.default_rng(0).permutation(len(times)), 7):
        counter.add(times.iloc[rows], labels.iloc[rows])
    whole = count_series(times, labels, interval="hour", zone="Europe/Berlin", by=["team"])
    chunked = counter.table()
    assert chunked.names == whole.names == ("total", "team=(none)", "team=desk", "team=network")
    np.testing.assert_array_equal(chunked.counts, whole.counts)
    np.testing.assert_array_equal(whole.counts[1:].sum(axis=0), whole.counts[0])


def test_every_hour_of_a_25_hour_day_is_counted_apart():
    times = pd.date_range("2025-10-25T22:00Z", "2025-10-26T22:59Z", freq="30min").to_series()
    table = count_series(
        times, interval="hour", zone="Europe/Berlin", until=np.datetime64("2025-10-26T23:00")
    )
    assert table.counts.tolist() == [[2.0] * 25]


def test_times_without_a_zone_are_the_workspaces():
    naive = steady().dt.tz_localize(None)
    table = count_series(naive, interval="hour", zone="America/New_York")
    assert table.starts[0] == np.datetime64("2025-01-06T14:00:00")


def test_a_table_can_be_cut_at_an_earlier_origin():
    table = count_series(steady())
    cut = table.before(np.datetime64("2025-01-20")).since(np.datetime64("2025-01-13"))
    assert cut.counts.shape == (1, 7)
    assert cut.origin == np.datetime64("2025-01-20")


def test_an_empty_history_and_a_single_ticket_are_refused_with_a_remedy():
    empty = pd.Series([], dtype="datetime64[ns, UTC]")
    with pytest.raises(InputError, match="without a single ticket"):
        count_series(empty)
    with pytest.raises(InputError, match="single day that had not ended"):
        count_series(steady()[:1])


def test_a_missing_column_and_a_missing_time_are_refused():
    with pytest.raises(InputError, match="'team'"):
        count_series(steady(), by=["team"])
    with pytest.raises(InputError, match="1 ticket"):
        count_series([pd.Timestamp("2025-01-01", tz="UTC"), pd.NaT])
