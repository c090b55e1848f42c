import numpy as np
import pytest

from training.penalty import MIDDLE_PENALTY, PENALTY_PATH, choose_penalty

TRUTH = np.zeros(200, int)


def walk(best: float, noise: float = 0.0, slope: float = 0.2):
    """An attempt whose loss grows with the distance from the best penalty, and the penalties it was asked."""
    asked: list[float] = []
    draws = np.random.default_rng(0).normal(0, noise, len(TRUTH)) if noise else np.zeros(len(TRUTH))

    def attempt(penalty: float, start):
        asked.append(penalty)
        loss = 5.0 + slope * abs(np.log(penalty / best)) + (draws if penalty != best else 0.0)
        own = np.exp(-np.clip(loss, 0.01, 12.0))
        judged = np.log(np.stack([own * np.ones(len(TRUTH)), 1 - own * np.ones(len(TRUTH))], axis=1))
        return ([np.array([penalty])], np.zeros(1)), judged

    return attempt, asked


@pytest.mark.parametrize("best", PENALTY_PATH)
def test_the_best_of_the_path_is_found_wherever_it_is(best: float):
    attempt, asked = walk(best)
    penalty, _, fitted = choose_penalty(attempt, TRUTH)
    assert penalty == best
    assert fitted[0][0] == best
    assert asked[0] == MIDDLE_PENALTY and len(asked) == len(set(asked))


def test_the_walk_ends_where_it_no_longer_pays():
    attempt, asked = walk(MIDDLE_PENALTY)
    choose_penalty(attempt, TRUTH)
    assert len(asked) == 3


def test_a_stronger_penalty_is_taken_where_the_difference_is_within_chance():
    attempt, _ = walk(10.0, noise=2.0, slope=0.02)
    assert choose_penalty(attempt, TRUTH)[0] < 10.0
