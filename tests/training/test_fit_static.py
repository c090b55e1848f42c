import numpy as np
import pytest
from tokenizers import Tokenizer

from features.encoder_folder import find_encoder
from features.words import PAIR, WordView
from training.fit_static import PARTS, PENALTY, cross_fit_static, fit_static

SUBJECTS = [
    "vpn drops again",
    "printer jams paper",
    "reset my password",
    "laptop screen broken",
    "mail bounces",
]


@pytest.fixture(scope="module")
def words() -> WordView:
    return WordView(Tokenizer.from_file(str(find_encoder() / "tokenizer.json"))).fit(SUBJECTS * 3)


def test_it_is_the_ridge_regression_of_vectors_on_pieces(words):
    rows = words.transform(SUBJECTS * 3)
    vectors = np.random.default_rng(0).standard_normal((15, 8)).astype(np.float32)
    static = fit_static(words, rows, vectors)
    pieces = int(np.searchsorted(words.terms_, PAIR))
    assert static.table.shape == (pieces, 8)
    features = static.pieces(rows).toarray().astype(float)
    targets = vectors - vectors.mean(axis=0)
    solved = np.linalg.solve(features.T @ features + PENALTY * np.eye(pieces), features.T @ targets)
    np.testing.assert_allclose(static.table, solved, atol=1e-3)


def test_texts_without_words_do_not_count(words):
    texts = [*SUBJECTS, "", "", ""]
    vectors = np.random.default_rng(0).standard_normal((8, 8)).astype(np.float32)
    with_empty = fit_static(words, words.transform(texts), vectors)
    without = fit_static(words, words.transform(SUBJECTS), vectors[:5])
    assert (with_empty.table == without.table).all() and (with_empty.mean == without.mean).all()


def test_a_history_without_words_has_the_mean_alone(words):
    nothing = WordView(words.tokenizer).fit(["", ""])
    static = fit_static(nothing, nothing.transform(["", ""]), np.ones((2, 8), np.float32))
    assert static.table.shape == (0, 8)
    np.testing.assert_allclose(static.vectors(nothing.transform(["", "vpn"])), 1 / np.sqrt(8), rtol=1e-5)


def test_no_vector_comes_from_a_table_that_has_seen_its_ticket(words):
    texts = SUBJECTS * 3
    rows = words.transform(texts)
    vectors = np.random.default_rng(0).standard_normal((15, 8)).astype(np.float32)
    before = cross_fit_static(words, rows, vectors)
    changed = vectors.copy()
    changed[4] = 100.0
    after = cross_fit_static(words, rows, changed)
    same = (before == after).all(axis=1)
    assert same[4 % PARTS :: PARTS].all() and not same.all()


def test_columns_that_are_solved_apart_are_those_solved_together(words, monkeypatch):
    rows = words.transform(SUBJECTS * 3)
    vectors = np.random.default_rng(1).standard_normal((15, 8)).astype(np.float32)
    together = fit_static(words, rows, vectors)
    monkeypatch.setattr("training.fit_static.COLUMNS", 3)
    apart = fit_static(words, rows, vectors)
    assert apart.table.shape == together.table.shape
    np.testing.assert_allclose(apart.table, together.table, atol=1e-4)
