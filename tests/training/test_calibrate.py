import numpy as np
import pytest
from scipy.special import expit, softmax

from training.calibrate import choose_calibration
from training.calibration_error import calibration_error


def drawn(random: np.random.Generator, probabilities: np.ndarray) -> np.ndarray:
    return (random.random(len(probabilities))[:, None] < probabilities.cumsum(axis=1)).argmax(axis=1)


def logits_of(random: np.random.Generator, rows: int, labels: int = 6) -> np.ndarray:
    return random.normal(0, 2, (rows, labels))


def test_what_is_calibrated_is_left_alone():
    random = np.random.default_rng(0)
    logits = logits_of(random, 3_000)
    calibration, probabilities = choose_calibration(logits, drawn(random, softmax(logits, axis=1)))
    assert calibration is None
    np.testing.assert_allclose(probabilities, softmax(logits, axis=1))


def test_a_pool_too_sure_of_itself_gets_a_temperature():
    random = np.random.default_rng(1)
    logits = logits_of(random, 3_000)
    classes = drawn(random, softmax(0.5 * logits, axis=1))
    calibration, _ = choose_calibration(logits, classes)
    assert calibration is not None and calibration.name == "temperature"
    assert calibration.scale == pytest.approx(0.5, abs=0.05)


def mended(logits: np.ndarray, true: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Classes of which the likeliest label is right in ``true``, the others as their logits say."""
    top = logits.argmax(axis=1)
    others = logits.copy()
    others[np.arange(len(top)), top] = -np.inf
    return np.where(random.random(len(top)) < true, top, drawn(random, softmax(others, axis=1)))


def test_labels_whose_confidence_is_worth_different_things_get_offsets():
    random = np.random.default_rng(2)
    logits = logits_of(random, 6_000)
    stated = softmax(logits, axis=1).max(axis=1)
    offsets = np.array([-1.5, -1.0, 0.0, 0.0, 1.0, 1.5])[logits.argmax(axis=1)]
    true = expit(np.log(stated / (1 - stated)) + offsets)
    calibration, probabilities = choose_calibration(logits, mended(logits, true, random))
    assert calibration is not None and calibration.name == "labels"
    assert np.abs(probabilities.max(axis=1) - true).mean() < 0.5 * np.abs(stated - true).mean()


def test_a_bent_confidence_gets_a_curve_that_straightens_it():
    random = np.random.default_rng(3)
    logits = logits_of(random, 6_000)
    stated = softmax(logits, axis=1).max(axis=1)
    true = np.where(stated > 0.9, 0.6, 0.5 + 0.1 * stated)
    classes = mended(logits, true, random)
    calibration, probabilities = choose_calibration(logits, classes)
    assert calibration is not None and calibration.name == "isotonic"
    assert (np.diff(calibration.stated) > 0).all() and (np.diff(calibration.true) >= 0).all()
    right = probabilities.argmax(axis=1) == classes
    before = calibration_error(stated, right)
    after = calibration_error(probabilities.max(axis=1), right)
    assert after.error < 0.3 * before.error


def test_a_few_tickets_choose_nothing():
    random = np.random.default_rng(4)
    logits = logits_of(random, 60)
    calibration, _ = choose_calibration(logits, drawn(random, softmax(0.2 * logits, axis=1)))
    assert calibration is None
