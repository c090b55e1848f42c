import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.forecasting.test_glm import WEEK
from training.forecasting.smoothing import forecast_smoothing


def test_level_and_weekdays_are_found_whatever_the_first_day():
    mu = 50 * np.tile(WEEK, 40)
    y = np.random.default_rng(0).poisson(mu).astype(float)
    for cut in (0, 3):
        mean = forecast_smoothing(y[None, cut:], np.array([0]), 14)[0]
        assert np.abs(mean / mu[:14] - 1).mean() < 0.12


def test_a_level_that_moved_for_good_is_followed():
    y = np.random.default_rng(1).poisson(np.repeat([20.0, 60.0], [300, 40])).astype(float)
    assert abs(forecast_smoothing(y[None], np.array([0]), 7).mean() - 60) < 10


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=14, max_size=60), st.integers(1, 30))
def test_series_do_not_mind_each_other_and_none_is_negative(counts, horizon):
    y = np.array(counts, dtype=float)
    alone = forecast_smoothing(y[None], np.array([0]), horizon)
    beside = forecast_smoothing(np.stack([y, y[::-1] * 3]), np.array([0, 0]), horizon)
    np.testing.assert_allclose(alone[0], beside[0])
    assert (alone >= 0).all() and np.isfinite(alone).all()
