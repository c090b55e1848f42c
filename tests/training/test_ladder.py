import numpy as np
import pytest

from training.ladder import LEVELS, choose_rung

RANDOM = np.random.default_rng(0)
CLASSES = RANDOM.integers(0, 4, 400)


def told(strength: float, seed: int) -> np.ndarray:
    """Log-probabilities that know the truth as well as ``strength`` says."""
    logits = np.random.default_rng(seed).normal(size=(len(CLASSES), 4))
    logits[np.arange(len(CLASSES)), CLASSES] += strength
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def test_members_that_each_know_something_are_pooled():
    parts = {"words": told(1.5, 1), "meaning": told(1.5, 2), "joint": told(1.6, 3), "neighbours": told(1, 4)}
    chosen, rungs = choose_rung(parts, CLASSES)
    assert chosen.level == "hybrid"
    assert [one.level for one in rungs] == ["few-shot", "linear", "hybrid"]
    assert chosen.log_loss == min(one.log_loss for one in rungs)


def test_what_labels_are_called_is_all_there_is_where_nothing_else_helps():
    parts = {"names": told(3, 1), "meaning": told(0, 2), "words": told(0, 3)}
    chosen, rungs = choose_rung(parts, CLASSES)
    assert rungs[0].level == "rules"
    assert rungs[0].accuracy > 0.7
    assert chosen.weights["names"] > 0.5


def test_a_level_that_would_pool_what_a_lower_one_does_is_not_shown():
    chosen, rungs = choose_rung({"fields": told(1, 1)}, CLASSES)
    assert [one.level for one in rungs] == ["linear"]
    assert chosen.members == ("fields",)


@pytest.mark.parametrize("seed", range(3))
def test_the_accuracy_of_a_level_is_that_of_weights_learnt_on_other_tickets(seed: int):
    parts = {"words": told(0, seed), "meaning": told(0, seed + 10), "joint": told(0, seed + 20)}
    _, rungs = choose_rung(parts, CLASSES)
    assert all(one.level in LEVELS for one in rungs)
    # Nothing knows anything: a quarter is right by chance, whatever the weights.
    assert all(0.15 < one.accuracy < 0.35 for one in rungs)
