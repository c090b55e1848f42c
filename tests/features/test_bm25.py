import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.bm25 import K1, MANY, B, WordIndex

documents = st.lists(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 5), max_size=5), min_size=1, max_size=8
)


def all_alive(index: WordIndex) -> np.ndarray:
    return np.ones(len(index), dtype=bool)


def test_a_score_is_that_of_the_published_formula():
    index = WordIndex.pack([{"mail": 2, "send": 1}, {"print": 1}])
    rarity = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    expected = rarity * 2 * (K1 + 1) / (2 + K1 * (1 - B + B * 3 / 2))
    assert index.scores(["mail", "mail", "unknown"], all_alive(index)) == pytest.approx([expected, 0.0])


def test_no_document_and_no_living_document_score_nothing():
    assert WordIndex.pack([]).scores(["mail"], np.zeros(0, dtype=bool)).shape == (0,)
    assert WordIndex.pack([{"mail": 1}]).scores(["mail"], np.zeros(1, dtype=bool)) == [0.0]


def test_shared_words_come_with_the_rarest_first():
    index = WordIndex.pack([{"mail": 1, "oauth": 1}, {"mail": 1}, {"print": 2}])
    shared = index.search(["mail", "oauth", "send"], all_alive(index)).shared_words([0, 2], limit=2)
    assert shared == [("oauth", "mail"), ()]


@given(documents, st.lists(st.sampled_from("abcdefg")))
def test_documents_added_one_by_one_score_as_if_packed_at_once(counts, query):
    packed = WordIndex.pack(counts)
    grown = WordIndex.pack(counts[:1])
    for document in counts[1:]:
        grown = grown.add(document)
    alive = all_alive(packed)
    np.testing.assert_allclose(grown.scores(query, alive), packed.scores(query, alive), rtol=1e-6)
    chosen = list(range(len(counts)))
    found, expected = (one.search(query, alive).shared_words(chosen, 3) for one in (grown, packed))
    assert found == expected


@given(documents, st.lists(st.sampled_from("abcdefg")), st.data())
def test_a_dead_document_leaves_no_trace_in_the_scores(counts, query, data):
    alive = np.array(data.draw(st.lists(st.booleans(), min_size=len(counts), max_size=len(counts))))
    living = [document for document, lives in zip(counts, alive, strict=True) if lives]
    scores = WordIndex.pack(counts).scores(query, alive)
    without = WordIndex.pack(living)
    np.testing.assert_allclose(scores[alive], without.scores(query, all_alive(without)), rtol=1e-6)
    assert not scores[~alive].any()


def test_among_many_documents_words_that_a_tenth_has_are_passed_over_unless_there_are_no_others():
    index = WordIndex.pack([{"the": 1, f"word{number % 500}": 1} for number in range(MANY)])
    alive = all_alive(index)
    assert (index.scores(["the", "word7"], alive) == index.scores(["word7"], alive)).all()
    assert (index.scores(["the"], alive) > 0).all()


@pytest.mark.parametrize(
    ("packed", "late", "pays"),
    [(0, 31, False), (0, 32, True), (1_000, 249, False), (1_000, 250, True), (9_000, 2_047, False),
     (9_000, 2_048, True)],
)  # fmt: skip
def test_packing_pays_by_how_many_came_one_by_one(packed: int, late: int, pays: bool):
    index = WordIndex.pack([{"a": 1}] * packed).add_many([{"a": 1}] * late)
    assert index.is_long_tailed is pays
