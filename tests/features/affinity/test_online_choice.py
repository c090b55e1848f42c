import numpy as np
import pytest

from features.affinity.online_choice import OnlineChoice


def test_it_learns_who_has_which_kind_and_follows_a_change():
    choice = OnlineChoice(2, 0.5)
    kinds = np.eye(2)
    for _ in range(50):
        for kind in range(2):
            choice.learn(kinds[kind], kind, 2)
    assert choice.log_chances(kinds[0], 2).argmax() == 0
    for _ in range(50):
        choice.learn(kinds[0], 1, 2)
    assert choice.log_chances(kinds[0], 2).argmax() == 1
    assert choice.log_chances(kinds[1], 2).argmax() == 1


def test_chances_add_up_to_one_with_newcomers():
    choice = OnlineChoice(3, 0.5)
    choice.learn(np.ones(3), 0, 1)
    assert np.exp(choice.log_chances(np.ones(3), 20)).sum() == pytest.approx(1.0)
