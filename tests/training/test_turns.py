import numpy as np

from training.turns import TURNS, simplest, turns


def test_neighbours_in_time_stay_together_and_groups_are_of_one_size():
    turn = turns(1_003)
    assert (np.diff(turn) >= 0).all()
    sizes = np.bincount(turn)
    assert len(sizes) == TURNS and sizes.max() - sizes.min() <= 1
    assert len(turns(0)) == 0


def test_the_simpler_choice_is_taken_unless_it_is_proved_worse():
    random = np.random.default_rng(0)
    losses = random.random(400)
    noise = random.normal(0, 1, 400)
    assert simplest([losses, losses - 0.01 + noise]) == 0
    assert simplest([losses, losses - 0.1 + noise / 10]) == 1
    assert simplest([losses, losses + 0.1]) == 0
