import numpy as np

from features.vector_rows import TAIL_MAX, VectorRows


def test_appended_rows_answer_like_packed_ones():
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((TAIL_MAX + 10, 4)).astype(np.float32)
    rows = VectorRows.empty(4)
    for row in matrix:
        rows = rows.append(row.reshape(1, -1))
    vector = matrix[3]
    assert len(rows) == len(matrix)
    assert 0 < len(rows.blocks) <= TAIL_MAX
    np.testing.assert_allclose(rows.cosines(vector), matrix @ vector, rtol=1e-5)
    np.testing.assert_array_equal(rows.take(np.array([5, 260])), matrix[[5, 260]])


def test_appending_leaves_the_rows_before_as_they_were():
    before = VectorRows.empty(2).append(np.ones((1, 2)))
    before.append(np.zeros((3, 2)))
    assert len(before) == 1
