import numpy as np
import pytest

from tests.training.forecasting.test_glm import simulate
from training.forecasting.glm import GLM, fit_calendar
from training.forecasting.spread import DRIFT_PRIOR, LEAST_DISPERSION, level_drift, native_spread


def spread_of(y, calendar):
    return native_spread(y, fit_calendar(y[None], np.array([0]), calendar, GLM).rate[0, : len(y)], 28)


def test_dispersion_and_drift_are_near_the_truth():
    y, _, calendar = simulate(700, mean=100.0)
    phi, wander = spread_of(y, calendar)
    assert LEAST_DISPERSION <= phi < 1.4
    assert wander[-1] < 0.03
    phi, _ = spread_of(simulate(700, mean=100.0, k=10)[0], calendar)
    # v / m = 1 + m / k, averaged over the week; days far off count no more than nine typical ones.
    assert 4 < phi < 14


def test_a_wandering_level_is_seen_and_a_short_history_shows_none():
    rng = np.random.default_rng(3)
    level = np.exp(np.cumsum(rng.normal(0, 0.03, 1000)))
    y = rng.poisson(200 * level).astype(float)
    fitted = np.full(1000, y.mean())
    # The true variance of the log level is 0.0009 a day.
    assert 0.0003 < level_drift(y, fitted, 1.02) < 0.003
    assert level_drift(y[:41], fitted[:41], 1.02) == pytest.approx(DRIFT_PRIOR)


def test_noughts_have_a_wide_spread_of_a_tiny_mean():
    phi, wander = native_spread(np.zeros(60), np.full(60, 0.01), 5)
    assert phi == LEAST_DISPERSION and wander.tolist() == [1.0] * 5
