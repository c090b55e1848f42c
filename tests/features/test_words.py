import math
import pickle
import zlib
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from features.encoder_folder import find_encoder
from features.words import HEAD, WordView

TEXTS = [
    "VPN drops every hour",
    "the VPN drops, drops and drops",
    "printer jams on the third floor",
    "Printer offline since this morning",
    "reset my password please",
    "password reset for the printer",
    "",
    "unbelievable antidisestablishmentarianism",
]

words = st.sampled_from(
    "vpn drops printer jam password reset please every hour unbelievable 网络 ü !".split()
)
texts = st.lists(words, max_size=12).map(" ".join) | st.text(max_size=30)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(find_encoder() / "tokenizer.json"))


@pytest.fixture(scope="module")
def view(tokenizer: Tokenizer) -> WordView:
    return WordView(tokenizer).fit(TEXTS)


def contributions(view: WordView, text: str, weights: np.ndarray) -> list[tuple[str, float]]:
    """Return how a linear score is shared by the words of a text."""
    row = view.transform([text])
    shares = view.shares(text, row)
    return list(zip(shares.names, shares.of(row.data * weights[row.indices]).tolist(), strict=True))


def terms_of(tokenizer: Tokenizer, text: str) -> Counter:
    """Pieces, and pairs of neighbouring pieces, of a text."""
    encoding = tokenizer.encode(text, add_special_tokens=False)  # Of short texts: nothing is cut off.
    unknown = tokenizer.token_to_id("[UNK]")
    pieces = [
        (1 << 24) + zlib.crc32(text[start:end].lower().encode()) % (1 << 20) if piece == unknown else piece
        for piece, (start, end) in zip(encoding.ids, encoding.offsets, strict=True)
    ]
    return Counter([*((piece,) for piece in pieces), *pairwise(pieces)])


def slow_tfidf(tokenizer: Tokenizer, learnt: list[str], asked: list[str], min_texts: int = 2) -> np.ndarray:
    """TF-IDF as a textbook has it, one number at a time; columns by term, singles and pairs mixed."""
    frequency = Counter(term for text in learnt for term in terms_of(tokenizer, text))
    # The code of a term orders columns: singles by piece, pairs by first and second piece after them.
    kept = sorted(
        (term for term, count in frequency.items() if count >= min_texts), key=lambda one: (len(one), one)
    )
    rows = np.zeros((len(asked), len(kept)))
    for row, text in enumerate(asked):
        found = terms_of(tokenizer, text)
        for column, term in enumerate(kept):
            if found[term]:
                idf = math.log((1 + len(learnt)) / (1 + frequency[term])) + 1
                rows[row, column] = (1 + math.log(found[term])) * idf
        norm = math.sqrt(sum(rows[row] ** 2))
        rows[row] /= norm or 1
    return rows


def test_rows_are_those_of_a_slow_textbook_tfidf(tokenizer, view):
    asked = [*TEXTS, "vpn vpn vpn printer", "nothing known here: zebra"]
    np.testing.assert_allclose(
        view.transform(asked).toarray(), slow_tfidf(tokenizer, TEXTS, asked), atol=1e-6
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(texts, max_size=6), st.lists(texts, max_size=4))
def test_rows_are_those_of_the_reference_for_any_texts(tokenizer, learnt, asked):
    made = WordView(tokenizer).fit(learnt)
    np.testing.assert_allclose(
        made.transform(asked).toarray(), slow_tfidf(tokenizer, learnt, asked), atol=1e-6
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(texts, max_size=8))
def test_a_batch_is_its_texts_one_by_one_bit_for_bit(view, asked):
    together = view.transform(asked)
    assert together.shape == (len(asked), view.n_features) and together.dtype == np.float32
    for row, text in enumerate(asked):
        alone = view.transform([text])
        assert (together[row] != alone).nnz == 0


@settings(max_examples=40, deadline=None)
@given(texts, st.integers(0, 1_000))
def test_contributions_add_up_to_the_score(view, text, seed):
    weights = np.random.default_rng(seed).normal(size=view.n_features).astype(np.float32)
    parts = contributions(view, text, weights)
    assert sum(value for _, value in parts) == pytest.approx(
        float((view.transform([text]) @ weights)[0]), abs=1e-5
    )
    names = [name for name, _ in parts]
    assert len(names) == len(set(names)) and all(name == name.lower() for name in names)


def test_contributions_name_whole_words_in_their_order(view):
    parts = contributions(view, "Unbelievable PRINTER jams; printer!", np.ones(view.n_features, np.float32))
    assert [name for name, _ in parts][:3] == ["unbelievable", "printer", "jams"]


def test_the_most_frequent_terms_are_kept_when_there_are_too_many(tokenizer):
    small = WordView(tokenizer, max_terms=3).fit(TEXTS)
    assert small.n_features == 3
    assert (np.diff(small.terms_) > 0).all()
    counts = Counter(term for text in TEXTS for term in terms_of(tokenizer, text))
    assert min(sorted(counts.values())[-3:]) <= small.transform(TEXTS).getnnz(axis=0).min()


def test_only_so_many_pieces_of_a_text_are_read(tokenizer):
    view = WordView(tokenizer, max_pieces=4).fit(
        ["door door drops drops", "door door drops drops paper paper"]
    )
    long = "door door drops drops " + "paper " * 50_000
    assert (view.transform([long]) != view.transform(["door door drops drops"])).nnz == 0
    assert {name for name, _ in contributions(view, long, np.ones(view.n_features))} == {"door", "drops"}


def test_the_tokenizer_that_was_given_is_left_as_it_is(tokenizer):
    before = tokenizer.to_str()
    WordView(tokenizer).fit(TEXTS)
    assert tokenizer.to_str() == before


@pytest.mark.parametrize("learnt", [[], ["", ""], ["one two", "three four"]])
def test_where_nothing_is_frequent_enough_every_row_is_empty(tokenizer, learnt):
    view = WordView(tokenizer).fit(learnt)
    assert view.n_features == 0
    assert view.transform(["one two", ""]).shape == (2, 0)
    assert sum(value for _, value in contributions(view, "one two", np.empty(0))) == 0


def test_a_pickled_view_gives_the_same_rows(view):
    again = pickle.loads(pickle.dumps(view))
    assert (again.transform(TEXTS) != view.transform(TEXTS)).nnz == 0


def test_what_the_vocabulary_cannot_spell_is_still_told_apart(tokenizer):
    texts = ["打印机无法打印", "网络无法连接", "打印机没有墨水", "网络连接很慢"]
    view = WordView(tokenizer).fit(texts)
    rows = view.transform(texts).toarray()
    alike = rows @ rows.T
    assert alike[0, 2] > 0.1 and alike[1, 3] > 0.1
    assert alike[0, 2] > alike[0, 3] and alike[1, 3] > alike[1, 2]


def test_the_contributions_of_such_words_add_up_and_name_them(tokenizer):
    texts = ["打印机无法打印 VPN", "打印机 VPN 慢"]
    view = WordView(tokenizer).fit(texts)
    weights = np.random.default_rng(0).normal(size=view.n_features).astype(np.float32)
    for text in texts:
        found = contributions(view, text, weights)
        whole = (view.transform([text]) @ weights)[0]
        assert sum(weight for _, weight in found) == pytest.approx(whole, abs=1e-5)
        assert "打" in dict(found)


def test_the_first_line_of_a_longer_text_counts_once_more_by_itself(tokenizer: Tokenizer):
    texts = ["printer jams\nIt prints half a page.", "printer jams\nAgain.", "page printer\nNo."] * 2
    view = WordView(tokenizer).fit(texts)
    of_heads = view.terms_ >= HEAD
    assert of_heads.any()
    row = view.transform(["printer jams\nIt prints half a page."]).toarray()[0]
    assert np.linalg.norm(row[of_heads]) == pytest.approx(1.0)
    assert np.linalg.norm(row[~of_heads]) == pytest.approx(1.0)
    alone = view.transform(["printer jams"]).toarray()[0]
    assert not alone[of_heads].any()


def test_what_the_first_line_says_is_told_by_its_words(tokenizer: Tokenizer):
    view = WordView(tokenizer).fit(["printer jams\nIt prints half a page.", "printer jams\nPage."] * 2)
    weights = np.where(view.terms_ >= HEAD, 1.0, 0.0)
    parts = dict(contributions(view, "printer jams\nIt prints half a page.", weights))
    assert parts["printer"] > 0 and parts["jams"] > 0
    assert parts.get("page", 0.0) == 0.0


@settings(max_examples=30, deadline=None)
@given(st.lists(texts, max_size=12))
def test_fitting_and_transforming_at_once_is_one_after_the_other(tokenizer, learnt):
    apart, at_once = WordView(tokenizer), WordView(tokenizer)
    rows = apart.fit(learnt).transform(learnt)
    assert abs(rows - at_once.fit_transform(learnt)).sum() == 0
    assert at_once.terms_.tolist() == apart.terms_.tolist()
    assert at_once.idf_.tolist() == apart.idf_.tolist()


def test_how_many_texts_are_read_at_a_time_does_not_matter(tokenizer, view, monkeypatch):
    monkeypatch.setattr("features.words.BATCH", 3)
    in_threes = WordView(tokenizer).fit(TEXTS)
    assert in_threes.terms_.tolist() == view.terms_.tolist()
    assert in_threes.idf_.tolist() == view.idf_.tolist()
    assert abs(in_threes.transform(TEXTS) - view.transform(TEXTS)).sum() == 0
