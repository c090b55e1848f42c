import numpy as np
import pytest

from tests.training.forecasting.test_glm import simulate
from training.forecasting.backtest import origins, weigh
from training.forecasting.pool import NO_BASIS, forecast_days


@pytest.mark.parametrize(
    ("n_days", "basis"),
    [
        (1, NO_BASIS),
        (13, NO_BASIS),
        (14, "SWA2+GLMq"),
        (55, "SWA7+GLMq"),
        (56, "SWA8+GLMq+GLM"),
        (730, "SWA8+GLMq+GLM+GLMy"),
    ],
)
def test_the_rung_of_the_ladder_follows_from_the_length_of_the_history(n_days, basis):
    y, _, calendar = simulate(n_days)
    assert forecast_days(y, calendar, 28).basis == basis


def test_without_basis_the_spread_is_that_of_k_equal_to_five():
    y, _, calendar = simulate(3)
    forecast = forecast_days(y, calendar, 28)
    assert forecast.dispersion == 1.0
    assert forecast.level_variance.tolist() == [0.2] * 28


def test_members_weigh_the_same_until_three_origins_can_be_scored():
    y, _, calendar = simulate(111)
    members = {"good": lambda y, c, h: np.full(h, 50.0), "bad": lambda y, c, h: np.full(h, 500.0)}
    assert len(origins(111)) == 2 and weigh(members, y, calendar) == {"good": 0.5, "bad": 0.5}


def test_a_member_that_failed_lately_is_dropped():
    y, _, calendar = simulate(300)
    members = {"good": lambda y, c, h: np.full(h, 50.0), "bad": lambda y, c, h: np.full(h, 500.0)}
    weights = weigh(members, y, calendar)
    assert weights["good"] > 0.99
    assert sum(weights.values()) == pytest.approx(1.0)


def test_members_are_never_shown_what_they_are_scored_on():
    y, _, calendar = simulate(300)
    seen = []

    def spy(past, columns, horizon):
        seen.append(len(past))
        np.testing.assert_array_equal(past, y[: len(past)])
        return np.ones(horizon)

    weigh({"spy": spy, "twin": spy}, y, calendar)
    assert max(seen) + 28 <= 300 and sorted(set(seen)) == sorted(origins(300))
