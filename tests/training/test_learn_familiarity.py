import numpy as np
import pytest

from features.field_model import FieldModel
from training.learn_familiarity import learn_familiarity, measure_nearness
from training.learn_field import LearntField
from triage.policy import Promise


def units(rows: int, dimension: int = 8, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_later_tickets_look_for_neighbours_only_among_what_came_before_their_fold():
    vectors = units(50)
    vectors[48] = vectors[47]
    near = measure_nearness(vectors, np.arange(50), True, reach=1_000)
    assert np.isnan(near[:25]).all() and not np.isnan(near[25:]).any()
    for row in range(45, 50):
        assert near[row] == pytest.approx(np.sort(vectors[:45] @ vectors[row])[-5:].mean(), abs=1e-6)


def test_only_the_newest_within_reach_are_looked_at():
    vectors = units(50)
    near = measure_nearness(vectors, np.arange(50), True, reach=7)
    assert near[49] == pytest.approx(np.sort(vectors[38:45] @ vectors[49])[-5:].mean(), abs=1e-6)


def test_without_order_every_ticket_is_measured_on_others_the_same_for_the_same_seed():
    vectors = units(50)
    first = measure_nearness(vectors, np.arange(50), False, reach=100, random_state=3)
    again = measure_nearness(vectors, np.arange(50), False, reach=100, random_state=3)
    np.testing.assert_array_equal(first, again)
    assert (first < 0.99).all()


def test_of_a_long_history_only_the_newest_are_measured():
    near = measure_nearness(units(9_000), np.arange(9_000), True, reach=500)
    assert np.flatnonzero(~np.isnan(near)).tolist() == list(range(7_000, 9_000))


@pytest.mark.parametrize("rows", [0, 1, 9])
def test_a_tiny_history_is_not_measured(rows):
    assert np.isnan(measure_nearness(units(9), np.arange(rows), True, reach=10)).all()


def field(held_out, probabilities) -> LearntField:
    labels = ("a", "b")
    model = FieldModel("category", labels, {}, {})
    promise = Promise(0.9, dict.fromkeys(labels), 0.2)
    count = len(held_out)
    return LearntField(
        model,
        promise,
        "linear",
        np.asarray(held_out),
        np.asarray(probabilities),
        np.zeros(count, int),
        np.zeros(count, bool),
        {},
    )


def test_only_held_out_tickets_whose_nearness_was_measured_are_ranked():
    labels = {"category": [None, "a", "b", "a", "b"]}
    near = np.array([0.9, np.nan, 0.2, 0.4, 0.6])
    learnt = {"category": field([0, 1, 3], [[0.9, 0.1], [0.7, 0.3], [0.6, 0.4]])}
    found = learn_familiarity(labels, learnt, near)["category"]
    assert found.nearness.tolist() == [0.2, 0.6]
    assert len(found.scores) == len(found.evidence) == 2


def test_a_field_of_which_nothing_was_measured_has_none():
    learnt = {"category": field([0], [[0.9, 0.1]])}
    assert learn_familiarity({"category": ["a", "b"]}, learnt, np.full(2, np.nan)) == {}
