import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from features.neighbours import NeighbourIndex, vote


def units(random: np.random.Generator, rows: int, dimension: int = 16) -> np.ndarray:
    vectors = random.normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def index_of(vectors: np.ndarray) -> NeighbourIndex:
    ids = [f"T-{row}" for row in range(len(vectors))]
    return NeighbourIndex(vectors, ids, [{"category": one} for one in ids])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 30), st.integers(0, 5), st.integers(1, 35))
def test_the_nearest_are_those_of_sorting_all_cosines(seed, stored, asked, count):
    random = np.random.default_rng(seed)
    index, vectors = index_of(units(random, stored)), units(random, asked)
    places, cosines = index.search(vectors, count)
    assert places.shape == cosines.shape == (asked, min(count, stored))
    for row in range(asked):
        every = index.vectors @ vectors[row]
        np.testing.assert_allclose(cosines[row], np.sort(every)[::-1][:count], atol=1e-6)
        np.testing.assert_allclose(every[places[row]], cosines[row], atol=1e-6)


def test_a_batch_is_searched_as_its_tickets_one_by_one_whatever_the_threads():
    random = np.random.default_rng(0)
    index, vectors = index_of(units(random, 3_000, 384)), units(random, 40, 384)
    together = index.search(vectors, 5)
    with threadpool_limits(1):
        alone = [index.search(vectors[row : row + 1], 5) for row in range(40)]
    assert (np.concatenate([one[0] for one in alone]) == together[0]).all()
    assert (np.concatenate([one[1] for one in alone]) == together[1]).all()


def test_equal_tickets_come_in_the_order_of_the_history():
    vector = np.eye(1, 16, dtype=np.float32)
    index = index_of(np.repeat(vector, 6, axis=0))
    assert index.search(vector, 6)[0].tolist() == [[0, 1, 2, 3, 4, 5]]


def test_a_similar_ticket_is_named_with_what_became_of_it():
    index = index_of(np.eye(3, dtype=np.float32))
    places, cosines = index.search(np.array([[0, 1, 0]], np.float32), 1)
    (found,) = index.similar(places[0], cosines[0])
    assert (found.ticket_id, found.similarity, found.labels) == ("T-1", 1.0, {"category": "T-1"})


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 6), st.integers(0, 8), st.integers(1, 5))
def test_a_vote_is_a_probability_for_each_label_and_one_by_one_the_same(seed, rows, count, labels):
    random = np.random.default_rng(seed)
    cosines = -np.sort(-random.random((rows, count)).astype(np.float32), axis=1)
    classes = random.integers(-1, labels, (rows, count))
    found = vote(cosines, classes, labels)
    np.testing.assert_allclose(np.exp(found).sum(axis=1), np.ones(rows), atol=1e-12)
    for row in range(rows):
        assert (vote(cosines[row : row + 1], classes[row : row + 1], labels)[0] == found[row]).all()


def test_the_nearer_a_ticket_the_more_its_vote_weighs():
    cosines = np.array([[0.9, 0.85, 0.85, 0.4]], np.float32)
    votes = np.exp(vote(cosines, np.array([[2, 1, 1, 0]]), 4))[0]
    # Two votes of e^-1 against one of 1; the far one hardly counts, the label without any keeps the prior.
    assert votes[1] / votes[2] == pytest.approx(2 * np.exp(-1), rel=0.01)
    assert votes[3] == pytest.approx(0.001 * votes[2], rel=0.01)
    assert votes[3] < votes[0] < 2 * votes[3]
