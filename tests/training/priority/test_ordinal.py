import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from training.learn_field import learn_field
from training.priority.ordinal import fit_ordinal, ranked_probability_score
from training.targets import FieldTarget

STEPS = ("low", "normal", "high", "urgent")


def made(count=600, columns=120, seed=0):
    """Noisy steps along one hidden direction of many dense features: hard for a head that knows no order."""
    draws = np.random.default_rng(seed)
    features = draws.normal(size=(count, columns)).astype(np.float32) / np.float32(np.sqrt(columns))
    score = features @ draws.normal(size=columns) * 2 + draws.logistic(size=count) * 0.5
    return features, np.digitize(score, [-2.0, 0.0, 2.0])


def test_the_direction_that_was_hidden_is_found():
    draws = np.random.default_rng(0)
    features, hidden = draws.normal(size=(3_000, 5)).astype(np.float32), draws.normal(size=5)
    steps = np.digitize(features @ hidden + draws.logistic(size=3_000), [-2.0, 0.0, 2.0])
    (direction,), intercept = fit_ordinal([features], steps, 4, inverse_penalty=100.0)
    chances = softmax((features @ direction)[:, None] * np.arange(4) + intercept, axis=1)
    assert direction @ hidden / np.linalg.norm(direction) / np.linalg.norm(hidden) > 0.99
    np.testing.assert_allclose(chances.mean(axis=0), np.bincount(steps, minlength=4) / len(steps), atol=0.01)


def test_the_gradient_is_that_of_the_objective():
    features, steps = made(80, 6)
    (direction,), intercept = fit_ordinal([features], steps, 4, max_iter=500, tol=1e-9)

    def loss(w, b):
        chances = softmax((features @ w)[:, None] * np.arange(4) + b, axis=1)
        return -np.log(chances[np.arange(80), steps]).sum() + 0.5 * float(w @ w)

    best = loss(direction, intercept)
    draws = np.random.default_rng(1)
    for _ in range(20):
        assert best <= loss(direction + draws.normal(size=6) * 0.05, intercept) + 1e-3
        assert best <= loss(direction, intercept + draws.normal(size=4) * 0.05) + 1e-3


def learnt(values, features):
    return learn_field(
        "priority", values, {"meaning": features}, ordered=True, target=FieldTarget(target=0.8)
    )


def test_the_head_is_weighed_where_held_out_tickets_say_that_order_helps():
    features, steps = made()
    after = learnt([STEPS[one] for one in steps], features)
    before = learnt([("desk", "web", "field", "legal")[one] for one in steps], features)
    assert "ordinal" in after.model.weights and "ordinal" in after.model.heads

    def loss(one):
        return -np.log(one.probabilities[np.arange(len(one.classes)), one.classes]).mean()

    assert loss(after) < loss(before)
    np.testing.assert_allclose(after.probabilities.sum(axis=1), 1.0)


def test_labels_without_an_order_have_no_such_head():
    features, steps = made()
    assert (
        "ordinal"
        not in learnt([("desk", "web", "field", "legal")[one] for one in steps], features).model.heads
    )


def test_two_steps_off_cost_more_than_one():
    sure = np.eye(4)[[0, 0, 0]]
    assert ranked_probability_score(sure, np.array([0, 1, 2])).tolist() == pytest.approx([0, 1 / 3, 2 / 3])


@given(st.lists(st.floats(0.01, 1), min_size=4, max_size=4), st.integers(0, 3))
def test_the_score_lies_between_none_and_one(chances, step):
    chances = np.array([chances]) / sum(chances)
    assert 0 <= ranked_probability_score(chances, np.array([step]))[0] <= 1
