import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.affinity.projections import LONG, SAMPLE_STEP, Projections


def filled(rows: np.ndarray) -> Projections:
    short = Projections(rows.shape[1])
    for row in rows:
        short.append(row)
    return short


def read_whole(rows: np.ndarray, vector: np.ndarray, count: int) -> set[int]:
    """What a scan of everything finds in a long history: all from the product that a sample says."""
    scores = rows @ vector
    sample = scores[::SAMPLE_STEP]
    least = -np.partition(-sample, int(len(sample) * count / len(rows)) + 1)[int(len(sample) * count / len(rows)) + 1]
    return set(np.flatnonzero(scores >= least))


@pytest.mark.parametrize("spread", [np.ones(32), 1 / np.arange(1, 33), np.arange(1, 33) / 32.0])
def test_reading_few_vectors_whole_finds_what_reading_all_does(spread):
    draws = np.random.default_rng(0)
    rows = (draws.normal(size=(LONG + 900, 32)) * spread).astype(np.float32)
    short = filled(rows)
    for number in range(5):
        vector = rows[number * 1000] + 0.1 * draws.normal(size=32).astype(np.float32)
        found, exact = set(short.nearest(vector, 400)), read_whole(rows, vector, 400)
        assert len(found ^ exact) <= 1  # one product may lie on the line and be rounded another way


@given(st.integers(1, 12), st.integers(1, 40), st.integers(1, 45))
def test_a_short_history_is_read_whole(length, rows, count):
    vectors = np.random.default_rng(rows).normal(size=(rows, length)).astype(np.float32)
    found = filled(vectors).nearest(vectors[0], count)
    scores = vectors @ vectors[0]
    assert len(set(found)) == min(count, rows)
    assert scores[found].min() >= np.sort(scores)[::-1][: len(found)].min() - 1e-4
