import numpy as np
import pytest

from training.forecasting.noticed import notice, say

DAYS = np.datetime64("2025-01-06") + np.arange(200)
WEEK = np.array([30.0, 28, 27, 29, 25, 4, 3])


def history() -> np.ndarray:
    return np.random.default_rng(2).poisson(np.resize(WEEK, 200)).astype(float)


def test_an_ordinary_history_has_nothing_to_tell():
    assert notice(history(), DAYS) == []
    assert notice(np.zeros(200), DAYS) == [] and notice(np.ones(1), DAYS[:1]) == []


def test_a_week_without_a_ticket_and_a_day_like_no_other_are_told():
    y = history()
    y[70:77], y[120] = 0.0, 260.0
    gap, high = notice(y, DAYS)
    assert (gap.kind, gap.first, gap.last, gap.tickets) == ("gap", DAYS[70], DAYS[76], 0.0)
    assert gap.usual == pytest.approx(WEEK.sum(), rel=0.15)
    assert (high.kind, high.first, high.last, high.tickets) == ("high", DAYS[120], DAYS[120], 260.0)
    assert (
        say(gap)
        == f"From Mon 17 Mar 2025 to Sun 23 Mar 2025 no ticket came, where {gap.usual:.0f} are usual."
    )
    assert say(high) == f"On Tue 6 May 2025 260 tickets came, where {high.usual:.0f} are usual."


def test_closed_weekends_and_quiet_days_are_no_gaps():
    y = history()
    y[np.arange(200) % 7 >= 5] = 0.0
    y[101] = 0.0  # a Thursday, and a public holiday for all we know
    (one,) = notice(y, DAYS)
    assert (one.kind, one.first) == ("gap", DAYS[101])
    y = np.random.default_rng(4).poisson(2.0, 200).astype(float)
    y[100] = 0.0
    assert notice(y, DAYS) == []


def test_of_many_the_eight_that_stand_out_most_are_told_in_order():
    y = history()
    y[6:190:20] = 300.0 + np.arange(10)
    found = notice(y, DAYS)
    assert len(found) == 8 and [one.first for one in found] == sorted(one.first for one in found)
