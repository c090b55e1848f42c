import math

import numpy as np
import pytest
from scipy.stats import poisson

from triage.volume_scores import (
    bias,
    central_coverage,
    coverage,
    crps,
    naive_scale,
    pinball,
    poisson_floor,
    wape,
)


def test_wape_and_bias_are_shares_of_what_happened():
    actual, mean = np.array([10.0, 0, 30]), np.array([14.0, 2, 28])
    assert wape(actual, mean) == pytest.approx(8 / 40)
    assert bias(actual, mean) == pytest.approx(4 / 40)
    assert math.isnan(wape(np.zeros(2), np.ones(2)))


def test_pinball_of_the_median_is_half_the_absolute_error():
    assert pinball(np.array([4.0]), np.array([[10.0]]), (0.5,)).tolist() == [3.0]


def test_crps_prefers_the_true_distribution_to_a_wider_and_a_narrower_one():
    drawn = np.random.default_rng(0).poisson(50, 5000).astype(float)
    levels = (0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95)

    def spread(scale):
        offsets = np.quantile(drawn - 50, levels) * scale
        return crps(drawn, np.tile(50 + offsets, (5000, 1)), levels)

    assert spread(1.0) < min(spread(0.5), spread(1.6))


def test_coverage_counts_a_bound_that_is_hit_as_half():
    actual = np.array([1.0, 2, 3, 4, 0])
    assert coverage(actual, np.full(5, 1.0), np.full(5, 3.0)) == pytest.approx(2 / 5)
    assert coverage(np.zeros(2), np.zeros(2), np.zeros(2)) == 1.0


def test_the_floor_is_what_the_true_mean_of_poisson_counts_reaches():
    drawn = np.random.default_rng(1).poisson(30, 50_000).astype(float)
    assert wape(drawn, np.full(50_000, 30.0)) == pytest.approx(poisson_floor(np.array([30.0])), rel=0.03)


def test_the_naive_scale_needs_more_than_a_season():
    assert naive_scale(np.arange(10.0), 7) == 7.0
    assert math.isnan(naive_scale(np.arange(7.0), 7))


def test_central_coverage_is_honest_for_small_counts_where_bounds_are_not():
    rng = np.random.default_rng(0)
    for mean in (0.2, 1.0, 30.0):
        y = rng.poisson(mean, 20_000).astype(float)
        levels = (0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95)
        table = np.tile(poisson.ppf(levels, mean), (len(y), 1))
        assert central_coverage(y, table, levels) == pytest.approx(0.8, abs=0.04)
    assert central_coverage(y, table - 100.0, levels) == 0.0
