"""What is looked up of each row of a shelf with every ticket: its number among links, and its products.

Looking thousands of articles up one by one takes longer than comparing them all, and they hardly ever change.
"""

from collections.abc import Mapping

import numpy as np

from features.article_shelf import ArticleShelf

__all__ = ["ArticleRows"]

SAYS_NOTHING = 0.5


class ArticleRows:
    """Made once for a shelf and the numbers of the articles that were ever linked; never changes.

    Parameters
    ----------
    shelf : ArticleShelf
        The articles.
    article_numbers : Mapping of str to int
        Of the memory of links.

    Attributes
    ----------
    numbers : ndarray of shape (n_rows,), int64
        Each row's number; -1 for a dead row, and for an article that was never linked.
    """

    def __init__(self, shelf: ArticleShelf, article_numbers: Mapping[str, int]) -> None:
        self._made_of = (shelf, article_numbers)
        self.numbers = np.array(
            [-1 if one is None else article_numbers.get(one.article_id, -1) for one in shelf.articles],
            dtype=np.int64,
        )
        self._otherwise = np.array([0.0 if names else SAYS_NOTHING for names in shelf.products])
        about: dict[str, list[int]] = {}
        for row, names in enumerate(shelf.products):
            for name in names:
                about.setdefault(name, []).append(row)
        self._about = {name: np.array(rows, dtype=np.int64) for name, rows in about.items()}

    def is_of(self, shelf: ArticleShelf, article_numbers: Mapping[str, int]) -> bool:
        """Whether it was made for these."""
        return self._made_of[0] is shelf and self._made_of[1] is article_numbers

    def product_fit(self, product: str | None) -> np.ndarray:
        """Return how each row fits a ticket's product, of shape (n_rows,).

        1 if the article names it, whatever the case of its letters, 0 if it names only others, 0.5 if either
        says nothing.
        """
        if not product:
            return np.full(len(self.numbers), SAYS_NOTHING)
        fits = self._otherwise.copy()
        if (rows := self._about.get(product.casefold())) is not None:
            fits[rows] = 1.0
        return fits
