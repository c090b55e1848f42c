import numpy as np
import pytest
from scipy.special import softmax

from training.ticketless import ticketless_bias

RANDOM = np.random.default_rng(0)


def shares(logits: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
    return softmax(logits if bias is None else logits + bias, axis=1).mean(axis=0)


@pytest.mark.parametrize("described", [1, 3])
def test_labels_without_tickets_get_no_more_than_one_tickets_worth_each(described: int):
    logits = RANDOM.normal(0, 2, (300, 2 + described))
    classes = RANDOM.integers(0, 2, 300)
    counts = np.array([150, 150] + [0] * described)
    assert (shares(logits, None)[2:] > 0.1).all()
    bias = ticketless_bias(logits, classes, counts)
    assert bias is not None and (bias[:2] == 0).all() and (bias[2:] < 0).all()
    assert shares(logits, bias)[2:] == pytest.approx(1 / 301, rel=1e-3)


def test_a_ticket_that_reads_like_a_description_is_still_told_from_the_others():
    logits = np.vstack([RANDOM.normal((6, 0), 1, (300, 2)), [[0, 12]]])
    bias = ticketless_bias(logits[:300], np.zeros(300, int), np.array([300, 0]))
    assert softmax(logits[300:] + (0 if bias is None else bias), axis=1).argmax() == 1


def test_one_held_out_ticket_that_reads_just_like_a_description_is_enough_to_lower_it():
    logits = np.array([[0.0, 30.0], [0.0, -30.0]])
    bias = ticketless_bias(logits, np.zeros(2, int), np.array([2, 0]))
    assert shares(logits, bias)[1] == pytest.approx(1 / 3, rel=1e-3)


def test_what_is_little_already_and_labels_with_tickets_stay_as_they_are():
    logits = np.array([[5.0, 0.0, -9.0], [0.0, 5.0, -9.0]])
    assert not ticketless_bias(logits, np.array([0, 1]), np.array([1, 1, 0])).any()
    assert not ticketless_bias(np.zeros((2, 3)), np.array([0, 1]), np.array([1, 1, 1])).any()
    assert not ticketless_bias(np.zeros((0, 3)), np.zeros(0, int), np.zeros(3, int)).any()
