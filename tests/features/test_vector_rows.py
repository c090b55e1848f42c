import numpy as np
import pytest

from features.vector_rows import LONG, TAIL_MAX, VectorRows


def test_appended_rows_answer_like_packed_ones():
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((270, 4)).astype(np.float32)
    rows = VectorRows.empty(4)
    for row in matrix:
        rows = rows.append(row.reshape(1, -1))
    vector = matrix[3]
    assert len(rows) == len(matrix)
    assert 0 < len(rows.blocks) <= 2 * TAIL_MAX
    np.testing.assert_allclose(rows.cosines(vector), matrix @ vector, rtol=1e-5)
    np.testing.assert_array_equal(rows.take(np.array([5, 260])), matrix[[5, 260]])


def test_appending_leaves_the_rows_before_as_they_were():
    before = VectorRows.empty(2).append(np.ones((1, 2)))
    before.append(np.zeros((3, 2)))
    assert len(before) == 1


def made_up(rows: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    topics = rng.standard_normal((50, 48))
    matrix = topics[rng.integers(50, size=rows)] + 0.6 * rng.standard_normal((rows, 48))
    return (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)


def test_a_short_list_is_measured_whole():
    matrix = made_up(200)
    found = VectorRows.pack(matrix).nearest(matrix[0], 5)
    np.testing.assert_array_equal(found.rows, np.arange(200))
    np.testing.assert_allclose(found.cosines, matrix @ matrix[0], rtol=1e-5)


@pytest.mark.parametrize("grown", [False, True])
def test_a_long_list_finds_what_measuring_all_rows_finds(grown):
    matrix = made_up(LONG + 500)
    rows = VectorRows.pack(matrix if not grown else matrix[: LONG - 100])
    if grown:
        for begin in range(LONG - 100, len(matrix), 150):
            rows = rows.append(matrix[begin : begin + 150])
    assert rows.axes is not None and len(rows) == len(matrix)
    for vector in made_up(20):
        found = rows.nearest(vector, 100)
        cosines = matrix @ vector
        exact = np.argsort(-cosines, kind="stable")[:100]
        assert len(np.intersect1d(exact, found.rows)) >= 99
        assert (np.diff(found.rows) > 0).all()
        np.testing.assert_allclose(found.cosines, cosines[found.rows], atol=1e-5)


def test_many_small_appends_are_joined_and_nothing_is_lost():
    matrix = made_up(3 * TAIL_MAX)
    rows = VectorRows.empty(48)
    for row in matrix:
        rows = rows.append(row.reshape(1, -1))
        assert len(rows.blocks) <= TAIL_MAX + 3
    np.testing.assert_array_equal(rows.take(np.arange(len(matrix))), matrix)
