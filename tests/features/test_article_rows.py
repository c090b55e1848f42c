"""What is looked up of a shelf's rows."""

import numpy as np

from features.article_rows import ArticleRows
from features.article_shelf import ArticleShelf
from triage.knowledge import Article

ARTICLES = [
    Article("A-1", "Mail", "Words.", products=("Mail", "Desktop")),
    Article("A-2", "Any", "Words."),
    Article("A-3", "Web", "Words.", products=("WEB",)),
]


def shelf() -> ArticleShelf:
    vectors = [np.eye(4, dtype=np.float32)[:1] for _ in ARTICLES]
    return ArticleShelf.build(ARTICLES, vectors, 4)


def test_numbers_are_those_of_the_links():
    rows = ArticleRows(shelf(), {"A-3": 0, "A-1": 7, "gone": 1})

    assert rows.numbers.tolist() == [7, -1, 0]


def test_a_dead_row_has_no_number():
    assert ArticleRows(shelf().withdraw("A-1"), {"A-1": 7}).numbers.tolist() == [-1, -1, -1]


def test_products_fit_whatever_the_case_and_half_where_either_says_nothing():
    rows = ArticleRows(shelf(), {})

    assert rows.product_fit("mail").tolist() == [1.0, 0.5, 0.0]
    assert rows.product_fit("Web").tolist() == [0.0, 0.5, 1.0]
    assert rows.product_fit("Phone").tolist() == [0.0, 0.5, 0.0]
    assert rows.product_fit(None).tolist() == rows.product_fit("").tolist() == [0.5, 0.5, 0.5]


def test_one_answer_does_not_change_the_next():
    rows = ArticleRows(shelf(), {})
    rows.product_fit("mail")[:] = 9.0

    assert rows.product_fit("mail").tolist() == [1.0, 0.5, 0.0]


def test_it_is_of_these_very_articles_and_numbers():
    one, numbers = shelf(), {"A-1": 0}
    rows = ArticleRows(one, numbers)

    assert rows.is_of(one, numbers)
    assert not rows.is_of(shelf(), numbers)
    assert not rows.is_of(one, dict(numbers))
