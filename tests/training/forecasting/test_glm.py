import numpy as np
import pytest

from features.calendar import day_range
from training.forecasting.glm import (
    GLM,
    GLM_YEARLY,
    calendar_matrix,
    fit_calendar,
    fit_poisson,
    level,
    scatter,
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


def ahead(y, calendar, shape=GLM, parent=None):
    """The mean of the days after one series."""
    fit = fit_calendar(y[None], np.array([0]), calendar, shape, parent)
    return (level(y[None], fit.rate, shape.level_half_life_days)[:, None] * fit.rate)[0, len(y) :]


@pytest.mark.parametrize("n_days", [28, 56, 364, 800])
def test_the_regression_recovers_known_weekday_effects(n_days):
    y, truth, calendar = simulate(n_days)
    assert np.abs(ahead(y, calendar) / truth - 1).mean() < 0.12


def test_the_regression_sees_a_holiday_that_comes_again_and_again():
    days = day_range(np.datetime64("2023-01-01"), np.datetime64("2025-01-31"))
    calendar = calendar_matrix(days, "US")
    mu = 80 * np.where(calendar[:, 7] == 1, 0.25, 1.0)
    y = np.random.default_rng(1).poisson(mu).astype(float)
    n = len(days) - 31
    mean = ahead(y[:n], calendar)
    holiday = calendar[n:, 7] == 1
    assert holiday.sum() == 2
    assert mean[holiday].max() < 0.6 * mean[~holiday].mean()


def test_one_wild_christmas_is_not_believed_like_ten():
    # Two years of strongly scattered counts hold too few holidays to believe an effect of three.
    days = day_range(np.datetime64("2023-01-01"), np.datetime64("2025-01-31"))
    calendar = calendar_matrix(days, "US")
    rng = np.random.default_rng(2)
    rate = 60 * rng.gamma(1.5, 1 / 1.5, len(days)) * np.where(calendar[:, 7] == 1, 3.0, 1.0)
    y = rng.poisson(rate).astype(float)
    n = len(days) - 31
    mean = ahead(y[:n], calendar)
    holiday = calendar[n:, 7] == 1
    assert mean[holiday].mean() < 1.7 * mean[~holiday].mean()


def test_the_yearly_regression_follows_growth_that_the_plain_one_lags():
    n = 1100
    days = day_range(np.datetime64("2022-01-01"), np.datetime64("2022-01-01") + (n + 55))
    growth = 30 * np.exp(0.5 * np.arange(n + 56) / 365.25)
    y = np.random.default_rng(2).poisson(growth[:n]).astype(float)
    yearly = ahead(y, calendar_matrix(days), GLM_YEARLY)
    assert abs(yearly.sum() / growth[n:].sum() - 1) < 0.1


def test_a_small_part_takes_the_weekdays_of_its_total():
    whole, truth, calendar = simulate(400, mean=300.0)
    total = fit_calendar(whole[None], np.array([0]), calendar, GLM)
    part = np.random.default_rng(5).binomial(whole.astype(int), 0.01).astype(float)
    with_total = ahead(part, calendar, parent=total.calendar[0])
    alone = ahead(part, calendar)
    # A hundredth of a calm total: what the part itself shows of its weekdays is mostly noise.
    assert np.abs(with_total / (0.01 * truth) - 1).mean() < np.abs(alone / (0.01 * truth) - 1).mean()


def test_many_series_are_fitted_as_each_would_be_alone():
    y, _, calendar = simulate(200)
    other = simulate(200, mean=3.0, seed=9)[0]
    both = fit_calendar(np.stack([y, other]), np.array([0, 50]), calendar, GLM)
    for row, (one, alive) in enumerate(((y, 0), (other, 50))):
        alone = fit_calendar(one[None], np.array([alive]), calendar, GLM)
        np.testing.assert_allclose(both.rate[row], alone.rate[0], rtol=1e-4)


def test_days_before_a_series_began_are_not_looked_at():
    y, _, calendar = simulate(200)
    other = y.copy()
    other[:80] = 999.0
    fits = [fit_calendar(one[None], np.array([80]), calendar, GLM).rate for one in (y, other)]
    np.testing.assert_allclose(*fits)


def test_newton_reaches_the_optimum_of_a_hard_start():
    rng = np.random.default_rng(4)
    columns = np.column_stack([np.ones(300), rng.random(300) < 0.03])
    y = rng.poisson(np.exp(0.1 + 6.0 * columns[:, 1])).astype(float)
    weights, penalty = np.ones((1, 300)), np.array([[0.0, 1.0]])
    beta = fit_poisson(y[None], columns, weights, np.zeros((1, 300)), penalty)[0]
    gradient = columns.T @ (y - np.exp(columns @ beta)) - np.array([0.0, beta[1]])
    assert np.abs(gradient).max() < 1e-3


def test_noughts_alone_are_fitted_without_a_warning():
    _, _, calendar = simulate(100)
    assert ahead(np.zeros(100), calendar).max() < 0.5


def test_scatter_is_that_of_ordinary_days():
    rng = np.random.default_rng(0)
    squares = rng.chisquare(1, 400)
    wild = squares.copy()
    wild[7] = 4_000.0
    assert scatter(wild, np.ones(400)) < 1.2 * scatter(squares, np.ones(400))
