import numpy as np
import pytest

from training.label_shares import LATELY, SHARES, label_shares, share_bias, shares_said
from training.splits import Fold


def test_without_order_there_is_no_lately():
    assert set(label_shares(np.array([0, 1]), 2, ordered=False)) == {SHARES}


def test_a_label_without_tickets_has_a_share_too():
    shares = np.exp(label_shares(np.array([0, 0]), 2, ordered=False)[SHARES])
    assert shares.tolist() == pytest.approx([0.75, 0.25])


def test_lately_looks_at_the_newest_tenth_and_at_a_hundred_tickets_at_least():
    many = np.r_[np.zeros(1_800, int), np.ones(200, int)]
    assert np.exp(label_shares(many, 2, ordered=True)[LATELY]).tolist() == pytest.approx([1 / 202, 201 / 202])
    few = np.r_[np.zeros(300, int), np.ones(50, int)]
    assert np.exp(label_shares(few, 2, ordered=True)[LATELY]).tolist() == pytest.approx([0.5, 0.5])


def test_the_bias_is_what_the_shares_weigh():
    shares = label_shares(np.array([0, 0, 0, 1]), 2, ordered=True)
    bias = share_bias(shares, {"words": 1.0, SHARES: -0.5, LATELY: 0.25})
    np.testing.assert_allclose(bias, -0.5 * shares[SHARES] + 0.25 * shares[LATELY])
    assert not share_bias(shares, {"words": 1.0}).any()


def test_each_judged_ticket_is_told_the_shares_that_were_known_before_it():
    classes = np.array([0, 0, 1, 1, 1, 1])
    parts = [Fold(np.arange(2), np.array([2, 3])), Fold(np.arange(4), np.array([4]))]
    said = np.exp(shares_said(classes, parts, 2, ordered=False)[SHARES])
    np.testing.assert_allclose(said, [[0.75, 0.25], [0.75, 0.25], [0.5, 0.5]])
