import numpy as np
import pandas as pd
import pytest

from training.forecasting.forecast import forecast_series
from training.forecasting.series import SeriesCounter, SeriesTable
from training.forecasting.silence import find_silence, say_ended, table_up_to

BEGIN = np.datetime64("2026-01-05T00:00:00", "s")
HOUR, DAY = np.timedelta64(3_600, "s"), np.timedelta64(86_400, "s")


def filed(days: int, each_day: int = 6, *, without: range = range(0)) -> np.ndarray:
    """Tickets from eight in the morning on, every two hours, on consecutive days."""
    at = [BEGIN + day * DAY + (8 + 2 * n) * HOUR for day in range(days) for n in range(each_day)]
    return np.array([one for one in at if int((one - BEGIN) // DAY) not in without])


def up_to(times: np.ndarray, silent: int, interval: str = "day") -> SeriesTable:
    """Return what is counted so many whole silent days, and half a day, after the last of forty days."""
    now = BEGIN + (40 + silent) * DAY + 12 * HOUR
    counter = SeriesCounter(interval, "UTC", now=now)
    counter.add(times)
    return table_up_to(counter, now)


def test_a_weekend_of_a_thin_desk_is_days_without_tickets_and_not_told():
    table = up_to(filed(40, each_day=1), 3)
    assert (table.counts[0, -3:].tolist(), table.silent_from, table.noticed) == ([0, 0, 0], None, ())
    assert table.origin == BEGIN + 43 * DAY


@pytest.mark.parametrize("interval", ["day", "hour", "30min"])
def test_a_silence_in_which_much_was_to_be_expected_is_a_gap_up_to_now(interval: str):
    table = up_to(filed(40), 20, interval)
    now = BEGIN + 60 * DAY + (0 if interval == "day" else 12) * HOUR
    assert table.origin == now and table.end == BEGIN + 40 * DAY == table.silent_from
    assert table.counts.sum() == 240
    (said,) = table.noticed
    assert "since 13 Feb 2026, for 20 whole days, in which 120 were to be expected" in said
    assert "is the feed broken?" in said


@pytest.mark.parametrize("interval", ["day", "hour"])
def test_after_a_gap_the_forecast_begins_now_at_the_level_of_before_and_is_less_sure(interval: str):
    rng = np.random.default_rng(7)
    times = np.concatenate([filed(40)[rng.random(240) < 0.8] for _ in range(3)])
    silent, fed = up_to(times, 20, interval), up_to(times, 0, interval)
    horizon = 7 if interval == "day" else 7 * 24
    after = forecast_series(silent, horizon=horizon).table
    before = forecast_series(fed, horizon=horizon).table
    assert after["start"].iloc[0] == after["origin"].iloc[0] == pd.Timestamp(silent.origin, tz="UTC")
    assert len(after) == horizon
    assert after["mean"].sum() == pytest.approx(before["mean"].sum(), rel=0.1)
    width = [(one["q90"] - one["q10"]).sum() for one in (after, before)]
    assert width[0] > width[1]


def test_a_silence_as_long_as_one_before_is_days_without_tickets_and_told():
    table = up_to(filed(40, without=range(10, 26)), 15)
    assert table.silent_from is None and table.counts[0, -15:].sum() == 0
    (said,) = table.noticed
    assert "for 15 whole days: they count as days without tickets" in said and "broken?" in said
    longer = up_to(filed(40, without=range(10, 26)), 17)
    assert longer.silent_from is not None


def test_a_day_that_was_cut_short_by_the_gap_is_left_out():
    table = up_to(filed(40)[:-4], 20)
    assert table.silent_from == BEGIN + 39 * DAY and table.counts[0, -1] == 6


def test_after_more_than_a_year_the_history_ends_with_its_last_ticket():
    table = up_to(filed(40), 400)
    assert table.silent_from is None and table.origin == BEGIN + 40 * DAY
    assert "for 400 whole days: the history ends there, and the forecast begins." in table.noticed[0]


def test_a_table_before_the_gap_has_none():
    table = up_to(filed(40), 20)
    earlier = table.before(table.starts[30])
    assert (earlier.silent_from, earlier.origin) == (None, table.starts[30])
    assert table.before(table.origin).origin == table.origin
    assert find_silence(earlier) is None


def test_a_file_that_ends_long_ago_is_told_with_what_to_do():
    table = up_to(filed(40), 0)
    assert say_ended(table, table.end + 14 * DAY) is None
    said = say_ended(table, table.end + 30 * DAY)
    assert said is not None and "30 days ago, on 14 Feb 2026" in said and "--from-now" in said
