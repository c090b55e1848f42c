import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.forecasting.test_forecast import table_of
from training.forecasting.forecast import forecast_series
from training.forecasting.reforecast import LARGEST_FACTOR, day_factor


def days(slope, n=60, seed=0):
    """Past days whose rest follows their beginning by a known slope."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        begun = rng.normal(0, 0.3)
        said = np.full(24, 50.0)
        came = np.concatenate([said[:10] * np.exp(begun), said[10:] * np.exp(slope * begun)])
        found.append((came, said))
    return found


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_the_shrinkage_is_learnt_from_past_days(slope):
    assert np.log(day_factor(days(slope), 10, (1000.0, 500.0))) == pytest.approx(slope * np.log(2), abs=0.1)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_factor_is_bounded_and_never_pulls_the_other_way(came, said):
    factor = day_factor([], 5, (came, said))
    assert 1 / LARGEST_FACTOR <= factor <= LARGEST_FACTOR
    assert (factor - 1) * (came - said) >= 0


def test_a_day_that_began_busy_ends_busier_than_was_forecast_and_the_next_day_does_not_change():
    rng = np.random.default_rng(1)
    n = 24 * 70
    counts = rng.poisson(10, n + 9)
    calm = forecast_series(table_of(counts, interval="hour"), horizon=30)[0]["mean"].to_numpy()
    counts[n:] *= 3
    busy = forecast_series(table_of(counts, interval="hour"), horizon=30)[0]["mean"].to_numpy()
    assert (busy[:15] > 1.15 * calm[:15]).all()
    np.testing.assert_allclose(busy[15:], calm[15:])
