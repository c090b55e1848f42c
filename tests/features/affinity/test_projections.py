import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.affinity.projections import COLUMNS, LONG, Projections


def filled(rows: np.ndarray) -> Projections:
    short = Projections(rows.shape[1])
    for row in rows:
        short.append(row)
    return short


def test_in_a_long_history_about_so_many_are_found_and_none_nearer_is_left_out():
    draws = np.random.default_rng(0)
    rows = draws.normal(size=(LONG + 900, 8)).astype(np.float32)
    short = filled(rows)
    assert len(short) == len(rows) > COLUMNS
    for number in range(5):
        scores = rows @ rows[number]
        found = short.nearest(rows[number], 400)
        assert 100 < len(found) < 1600
        assert len(set(found) ^ set(np.argsort(-scores)[: len(found)])) <= 2  # rounding at the edge


@given(st.integers(1, 12), st.integers(1, 40), st.integers(1, 45))
def test_in_a_short_history_the_nearest_are_found(length, rows, count):
    vectors = np.random.default_rng(rows).normal(size=(rows, length)).astype(np.float32)
    found = filled(vectors).nearest(vectors[0], count)
    scores = vectors @ vectors[0]
    assert len(set(found)) == min(count, rows)
    assert scores[found].min() >= np.sort(scores)[::-1][: len(found)].min() - 1e-4
