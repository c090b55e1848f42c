"""Which articles come into question for a ticket: of a small knowledge base all, of a large one the best.

Ordering them is :mod:`features.article_ranking`'s job.
"""

import numpy as np

from features.article_shelf import ArticleShelf
from features.link_memory import LinkMemory
from features.link_recall import Recall

__all__ = ["ALL_MAX", "choose_contenders"]

ALL_MAX = 2_000
"""So many articles are all compared; of more only those that lead in something."""
PASSAGES = 300
BY_WORDS = 150
BY_LINKS = 150
BY_USE = 50


def choose_contenders(
    shelf: ArticleShelf, memory: LinkMemory, vector: np.ndarray, words: np.ndarray, recall: Recall
) -> np.ndarray:
    """Return rows of living articles, in order.

    Of more than 2,000 articles those that own one of the 300 nearest passages, or are among the 150 best by
    words, the 150 most linked to similar tickets, or the 50 most used of late or at all.

    Parameters
    ----------
    shelf : ArticleShelf
        The articles.
    memory : LinkMemory
        Knows the articles of the links by number.
    vector : ndarray of shape (dimension,)
        Embedding of the ticket.
    words : ndarray of shape (n_rows,)
        BM25 of every row.
    recall : Recall
        What past links say.

    Returns
    -------
    ndarray of shape (n,)
    """
    if len(shelf) <= ALL_MAX:
        return np.flatnonzero(shelf.alive)
    chosen = np.zeros(len(shelf.articles), dtype=bool)
    chosen[shelf.owners[shelf.passages.nearest(vector, PASSAGES).rows]] = True
    chosen[_highest(words, BY_WORDS)] = True
    ids = list(memory.article_numbers)
    for values, count in ((recall.links, BY_LINKS), (recall.recent, BY_USE), (recall.popular, BY_USE)):
        rows = (shelf.rows.get(ids[number]) for number in _highest(values, count).tolist())
        chosen[[row for row in rows if row is not None]] = True
    return np.flatnonzero(chosen & shelf.alive)


def _highest(values: np.ndarray, count: int) -> np.ndarray:
    """Return the places of the highest values above 0."""
    places = np.argpartition(-values, count - 1)[:count] if len(values) > count else np.arange(len(values))
    return places[values[places] > 0]
