import numpy as np
import pytest

from training.knowledge.weights import choice_surprise, fit_weights

RNG = np.random.default_rng(0)


def choices(weights: np.ndarray, tickets: int, articles: int = 12) -> tuple[list, list]:
    matrices = [RNG.standard_normal((articles, len(weights))) for _ in range(tickets)]
    used = []
    for matrix in matrices:
        noisy = matrix @ weights + RNG.gumbel(size=articles)
        used.append(np.arange(articles) == noisy.argmax())
    return matrices, used


def test_the_weights_by_which_people_chose_are_found_again():
    truth = np.array([2.0, -1.0, 0.0])
    matrices, used = choices(truth, 3000)
    found = fit_weights(matrices, used, np.zeros(3), pull=0.01)
    np.testing.assert_allclose(found, truth, atol=0.15)
    assert choice_surprise(matrices, used, found).mean() <= choice_surprise(matrices, used, truth).mean()


def test_few_tickets_move_the_weights_little():
    prior = np.array([1.0, 1.0])
    few = fit_weights(*choices(np.array([5.0, -5.0]), 3), prior)
    many = fit_weights(*choices(np.array([5.0, -5.0]), 300), prior)
    assert np.abs(few - prior).max() < np.abs(many - prior).max()


def test_a_signal_that_never_differs_keeps_its_weight():
    matrices, used = choices(np.array([1.0, 0.0]), 50)
    for matrix in matrices:
        matrix[:, 1] = 3.0
    assert fit_weights(matrices, used, np.array([0.0, 0.7]))[1] == 0.7


def test_a_choice_among_equals_surprises_by_their_number():
    surprise = choice_surprise([np.zeros((8, 1))], [np.arange(8) == 3], np.ones(1))
    assert surprise == pytest.approx([np.log(8)])


def test_no_weight_falls_below_its_floor():
    rng = np.random.default_rng(3)
    matrices = [rng.standard_normal((8, 2)) for _ in range(200)]
    used = [np.arange(8) == int(np.argmax(matrix[:, 1])) for matrix in matrices]
    prior = np.array([2.0, 1.0])
    free = fit_weights(matrices, used, prior, keeps_signs=True)
    held = fit_weights(matrices, used, prior, keeps_signs=True, floor=np.array([1.0, -np.inf]))
    assert free[0] < 0.9 and held[0] >= 1.0 - 1e-9
