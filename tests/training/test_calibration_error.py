import numpy as np
import pytest

from training.calibration_error import calibration_error


def test_a_calibrated_model_stays_inside_its_null_band_nineteen_times_in_twenty():
    random = np.random.default_rng(1)
    inside = 0
    for seed in range(60):
        confidence = random.uniform(0.3, 1.0, 300)
        found = calibration_error(confidence, random.random(300) < confidence, random_state=seed)
        inside += found.error <= found.null_95
    assert 52 <= inside <= 60


def test_an_overconfident_model_leaves_the_band():
    random = np.random.default_rng(2)
    confidence = np.full(500, 0.95)
    found = calibration_error(confidence, random.random(500) < 0.7)
    assert found.error == pytest.approx(0.25, abs=0.06)
    assert found.error > 3 * found.null_95


def test_the_band_narrows_with_tickets_as_the_table_of_perfect_models_says():
    random = np.random.default_rng(3)
    few, many = (calibration_error(random.uniform(0.2, 1, n), np.ones(n, bool)).null_95 for n in (200, 5_000))
    assert few > 3 * many
    assert 0.05 < few < 0.15


def test_each_bin_has_a_band_that_a_calibrated_model_mostly_stays_inside():
    random = np.random.default_rng(4)
    inside, points = 0, 0
    for seed in range(30):
        confidence = random.uniform(0.1, 1.0, 400)
        found = calibration_error(confidence, random.random(400) < confidence, random_state=seed)
        inside += sum(point.low <= point.precision <= point.high for point in found.points)
        points += len(found.points)
        assert all(0 <= point.low <= point.confidence <= point.high <= 1 for point in found.points)
    assert 0.91 < inside / points <= 1.0


def test_the_points_hold_every_ticket_once():
    found = calibration_error(np.array([0.0, 0.5, 0.52, 1.0]), np.array([False, True, False, True]))
    assert [point.tickets for point in found.points] == [1, 2, 1]
    assert found.points[1].confidence == pytest.approx(0.51)
    assert found.points[1].precision == 0.5
