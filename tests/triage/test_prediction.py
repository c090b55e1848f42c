import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from triage.prediction import Assessment, Prediction


@given(st.integers(1, 20), st.integers(0, 25), st.integers(0, 1_000))
def test_the_top_is_the_likeliest_labels_best_first(size, count, seed):
    chances = np.random.default_rng(seed).dirichlet(np.ones(size))
    labels = tuple(f"label-{place}" for place in range(size))
    top = Prediction("category", labels, chances).top(count)
    assert len(top) == min(size, count)
    assert [chance for _, chance in top] == sorted(chances, reverse=True)[:count]
    assert all(chances[labels.index(label)] == chance for label, chance in top)


def test_equal_labels_keep_their_order():
    top = Prediction("category", ("a", "b", "c"), np.array([0.25, 0.5, 0.25])).top()
    assert [label for label, _ in top] == ["b", "a", "c"]


def test_confidences_are_plain_numbers_that_json_knows():
    ((_, confidence),) = Prediction("category", ("a",), np.ones(1)).top()
    assert type(confidence) is float


def test_what_was_not_asked_for_is_empty():
    assert (Assessment({}, 1.0).explanations, Assessment({}, 1.0).similar) == ({}, ())
