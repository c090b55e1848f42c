import numpy as np
import pytest

from training.learnable import is_learnable

RANDOM = np.random.default_rng(0)
TRUTH = (RANDOM.random(2_000) > 0.7).astype(int)


def said(strength: float) -> np.ndarray:
    logits = np.stack([np.full(len(TRUTH), 0.85), np.zeros(len(TRUTH))], axis=1)
    logits[:, 1] += strength * (TRUTH - 0.5) + RANDOM.normal(0, 0.2, len(TRUTH))
    odds = np.exp(logits)
    return odds / odds.sum(axis=1, keepdims=True)


def test_what_knows_the_answer_can_be_learnt():
    assert is_learnable(said(4.0), TRUTH)


@pytest.mark.parametrize("strength", [0.0, 0.1])
def test_what_only_knows_how_common_labels_are_cannot(strength: float):
    assert not is_learnable(said(strength), TRUTH)


def test_a_rare_label_that_never_becomes_the_likeliest_still_counts():
    rare = (RANDOM.random(4_000) < 0.02).astype(int)
    chance = np.where(rare == 1, 0.45, 0.005)
    assert is_learnable(np.stack([1 - chance, chance], axis=1), rare)


def test_a_field_of_which_nothing_was_held_out_is_not_called_learnt():
    assert not is_learnable(np.empty((0, 3)), np.empty(0, int))
