import numpy as np

from training.forecasting.left_out import find_strays, say_strays
from training.forecasting.series import count_series

DAY = np.timedelta64(1, "D")


def days(first: str, n: int) -> np.ndarray:
    return (np.datetime64(first, "s") + np.arange(n) * DAY).astype("datetime64[s]")


def test_a_ticket_decades_before_all_others_is_left_out_and_told():
    table = count_series(np.concatenate([days("1970-01-01T08:00", 1), days("2026-01-05T08:00", 60)]))
    assert table.starts[0] == np.datetime64("2026-01-05") and table.counts[0].sum() == len(table.starts)
    assert table.noticed == ("1 ticket of 1 Jan 1970, more than a year before all others: left out.",)


def test_a_year_of_quiet_between_two_halves_of_a_history_is_part_of_it():
    starts = np.concatenate([days("2024-01-01", 30), days("2025-06-01", 30)])
    assert find_strays(starts, np.ones(60)) is None
    assert find_strays(days("2025-06-01", 30), np.ones(30)) is None
    assert find_strays(days("2025-06-01", 1), np.ones(1)) is None


def test_a_few_strays_are_told_with_their_days():
    starts = np.concatenate([days("2001-05-01", 2), days("2025-06-01", 90)])
    found = find_strays(starts, np.ones(92))
    assert found is not None and say_strays(found).startswith("2 tickets of 1 May 2001 to 2 May 2001,")


def test_what_was_filed_after_now_is_left_out_and_no_interval_ends_after_it():
    now = np.datetime64("2026-02-27T15:20:00")
    times = np.concatenate([days("2026-01-05T15:00", 54), days("2031-05-05T08:00", 1)])
    table = count_series(times, interval="hour", now=now)
    assert table.origin == np.datetime64("2026-02-27T15:00:00") == table.starts[-1] + np.timedelta64(1, "h")
    assert table.counts.sum() == 53
    assert table.noticed == ("1 ticket filed after now (on 5 May 2031): left out.",)
    daily = count_series(times, now=now)
    assert daily.origin == np.datetime64("2026-02-27")


def test_quiet_hours_up_to_now_count_as_zeros():
    now = np.datetime64("2026-02-28T15:20:00")
    table = count_series(days("2026-01-05T08:00", 54), interval="hour", until=now, now=now)
    assert table.origin == np.datetime64("2026-02-28T15:00:00") and table.counts[0, -24:].sum() == 0
