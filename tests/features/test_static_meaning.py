import numpy as np
import pytest
import scipy.sparse as sp

from features.static_meaning import StaticMeaning

PIECES, DIMENSION = 6, 4


@pytest.fixture
def static() -> StaticMeaning:
    random = np.random.default_rng(0)
    table = random.standard_normal((PIECES, DIMENSION)).astype(np.float32)
    return StaticMeaning(table, np.full(DIMENSION, 0.1, np.float32))


@pytest.fixture
def rows() -> sp.csr_matrix:
    matrix = sp.random(40, PIECES + 3, density=0.4, format="lil", dtype=np.float32, random_state=1)
    matrix[7] = 0
    return matrix.tocsr()


def test_a_vector_is_the_weighed_sum_of_its_pieces_at_length_one(static, rows):
    found = static.vectors(rows)
    part = rows[3, :PIECES].toarray()[0]
    plain = part / np.linalg.norm(part) @ static.table + static.mean
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[3], plain / np.linalg.norm(plain), rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, rtol=1e-5)


def test_a_row_alone_has_the_bits_of_a_row_among_others(static, rows):
    together = static.vectors(rows)
    for row in range(rows.shape[0]):
        assert (static.vectors(rows[row]) == together[row]).all()


def test_a_text_without_known_pieces_has_the_mean_and_pairs_are_not_read(static, rows):
    (empty,) = static.vectors(rows[7])
    np.testing.assert_allclose(empty, static.mean / np.linalg.norm(static.mean), rtol=1e-6)
    more = rows.tolil()
    more[3, PIECES + 1] = 5.0
    assert (static.vectors(more.tocsr()) == static.vectors(rows)).all()
