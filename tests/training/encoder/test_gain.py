import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.views import MEANING_SCALE
from training.encoder.gain import Gain, measure_gain, paired_interval, pays
from training.label_names import NamedLabels
from training.splits import Fold

N = 240
LABELS = np.random.default_rng(0).integers(0, 3, N)


def vectors(clearness: float) -> np.ndarray:
    made = np.random.default_rng(1).normal(0, 1, (N, 6)).astype(np.float32)
    made[np.arange(N), LABELS] += clearness
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def gain_of(stock: float, tuned: float) -> Gain:
    labels = {"category": [f"label {one}" for one in LABELS]}
    fold = Fold(np.arange(160), np.arange(160, N))
    views = {"meaning": vectors(stock) * MEANING_SCALE}
    [gain] = measure_gain(labels, views, [(fold, vectors(tuned), {})], ordered=True)
    return gain


def test_vectors_that_tell_labels_apart_better_pay():
    gain = gain_of(0.5, 4.0)
    assert gain.tickets == 80 and gain.tuned > gain.stock + 0.2
    assert 0 < gain.low < gain.tuned - gain.stock < gain.high
    assert pays([gain])


def test_equal_vectors_gain_exactly_nothing_and_do_not_pay():
    gain = gain_of(2.0, 2.0)
    assert gain.low == gain.high == gain.tuned - gain.stock == 0
    assert not pays([gain])


def test_the_stock_encoder_has_the_names_of_labels_as_in_training():
    labels = {"category": [f"label {one}" for one in LABELS]}
    fold = Fold(np.arange(6), np.arange(6, N))
    clear = vectors(4.0)
    views = {"meaning": clear * MEANING_SCALE}
    named = NamedLabels(np.arange(3), {"meaning": np.eye(3, 6, dtype=np.float32) * MEANING_SCALE})
    [without] = measure_gain(labels, views, [(fold, clear, {})], ordered=True)
    [gain] = measure_gain(labels, views, [(fold, clear, {})], ordered=True, named={"category": named})
    assert gain.stock > without.stock and gain.tuned == without.tuned


def test_a_field_that_loses_for_sure_outweighs_one_that_gains():
    better, worse = gain_of(0.5, 4.0), gain_of(4.0, 0.5)
    assert worse.high < 0 and not pays([better, worse])


def test_a_field_without_held_out_tickets_is_left_out():
    fold = Fold(np.arange(160), np.arange(160, N))
    views = {"meaning": vectors(1.0)}
    for later in (None, "never seen before"):
        labels = {"team": [f"label {one}" if row < 160 else later for row, one in enumerate(LABELS)]}
        assert measure_gain(labels, views, [(fold, vectors(1.0), {})], ordered=True) == []


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 400), st.integers(0, 100), st.integers(0, 9))
def test_the_interval_holds_the_gain_and_turns_with_it(n, share, seed):
    generator = np.random.default_rng(seed)
    before, after = generator.random(n) < 0.5, generator.random(n) < share / 100
    low, high = paired_interval(before, after)
    assert low - 1e-9 <= after.mean() - before.mean() <= high + 1e-9
    narrow = paired_interval(before, after, level=0.5)
    assert low <= narrow[0] and narrow[1] <= high


@pytest.mark.parametrize("n", [100, 400])
def test_the_interval_is_as_wide_as_theory_says(n):
    before, after = np.zeros(n, bool), np.arange(n) % 2 == 0
    low, high = paired_interval(before, after)
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / n), rel=0.1)
