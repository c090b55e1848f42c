import numpy as np
import pytest

from features.calendar import day_range
from training.forecasting.backtest import Past
from training.forecasting.glm import calendar_matrix
from training.forecasting.intervals import Spread, spread_exceedance, spread_quantiles
from training.forecasting.pool import LEADS, forecast_days
from training.forecasting.widening import log_widths, share_widths

HORIZON = 28
MEAN = 100.0


def spread(dispersion: float, width: float | None = None) -> Spread:
    native = Spread.native(np.full(HORIZON, dispersion), np.zeros(HORIZON))
    factor = None if width is None else np.full(HORIZON, width)
    return Spread(native.dispersion, native.level_variance, native.shifts, native.trust, factor)


@pytest.mark.parametrize(("true", "factor"), [(4.0, 2.0), (1.1, 1.05), (2.0, 1.41)])
def test_intervals_are_widened_by_as_much_as_counts_scattered_more(true: float, factor: float):
    rng = np.random.default_rng(1)
    size = MEAN / (true - 1)
    y = rng.negative_binomial(size, size / (size + MEAN), 400).astype(float)
    ends = tuple(range(200, 380, 7))
    past = Past({}, ends, np.full((len(ends), HORIZON), MEAN))
    found = np.exp(log_widths(y, past, spread(1.001), LEADS))
    assert found == pytest.approx([min(factor, 1.8)] * 3, rel=0.2)
    drawn_in = np.exp(log_widths(y, past, spread(4.0 * true), LEADS))
    assert drawn_in == pytest.approx([0.6] * 3, abs=0.12)


def test_of_too_few_days_nothing_is_concluded():
    past = Past({}, (390,), np.full((1, HORIZON), MEAN))
    assert log_widths(np.full(400, 500.0), past, spread(1.1), LEADS).tolist() == [0.0, 0.0, 0.0]


def test_the_total_keeps_its_factor_and_parts_share_one_that_never_narrows():
    logs = np.log([[0.8, 1.2, 1.0], [2.0, 0.5, 0.9], [0.5, 0.5, 0.9]])
    found = share_widths(logs, 0)
    assert found[0] == pytest.approx([0.8, 1.2, 1.0])
    assert found[1] == pytest.approx([1.0, 1.0, 1.0]) and found[1].tolist() == found[2].tolist()
    wider = share_widths(np.log([[1.0], [2.0], [0.72]]), 0)
    assert wider[1:, 0] == pytest.approx([1.2, 1.2])
    assert share_widths(logs, None) == pytest.approx(np.exp(logs))


def test_a_width_moves_quantiles_away_from_the_median_and_chances_with_them():
    mean = np.full(HORIZON, MEAN)
    plain, wide = (spread_quantiles(mean, spread(2.0, width)) for width in (None, 1.5))
    assert (wide[:, 0] < plain[:, 0]).all() and (wide[:, -1] > plain[:, -1]).all()
    assert wide[:, 3] == pytest.approx(plain[:, 3])
    assert spread_quantiles(mean, spread(2.0, 1.0)) == pytest.approx(plain)
    limit = np.full(HORIZON, 125.0)
    chances = [spread_exceedance(mean, spread(2.0, width), limit)[0] for width in (0.7, None, 1.0, 1.5)]
    assert chances[0] < chances[1] == pytest.approx(chances[2], abs=0.005) and chances[3] > chances[2]
    # The chance of exceeding a quantile is what lies beyond it.
    top = spread_exceedance(mean, spread(2.0, 1.5), wide[:, -1])[0]
    assert top == pytest.approx(0.05, abs=0.012)


def test_forecasts_by_the_day_are_widened_where_history_shows_it():
    rng = np.random.default_rng(3)
    day = day_range(np.datetime64("2025-01-06"), np.datetime64("2025-01-06") + np.timedelta64(427, "D"))
    y = rng.poisson(80.0, (1, 400)).astype(float)
    (found,) = forecast_days(y, calendar_matrix(day, None), HORIZON)
    assert found.spread.width is not None and found.spread.width.shape == (HORIZON,)
    assert 0.6 <= found.spread.width.min() and found.spread.width.max() <= 1.8
