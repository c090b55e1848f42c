"""The articles that can be suggested at this moment, ready to be searched by words and by meaning.

A :class:`ArticleShelf` never changes: putting or withdrawing an article gives a new shelf that shares all
the rest. It knows nothing of tickets' links (:mod:`features.link_memory`) nor of how scores are weighed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.article_words import count_words
from features.bm25 import WordIndex
from features.vector_rows import VectorRows
from triage.errors import InputError
from triage.knowledge import Article

__all__ = ["ArticleShelf"]


@dataclass(frozen=True, slots=True, eq=False)
class ArticleShelf:
    """Living articles by row; a replaced or withdrawn article leaves a dead row until the next packing.

    Parameters
    ----------
    articles : tuple of Article or None
        By row; None where the row is dead.
    rows : Mapping of str to int
        The row of each living article.
    words : WordIndex
        Words of every row.
    passages : VectorRows
        Embedded passages of every row; the first of a row is title and summary.
    owners : ndarray of shape (n_passages,)
        Row of each passage.
    heads : ndarray of shape (n_rows,)
        The first passage of each row; the others follow it.
    products : tuple of frozenset of str
        What each row is about, in lower case.
    alive : ndarray of bool, shape (n_rows,)
        Which rows hold a living article.
    """

    articles: tuple[Article | None, ...]
    rows: Mapping[str, int]
    words: WordIndex
    passages: VectorRows
    owners: np.ndarray
    heads: np.ndarray
    products: tuple[frozenset[str], ...]
    alive: np.ndarray

    @classmethod
    def build(
        cls, articles: Sequence[Article], embeddings: Sequence[np.ndarray], dimension: int
    ) -> "ArticleShelf":
        """Put up many articles at once.

        Parameters
        ----------
        articles : sequence of Article
            With an id each; the last one of an id wins.
        embeddings : sequence of ndarray of shape (n_passages, dimension)
            Of each article's passages, see :func:`features.passages.split_passages`.
        dimension : int
            Length of a vector.
        """
        last = {article.article_id: number for number, article in enumerate(articles)}
        kept = [articles[number] for number in last.values()]
        matrices = [_checked(embeddings[number], dimension) for number in last.values()]
        sizes = np.array([len(matrix) for matrix in matrices], dtype=np.int64)
        return cls(
            tuple(kept),
            {article.article_id: row for row, article in enumerate(kept)},
            WordIndex.pack(_words_of(article) for article in kept),
            VectorRows.pack(np.concatenate([np.empty((0, dimension), dtype=np.float32), *matrices])),
            np.repeat(np.arange(len(kept), dtype=np.int32), sizes),
            np.cumsum(sizes) - sizes,
            tuple(_products_of(article) for article in kept),
            np.ones(len(kept), dtype=bool),
        )

    def __len__(self) -> int:
        return len(self.rows)

    def put(self, articles: Sequence[Article], embeddings: Sequence[np.ndarray]) -> "ArticleShelf":
        """Return a shelf with articles added, or replaced if known; as :meth:`build` takes them."""
        last = {article.article_id: number for number, article in enumerate(articles)}
        added = [articles[number] for number in last.values()]
        matrices = [_checked(embeddings[number], self.passages.dimension) for number in last.values()]
        if not added:
            return self
        shelf = self._without([article.article_id for article in added])
        row = len(shelf.articles)
        sizes = np.array([len(matrix) for matrix in matrices], dtype=np.int64)
        rows = np.arange(row, row + len(added), dtype=np.int32)
        shelf = ArticleShelf(
            (*shelf.articles, *added),
            {**shelf.rows, **{article.article_id: row + place for place, article in enumerate(added)}},
            shelf.words.add_many([_words_of(article) for article in added]),
            shelf.passages.append(np.concatenate(matrices)),
            np.concatenate([shelf.owners, np.repeat(rows, sizes)]),
            np.concatenate([shelf.heads, len(shelf.passages) + np.cumsum(sizes) - sizes]),
            (*shelf.products, *(_products_of(article) for article in added)),
            np.append(shelf.alive, np.ones(len(added), dtype=bool)),
        )
        return shelf.pack() if shelf.words.is_long_tailed else shelf

    def withdraw(self, article_id: str) -> "ArticleShelf":
        """Return a shelf without an article; the same shelf if it is not on it."""
        return self._without([article_id]) if article_id in self.rows else self

    def _without(self, article_ids: Sequence[str]) -> "ArticleShelf":
        dead = [self.rows[name] for name in article_ids if name in self.rows]
        if not dead:
            return self
        gone = set(dead)
        alive = self.alive.copy()
        alive[dead] = False
        return replace(
            self,
            rows={name: row for name, row in self.rows.items() if row not in gone},
            articles=tuple(None if row in gone else one for row, one in enumerate(self.articles)),
            alive=alive,
        )

    def pack(self) -> "ArticleShelf":
        """Return the same shelf without dead rows, ordered by article id, every part in one piece.

        No word is counted again.
        """
        names = sorted(self.rows)
        order = np.array([self.rows[name] for name in names], dtype=np.int64)
        places, sizes = self.passages_of(order)
        return ArticleShelf(
            tuple(self.articles[row] for row in order.tolist()),
            {name: row for row, name in enumerate(names)},
            self.words.taken(order),
            VectorRows.pack(self.passages.take(places)),
            np.repeat(np.arange(len(order), dtype=np.int32), sizes),
            np.cumsum(sizes) - sizes,
            tuple(self.products[row] for row in order.tolist()),
            np.ones(len(order), dtype=bool),
        )

    def passages_of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the passages of some rows, row after row, and how many each row has."""
        ends = np.append(self.heads[1:], len(self.passages))
        sizes = (ends - self.heads)[rows]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.repeat(self.heads[rows], sizes) + within, sizes

    def meaning(self, vector: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Compare a text's embedding with some rows.

        Parameters
        ----------
        vector : ndarray of shape (dimension,)
            A unit vector.
        rows : ndarray of shape (n,)
            Which ones.

        Returns
        -------
        heads, best : ndarray of shape (n,), float64
            Cosine with title and summary, and with the passage that is nearest.
        """
        if not len(rows):
            return np.zeros(0), np.zeros(0)
        if len(rows) > len(self.articles) // 2:
            cosines = self.passages.cosines(vector).astype(np.float64)
            return cosines[self.heads[rows]], np.maximum.reduceat(cosines, self.heads)[rows]
        places, sizes = self.passages_of(rows)
        cosines = (self.passages.take(places) @ vector).astype(np.float64)
        first = np.cumsum(sizes) - sizes
        return cosines[first], np.maximum.reduceat(cosines, first)


def _words_of(article: Article) -> Mapping[str, int]:
    return count_words(
        (text, 1) for text in (article.title, article.summary, article.body, " ".join(article.topics))
    )


def _products_of(article: Article) -> frozenset[str]:
    return frozenset(name.casefold() for name in article.products)


def _checked(embedding: np.ndarray, dimension: int) -> np.ndarray:
    if embedding.ndim != 2 or embedding.shape[1] != dimension or not len(embedding):
        raise InputError(
            f"Got an article embedding of shape {embedding.shape}; expected (n_passages, {dimension}) "
            "with at least one passage. Encode the article again with this encoder."
        )
    return embedding.astype(np.float32, copy=False)
