from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from triage.errors import InputError
from triage.staffing.paths import sample_counts, shared_by_series
from triage.staffing.volume import LEVELS, VolumeForecast

START = datetime(2026, 3, 2, tzinfo=UTC)
SPREAD = np.array([-1.645, -1.282, -0.842, 0.0, 0.842, 1.282, 1.645])


def forecast(means: dict[str, float], deviations: dict[str, float], n: int = 10) -> VolumeForecast:
    starts = tuple(START + timedelta(days=i) for i in range(n))
    rows = np.array([[means[name] + deviations[name] * SPREAD] * n for name in means])
    mean = np.array([[means[name]] * n for name in means])
    return VolumeForecast(
        tuple(means), starts, (*starts[1:], starts[-1] + timedelta(days=1)), mean, np.maximum(rows, 0), START
    )


def test_every_interval_has_the_forecasts_own_quantiles():
    one = forecast({"total": 100.0}, {"total": 10.0})
    found = sample_counts(one, [0], paths=400, seed=1)[0]
    for level, value in zip(LEVELS, one.quantiles[0, 0], strict=True):
        assert np.quantile(found, level, axis=0) == pytest.approx(np.full(10, value), rel=0.01)
    assert (sample_counts(one, [0], paths=400, seed=1)[0] == found).all()


def test_quantiles_of_sums_lie_below_sums_of_quantiles_the_more_the_less_days_share():
    one = forecast({"total": 100.0}, {"total": 20.0})
    added = 10 * np.quantile(sample_counts(one, [0], paths=400, seed=0)[0], 0.8, axis=0).mean()
    week = {
        share: np.quantile(sample_counts(one, [0], paths=2_000, seed=0, over_time=share)[0].sum(axis=1), 0.8)
        for share in (0.0, 0.3, 1.0)
    }
    assert week[0.0] < week[0.3] < week[1.0] <= added * 1.002
    assert week[0.0] == pytest.approx(1_000 + 0.842 * 20 * np.sqrt(10), rel=0.01)


def test_what_series_share_is_read_from_the_total():
    apart = forecast(
        {"total": 200.0, "category=a": 100.0, "category=b": 100.0},
        {"total": 14.142, "category=a": 10.0, "category=b": 10.0},
    )
    together = forecast(
        {"total": 200.0, "category=a": 100.0, "category=b": 100.0},
        {"total": 20.0, "category=a": 10.0, "category=b": 10.0},
    )
    assert shared_by_series(apart, [1, 2]) == pytest.approx(0.0, abs=1e-3)
    assert shared_by_series(together, [1, 2]) == pytest.approx(1.0)
    assert shared_by_series(together, [1]) == 0.0
    both = sample_counts(together, [1, 2], paths=800, seed=0).sum(axis=0)
    assert both.std() == pytest.approx(20.0, rel=0.08)


def test_fifty_series_that_are_mostly_empty_are_as_uncertain_as_a_poisson():
    names = {f"category={i}": 0.08 for i in range(50)}
    one = forecast(names, dict.fromkeys(names, 0.0), n=4)
    object.__setattr__(one, "quantiles", np.zeros_like(one.quantiles))
    found = sample_counts(one, list(range(50)), paths=1_000, seed=0, over_time=0.0).sum(axis=0)
    assert found.mean() == pytest.approx(4.0, rel=0.05)
    assert found.var() == pytest.approx(4.0, rel=0.25)


def test_forecasts_with_holes_or_nonsense_are_refused():
    rows = [("total", START, 1.0, (1.0,) * 7), ("a", START + timedelta(days=1), 1.0, (1.0,) * 7)]
    with pytest.raises(InputError, match="lacks an interval"):
        VolumeForecast.of_rows(rows, START, timedelta(days=1))
    with pytest.raises(InputError, match="twice"):
        VolumeForecast.of_rows([rows[0], rows[0]], START, timedelta(days=1))
    with pytest.raises(InputError, match="negative"):
        VolumeForecast.of_rows([("total", START, -1.0, (1.0,) * 7)], START, timedelta(days=1))
