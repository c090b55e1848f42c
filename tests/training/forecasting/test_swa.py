import numpy as np

from training.forecasting.swa import same_weekday_average, seasonal_naive, spike_threshold


def test_each_day_gets_the_mean_of_its_weekday_over_eight_weeks():
    y = np.concatenate(
        [np.full(70, 1000.0), np.tile([7.0, 1, 1, 1, 1, 1, 1], 4), np.tile([9.0, 1, 1, 1, 1, 1, 1], 4)]
    )
    assert same_weekday_average(y, 9).tolist() == [8, 1, 1, 1, 1, 1, 1, 8, 1]


def test_a_history_that_ends_mid_week_keeps_its_weekdays():
    y = np.tile(np.arange(7.0), 10)[:-3]
    assert same_weekday_average(y, 7).tolist() == [4, 5, 6, 0, 1, 2, 3]
    assert seasonal_naive(y, 7).tolist() == [4, 5, 6, 0, 1, 2, 3]


def test_less_than_a_week_gives_the_mean():
    assert same_weekday_average(np.array([1.0, 3.0]), 3).tolist() == [2, 2, 2]
    assert seasonal_naive(np.array([1.0, 3.0]), 3).tolist() == [2, 2, 2]


def test_the_spike_threshold_is_the_ratio_for_large_series_and_the_z_score_for_small_ones():
    assert spike_threshold(np.array([1000.0, 4.0, 0.0])).tolist() == [1300.0, 8.0, 0.0]
