"""A shelf that grew, by ones or by many, finds what one that was built at once finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.article_shelf import ArticleShelf
from features.article_words import search_words
from triage.errors import InputError
from triage.knowledge import Article

DIMENSION = 8
WORDS = ("printer", "jam", "password", "reset", "mail", "crash")


def article(number: int, words: tuple[int, ...]) -> Article:
    return Article(f"A-{number}", " ".join(WORDS[one] for one in words), "", products=("mail",))


def embedding(one: Article) -> np.ndarray:
    random = np.random.default_rng(sum(one.title.encode()))
    return random.standard_normal((1 + len(one.title) % 3, DIMENSION)).astype(np.float32)


ARTICLES = st.builds(article, st.integers(0, 6), st.tuples(*[st.integers(0, len(WORDS) - 1)] * 3))
STEPS = st.lists(st.one_of(st.lists(ARTICLES, max_size=4), st.integers(0, 6)), max_size=8)


def seen_in(shelf: ArticleShelf) -> dict[str, tuple]:
    """What is found of each living article: BM25 of each word, cosines, products."""
    vector = np.ones(DIMENSION, np.float32) / np.sqrt(DIMENSION)
    names = sorted(shelf.rows)
    rows = np.array([shelf.rows[name] for name in names], dtype=np.int64)
    heads, best = shelf.meaning(vector, rows)
    scores = [shelf.words.scores(search_words(word), shelf.alive)[rows] for word in WORDS]
    found = np.round(np.column_stack([heads, best, *scores]) if len(rows) else np.zeros((0, 8)), 5)
    return {
        name: (*values.tolist(), shelf.articles[row], shelf.products[row])
        for name, values, row in zip(names, found, rows.tolist(), strict=True)
    }


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_growing_gives_what_building_gives_and_packing_changes_nothing(steps):
    shelf = ArticleShelf.build([], [], DIMENSION)
    kept: dict[str, Article] = {}
    for step in steps:
        if isinstance(step, int):
            shelf = shelf.withdraw(f"A-{step}")
            kept.pop(f"A-{step}", None)
        else:
            shelf = shelf.put(step, [embedding(one) for one in step])
            kept |= {one.article_id: one for one in step}
    built = ArticleShelf.build(list(kept.values()), [embedding(one) for one in kept.values()], DIMENSION)
    assert len(shelf) == len(kept)
    packed = shelf.pack()
    assert seen_in(shelf) == seen_in(packed) == seen_in(built)
    assert list(packed.rows) == sorted(kept) and packed.alive.all() and not packed.words.tail


def test_many_articles_are_counted_once_each(monkeypatch):
    counted = []
    monkeypatch.setattr("features.bm25.TAIL_MAX", 8)
    monkeypatch.setattr(
        "features.article_shelf.count_words", lambda texts: counted.append(1) or {"printer": 1}
    )
    shelf = ArticleShelf.build([], [], DIMENSION)
    for begin in range(0, 40, 4):
        some = [article(number, (0, 1, 2)) for number in range(begin, begin + 4)]
        shelf = shelf.put(some, [embedding(one) for one in some])
    assert len(shelf) == len(counted) == 40 and len(shelf.words.tail or ()) < 8


def test_articles_read_together_are_packed_and_a_few_more_are_not():
    many = [article(number, (0, 1, 2)) for number in range(100)]
    shelf = ArticleShelf.build([], [], DIMENSION).put(many, [embedding(one) for one in many])
    assert not shelf.words.tail
    shelf = shelf.put([article(200, (0, 1, 2))], [embedding(article(200, (0, 1, 2)))])
    assert len(shelf.words.tail or ()) == 1


def test_nothing_put_is_the_same_shelf():
    shelf = ArticleShelf.build([], [], DIMENSION)
    assert shelf.put([], []) is shelf and shelf.withdraw("A-1") is shelf


def test_vectors_of_another_encoder_are_refused_and_change_nothing():
    shelf = ArticleShelf.build([], [], DIMENSION)
    one = article(1, (0, 0, 0))
    with pytest.raises(InputError, match=r"shape \(1, 3\)"):
        shelf.put([one], [np.zeros((1, 3), np.float32)])
    assert not len(shelf)
