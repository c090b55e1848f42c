import numpy as np
import pytest

from training.paired import figures_beside, score_tickets


def scores(right):
    classes = np.zeros(len(right), int)
    return score_tickets(np.where(np.asarray(right)[:, None], [[0.8, 0.2]], [[0.3, 0.7]]), classes)


def test_figures_of_a_small_case_are_those_worked_out_by_hand():
    found = score_tickets(np.array([[0.5, 0.2, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]]), np.array([1, -1]))
    assert found.right.tolist() == [False, False]
    assert found.top3.tolist() == [True, False]
    assert found.log_loss == pytest.approx([-np.log(0.2), -np.log(1e-6)])


def test_the_interval_holds_the_difference_and_leaves_zero_where_it_is_clear():
    random = np.random.default_rng(0)
    theirs = random.random(800) < 0.7
    ours = theirs | (random.random(800) < 0.2)
    found = figures_beside(scores(ours), scores(theirs))
    assert found["accuracy"] == round(float(theirs.mean()), 6)
    assert found["accuracy_difference"] == pytest.approx(ours.mean() - theirs.mean(), abs=1e-6)
    assert 0 < found["accuracy_difference_low"] < found["accuracy_difference"]
    assert found["accuracy_difference"] < found["accuracy_difference_high"]
    assert found["log_loss_difference_high"] < 0


def test_the_same_predictor_is_not_apart_from_itself():
    found = figures_beside(scores([True, False, True]), scores([True, False, True]))
    ends = [value for name, value in found.items() if "difference" in name]
    assert ends == [0.0] * 9


def test_pairing_makes_the_interval_narrower_than_two_samples_would():
    random = np.random.default_rng(1)
    theirs = random.random(500) < 0.6
    ours = theirs.copy()
    ours[:10] = True
    found = figures_beside(scores(ours), scores(theirs))
    width = found["accuracy_difference_high"] - found["accuracy_difference_low"]
    assert width < 4 * np.sqrt(2 * 0.24 / 500) / 3
