import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.forecasting.intervals import exceedance, quantiles

means = st.floats(0, 1e5)
spreads = st.floats(0, 50)


@given(means, spreads, st.floats(0, 2))
def test_quantiles_rise_and_are_never_negative(mean, dispersion, level_variance):
    m = np.array([mean])
    table = quantiles(m, dispersion * m + level_variance * m**2)
    assert (np.diff(table) >= 0).all()
    assert (table >= 0).all() and np.isfinite(table).all()


@given(means, st.floats(1.1, 50))
def test_the_chance_to_lie_above_the_90_percent_quantile_is_at_most_ten_percent(mean, dispersion):
    m = np.array([mean])
    v = dispersion * m
    upper = quantiles(m, v, (0.9,))[:, 0]
    assert exceedance(m, v, upper)[0] <= 0.1 + 1e-9


def test_quantiles_match_drawn_counts():
    rng = np.random.default_rng(0)
    k, m = 4.0, 30.0
    drawn = rng.negative_binomial(k, k / (k + m), 200_000)
    mean = np.array([m])
    ours = quantiles(mean, mean + mean**2 / k)[0]
    theirs = np.quantile(drawn, [0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95])
    assert np.abs(ours - theirs).max() <= 1
    assert abs(exceedance(mean, mean + mean**2 / k, np.array([45.0]))[0] - (drawn > 45).mean()) < 0.005


def test_a_zero_mean_is_always_zero():
    zero = np.zeros(2)
    assert (quantiles(zero, zero) == 0).all()
    assert (exceedance(zero, zero, zero) == 0).all()
