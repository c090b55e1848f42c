import numpy as np
import pytest
from scipy.special import expit

from training.label_offsets import choose_offsets, fit_offsets, log_odds


def tickets(random: np.random.Generator, rows: int, offsets: np.ndarray):
    predicted = random.integers(0, len(offsets), rows)
    odds = random.normal(1, 1.5, rows)
    return predicted, odds, random.random(rows) < expit(odds + offsets[predicted])


def test_labels_that_are_alike_get_no_offsets_and_their_scores_stay():
    random = np.random.default_rng(0)
    predicted, odds, right = tickets(random, 3_000, np.zeros(10))
    offsets, scores = choose_offsets(predicted, odds, right, 10)
    assert (offsets == 0).all() and (scores == odds).all()


def test_labels_that_differ_get_offsets_near_the_true_ones():
    true = np.array([-1.5, 0.0, 1.5])
    offsets, _ = choose_offsets(*tickets(np.random.default_rng(1), 6_000, true), 3)
    assert offsets == pytest.approx(true, abs=0.3)


def test_no_ticket_speaks_for_its_own_score():
    true = np.array([-1.5, 0.0, 1.5])
    predicted, odds, right = tickets(np.random.default_rng(2), 3_000, true)
    _, before = choose_offsets(predicted, odds, right, 3)
    turned = right.copy()
    turned[0] = ~turned[0]
    _, after = choose_offsets(predicted, odds, turned, 3)
    assert after[0] == before[0]
    assert (after != before).any()


def test_a_label_with_one_ticket_hardly_moves_and_one_with_none_not_at_all():
    offsets = fit_offsets(np.array([0]), np.array([0.0]), np.array([False]), 2, 0.1)
    assert -0.06 < offsets[0] < 0.0 and offsets[1] == 0.0


def test_without_tickets_there_is_nothing_to_offset():
    offsets, scores = choose_offsets(np.empty(0, int), np.empty(0), np.empty(0, bool), 3)
    assert (offsets == 0).all() and len(scores) == 0


def test_the_log_odds_of_certainty_are_finite():
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()
