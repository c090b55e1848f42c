"""Leaving rows out must lose nothing: what is found is what measuring all finds, to the bit."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.neighbours import NeighbourIndex
from features.pruned_rows import FEWEST, PrunedRows
from tests.features.test_neighbours import units


def grouped(random: np.random.Generator, rows: int, dimension: int, spread: float) -> np.ndarray:
    """Return unit vectors near to a few directions, some of them equal and some of zeros."""
    directions = units(random, 12, dimension)
    vectors = directions[random.integers(12, size=rows)] + spread * units(random, rows, dimension)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[random.integers(rows, size=rows // 8)] = vectors[random.integers(rows)]
    vectors[random.integers(rows, size=rows // 50)] = 0
    return vectors.astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(1, 1_500),
    st.sampled_from([5, 64, 65, 150, 384]),
    st.floats(0.05, 20),
    st.integers(1, 300),
)
def test_all_that_is_near_is_among_the_candidates(seed, stored, dimension, spread, count):
    random = np.random.default_rng(seed)
    rows = grouped(random, stored, dimension, spread)
    count = min(count, stored)
    asked = [rows[random.integers(stored)], *units(random, 2, dimension), np.zeros(dimension, np.float32)]
    pruned = PrunedRows(rows)
    for vector in asked:
        found = pruned.candidates(vector, count)
        exact = rows.astype(float) @ vector.astype(float)
        assert (np.diff(found) > 0).all()
        assert set(np.flatnonzero(exact >= np.sort(exact)[-count])) <= set(found)


@pytest.fixture(scope="module")
def many():
    random = np.random.default_rng(0)
    rows = grouped(random, FEWEST + 500, 384, 1.0)
    return NeighbourIndex(rows, [f"T-{row}" for row in range(len(rows))], [{}] * len(rows))


class Plain(NeighbourIndex):
    candidates = NeighbourIndex.all_near


def test_most_rows_are_not_measured_and_the_answer_is_that_of_measuring_all(many):
    asked = grouped(np.random.default_rng(1), 60, 384, 1.0)
    plain = Plain(many.vectors, many.ticket_ids, many.labels)
    for count in (1, 20, 200):
        for one, other in zip(many.search(asked, count), plain.search(asked, count), strict=True):
            assert (one == other).all()
    kept = [len(many.candidates(vector, 20)) for vector in asked if vector.any()]
    assert np.median(kept) < len(many.vectors) / 4


def test_a_kept_index_holds_the_vectors_alone(many):
    many.search(many.vectors[:1], 1)
    again = pickle.loads(pickle.dumps(many))
    assert again._pruned is None
    assert again.search(many.vectors[:3], 5)[0].tolist() == many.search(many.vectors[:3], 5)[0].tolist()
