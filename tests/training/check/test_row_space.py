import numpy as np
import pytest
import scipy.sparse as sp

from training.check.quick_model import log_probabilities
from training.check.row_space import COLUMNS_A_ROW, FEWEST_LABELS, turned


def wide(rows: int, columns: int, seed: int = 0) -> sp.csr_matrix:
    random = np.random.default_rng(seed)
    return sp.random(rows, columns, 0.02, format="csr", dtype=np.float32, random_state=random)


def test_turned_rows_have_the_inner_products_of_the_blocks_together():
    words, meaning = wide(40, 800), np.random.default_rng(1).normal(size=(40, 6)).astype(np.float32)
    (block,) = turned([words, meaning], FEWEST_LABELS)
    assert block.shape == (40, 40)
    expected = (words @ words.T).toarray() + meaning @ meaning.T
    assert block @ block.T == pytest.approx(expected, abs=1e-4)


def test_a_model_of_turned_rows_says_the_same():
    block, classes = wide(90, 2_000), np.arange(90) % 30
    learn, judge = np.arange(60), np.arange(60, 90)
    plain = log_probabilities([[block]], classes, 30, learn, judge)
    assert log_probabilities([turned([block], 30)], classes, 30, learn, judge) == pytest.approx(
        plain, abs=1e-3
    )


def test_rows_that_are_equal_or_empty_can_be_turned():
    same = sp.vstack([wide(1, 300)] * 5 + [sp.csr_matrix((3, 300), dtype=np.float32)], format="csr")
    (block,) = turned([same], FEWEST_LABELS)
    assert np.isfinite(block).all()


@pytest.mark.parametrize(("columns", "labels"), [(10 * COLUMNS_A_ROW - 1, 500), (5_000, FEWEST_LABELS - 1)])
def test_narrow_blocks_and_few_labels_are_left_as_they_are(columns, labels):
    block = wide(10, columns)
    assert turned([block], labels)[0] is block
