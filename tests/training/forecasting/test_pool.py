import numpy as np
import pytest

from tests.training.forecasting.test_glm import simulate
from training.forecasting.backtest import LEAST_ORIGINS, look_back, origins
from training.forecasting.members import Said, ask_members
from training.forecasting.pool import NO_BASIS, forecast_days


def members(basis):
    return [part.partition(":")[0] for part in basis.split("+")]


@pytest.mark.parametrize(
    ("n_days", "basis"),
    [
        (1, [NO_BASIS]),
        (13, [NO_BASIS]),
        (14, ["SWA2", "GLMq", "GLM", "ETS"]),
        (56, ["SWA8", "GLMq", "GLM", "ETS"]),
        (500, ["SWA8", "GLMq", "GLM", "GLMs", "ETS"]),
        (730, ["SWA8", "GLMq", "GLM", "GLMs", "GLMy", "ETS"]),
    ],
)
def test_the_rung_of_the_ladder_follows_from_the_length_of_the_history(n_days, basis):
    y, _, calendar = simulate(n_days)
    assert members(forecast_days(y[None], calendar, 28)[0].basis) == basis


def test_without_basis_the_spread_is_that_of_k_equal_to_five():
    y, _, calendar = simulate(3)
    spread = forecast_days(y[None], calendar, 28)[0].spread
    assert spread.dispersion.tolist() == [1.0] * 28
    assert spread.level_variance.tolist() == [0.2] * 28
    assert spread.trust.tolist() == [0.0] * 28


def said(good, bad, horizon=28):
    return Said(("good", "bad"), np.array([[[good] * horizon], [[bad] * horizon]]), np.ones((1, 1)))


def test_members_weigh_the_same_until_enough_origins_can_be_scored():
    y = np.full(200, 50.0)
    earlier = {end: said(50.0, 500.0) for end in origins(200)[: LEAST_ORIGINS - 1]}
    assert look_back(y, 0, 0, said(50.0, 500.0), earlier).weights == {"good": 0.5, "bad": 0.5}


def test_a_member_that_failed_lately_is_nearly_dropped():
    y = np.full(300, 50.0)
    earlier = {end: said(50.0, 500.0) for end in origins(300)}
    weights = look_back(y, 0, 0, said(50.0, 500.0), earlier).weights
    assert weights["good"] > 0.9
    assert sum(weights.values()) == pytest.approx(1.0)


def test_members_are_never_shown_what_they_are_scored_on():
    y, _, calendar = simulate(300)
    end = origins(300)[-3]
    changed = y.copy()
    changed[end:] = 10_000.0
    one, other = (
        ask_members(table[None], np.array([0]), calendar, 28, None, [end])[0] for table in (y, changed)
    )
    np.testing.assert_array_equal(one.means, other.means)


def test_asking_for_more_days_does_not_change_the_first_ones():
    y, _, calendar = simulate(200, horizon=60)
    short, long = (forecast_days(y[None], calendar[: 200 + h], h)[0] for h in (10, 60))
    np.testing.assert_allclose(short.mean, long.mean[:10])
    np.testing.assert_allclose(short.spread.shifts, long.spread.shifts[:10])


def test_a_newborn_part_is_a_share_of_its_total():
    y, _, calendar = simulate(200, mean=100.0)
    part = np.zeros(200)
    part[-5:] = y[-5:] / 10
    _, newborn = forecast_days(np.stack([y, part]), calendar, 7, parent=0)
    assert newborn.basis == NO_BASIS
    assert newborn.mean.sum() == pytest.approx(
        forecast_days(y[None], calendar, 7)[0].mean.sum() / 10, rel=0.1
    )


def test_intervals_are_as_wide_as_forecasts_were_off():
    rng = np.random.default_rng(8)
    _, _, calendar = simulate(400)
    calm = rng.poisson(60, 400).astype(float)
    wild = rng.poisson(60 * rng.gamma(4, 1 / 4, 400)).astype(float)
    widths = []
    for y in (calm, wild):
        spread = forecast_days(y[None], calendar, 14)[0].spread
        assert (np.diff(spread.shifts, axis=1) >= 0).all()
        widths.append(float((spread.shifts[:, -5] - spread.shifts[:, 4]).mean()))
    assert widths[1] > 1.8 * widths[0]
