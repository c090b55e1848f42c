import numpy as np
import pytest

from features.calendar import day_range
from training.forecasting.glm import (
    DRIFT_PRIOR,
    GLM,
    GLM_YEARLY,
    calendar_matrix,
    degrees_of_freedom,
    fit_poisson,
    forecast_glm,
    level_drift,
)

WEEK = np.array([1.4, 1.2, 1.1, 1.0, 0.9, 0.3, 0.2])


def simulate(n_days, mean=60.0, horizon=28, k=None, seed=0):
    """Counts with a known weekday pattern, from a Monday on; (y, truth ahead, calendar)."""
    rng = np.random.default_rng(seed)
    mu = mean * np.tile(WEEK, (n_days + horizon) // 7 + 1)[: n_days + horizon]
    rate = mu if k is None else mu * rng.gamma(k, 1 / k, len(mu))
    y = rng.poisson(rate).astype(float)
    days = day_range(np.datetime64("2024-01-01"), np.datetime64("2024-01-01") + (n_days + horizon - 1))
    return y[:n_days], mu[n_days:], calendar_matrix(days)


@pytest.mark.parametrize("n_days", [28, 56, 364, 800])
def test_the_regression_recovers_known_weekday_effects(n_days):
    y, truth, calendar = simulate(n_days)
    mean = forecast_glm(y, calendar, 28).mean
    assert np.abs(mean / truth - 1).mean() < 0.08


def test_the_regression_recovers_a_holiday_effect():
    days = day_range(np.datetime64("2023-01-01"), np.datetime64("2025-01-31"))
    calendar = calendar_matrix(days, "US")
    mu = 80 * np.where(calendar[:, 7] == 1, 0.25, 1.0)
    y = np.random.default_rng(1).poisson(mu).astype(float)
    n = len(days) - 31
    mean = forecast_glm(y[:n], calendar, 31).mean
    holiday = calendar[n:, 7] == 1
    assert holiday.sum() == 2
    assert mean[holiday].max() < 0.55 * mean[~holiday].mean()


def test_the_yearly_regression_follows_growth_that_the_plain_one_lags():
    n = 1100
    days = day_range(np.datetime64("2022-01-01"), np.datetime64("2022-01-01") + (n + 55))
    growth = 30 * np.exp(0.5 * np.arange(n + 56) / 365.25)
    y = np.random.default_rng(2).poisson(growth[:n]).astype(float)
    calendar = calendar_matrix(days)
    yearly = forecast_glm(y, calendar, 56, GLM_YEARLY).mean
    assert abs(yearly.sum() / growth[n:].sum() - 1) < 0.1


def test_dispersion_and_drift_are_near_the_truth():
    y, _, calendar = simulate(700, mean=100.0)
    calm = forecast_glm(y, calendar, 28)
    assert 1.02 <= calm.dispersion < 1.25
    wild = forecast_glm(simulate(700, mean=100.0, k=10)[0], calendar, 28)
    # v / m = 1 + m / k, averaged over the week.
    assert 5 < wild.dispersion < 14
    assert calm.level_variance[-1] < 0.01


def test_a_wandering_level_is_seen_and_a_short_history_shows_none():
    rng = np.random.default_rng(3)
    level = np.exp(np.cumsum(rng.normal(0, 0.03, 1000)))
    y = rng.poisson(200 * level).astype(float)
    fitted = np.full(1000, y.mean())
    # The true variance of the log level is 0.0009 a day.
    assert 0.0003 < level_drift(y, fitted, 1.02) < 0.003
    assert level_drift(y[:41], fitted[:41], 1.02) == DRIFT_PRIOR


def test_a_series_without_tickets_gets_a_small_rate_and_no_warning():
    _, _, calendar = simulate(100)
    mean = forecast_glm(np.zeros(100), calendar, 28).mean
    assert mean.tolist() == [0.005] * 28


def test_newton_reaches_the_optimum_of_a_hard_start():
    rng = np.random.default_rng(4)
    columns = np.column_stack([np.ones(300), rng.random(300) < 0.03])
    y = rng.poisson(np.exp(0.1 + 6.0 * columns[:, 1])).astype(float)
    weights = np.ones(300)
    beta = fit_poisson(y, columns, weights)
    gradient = columns.T @ (weights * (y - np.exp(columns @ beta))) - np.array([0.0, beta[1]])
    assert np.abs(gradient).max() < 1e-4
    assert GLM.half_life_days == 180


def test_coefficients_that_the_data_decide_count_one_degree_of_freedom_each():
    rng = np.random.default_rng(6)
    columns = np.column_stack([np.ones(500), rng.normal(size=(500, 3)), np.zeros(500)])
    assert degrees_of_freedom(columns, np.full(500, 50.0)) == pytest.approx(4.0, abs=0.01)
    assert degrees_of_freedom(columns, np.full(500, 1e-6)) == pytest.approx(1.0, abs=0.01)
