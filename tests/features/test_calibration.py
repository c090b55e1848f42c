import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from features.calibration import Calibration

CURVE = {"stated": np.array([0.0, 0.4, 0.8, 1.0]), "true": np.array([0.0, 0.2, 0.5, 0.9])}


def maps(labels: int) -> list[Calibration]:
    offsets = np.linspace(-4, 4, labels)
    return [
        Calibration("temperature", 0.6),
        Calibration("labels", offsets=offsets),
        Calibration("isotonic", **CURVE),
        Calibration("isotonic", 1.3, offsets=offsets, **CURVE),
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(1, 30), st.integers(0, 6), st.sampled_from([0.1, 3.0, 60.0, 900.0])
)
def test_a_row_sums_to_one_and_its_labels_keep_their_order(seed, labels, rows, spread):
    logits = np.random.default_rng(seed).normal(0, spread, (rows, labels))
    plain = softmax(logits, axis=1)
    for one in maps(labels):
        found = one.probabilities(logits)
        assert found.shape == (rows, labels) and (found >= 0).all()
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)
        assert (found.argmax(axis=1) == plain.argmax(axis=1)).all()
        order = np.argsort(-plain, axis=1, kind="stable")
        assert (np.diff(np.take_along_axis(found, order, 1), axis=1) <= 1e-15).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(1, 9))
def test_a_batch_is_its_tickets_one_by_one_bit_for_bit(seed, labels, rows):
    logits = np.random.default_rng(seed).normal(0, 3, (rows, labels))
    for one in maps(labels):
        together = one.probabilities(logits)
        for row in range(rows):
            assert (one.probabilities(logits[row : row + 1])[0] == together[row]).all()


def test_equal_logits_keep_the_first_label_first():
    for one in maps(3):
        assert one.probabilities(np.zeros((1, 3))).argmax() == 0


def test_the_curve_says_what_the_likeliest_label_is_worth_and_the_others_share_the_rest():
    logits = np.log(np.array([[0.8, 0.15, 0.05]]))
    found = Calibration("isotonic", **CURVE).probabilities(logits)
    assert found[0] == pytest.approx([0.5, 0.375, 0.125])


def test_an_offset_is_added_to_the_log_odds_of_the_likeliest_label():
    logits = np.log(np.array([[0.8, 0.15, 0.05], [0.15, 0.8, 0.05]]))
    found = Calibration("labels", offsets=np.array([np.log(2), 0.0, 0.0])).probabilities(logits)
    assert found[0, 0] == pytest.approx(8 / 9)
    assert found[1] == pytest.approx([0.15, 0.8, 0.05])
