"""Everything that speaks for or against an article for one ticket, as numbers with names.

Weighing them is :mod:`features.article_ranking`'s job, learning the weights
:mod:`training.knowledge.learn`'s.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from features.article_shelf import ArticleShelf
from features.article_words import search_words
from features.link_memory import LinkMemory, Recall
from triage.ticket import Ticket

__all__ = ["SIGNALS", "Signals", "gather_signals"]

SIGNALS = ("words", "meaning", "passage", "product", "links", "nearest", "recent", "popular")
"""The columns of a signal matrix; see :func:`gather_signals`."""


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """The signals of all living articles for one ticket.

    Parameters
    ----------
    rows : ndarray of shape (n_articles,)
        Rows of the living articles on the shelf.
    matrix : ndarray of shape (n_articles, n_signals)
        In the order of :data:`SIGNALS`.
    query : list of str
        The ticket's search words.
    recall : Recall
        What past links said.
    """

    rows: np.ndarray
    matrix: np.ndarray
    query: list[str]
    recall: Recall


def gather_signals(
    ticket: Ticket, text: str, vector: np.ndarray, moment: float, shelf: ArticleShelf, memory: LinkMemory
) -> Signals:
    """Compute the signals of all living articles for a ticket.

    ``words`` is BM25 as a share of the best article's; ``meaning`` the cosine with title and summary,
    ``passage`` with the nearest passage; ``product`` 1 if the article names the ticket's product, 0 if
    it names only others, 0.5 if either says nothing; ``links``, ``nearest``, ``recent`` and ``popular``
    are those of :class:`features.link_memory.Recall`.

    Parameters
    ----------
    ticket : Ticket
        Its product and id are read here.
    text : str
        Its cleaned text.
    vector : ndarray of shape (dimension,)
        Embedding of that text.
    moment : float
        POSIX time; only links known by then count.
    shelf : ArticleShelf
        The articles.
    memory : LinkMemory
        The past links.
    """
    alive = shelf.alive
    rows = np.flatnonzero(alive)
    query = search_words(text)
    words = shelf.words.scores(query, alive)[rows]
    heads, best = shelf.meaning(vector)
    recall = memory.recall(ticket.ticket_id, vector, moment)
    numbers = np.array(
        [memory.article_numbers.get(article_id, -1) for article_id in _ids(shelf, rows)], dtype=np.int64
    )

    def of_links(values: np.ndarray) -> np.ndarray:
        return np.append(values, 0.0)[numbers]

    columns = {
        "words": words / max(float(words.max(initial=0.0)), 1e-9),
        "meaning": heads[rows],
        "passage": best[rows],
        "product": _product_fit(ticket, shelf, rows),
        "links": of_links(recall.links),
        "nearest": of_links(recall.nearest),
        "recent": of_links(recall.recent),
        "popular": of_links(recall.popular),
    }
    return Signals(rows, np.stack([columns[name] for name in SIGNALS], axis=1), query, recall)


def posix_time(moment: datetime | None) -> float:
    """Return the POSIX time of a moment; infinity, after everything that is known, for None."""
    return float("inf") if moment is None else moment.timestamp()


def _ids(shelf: ArticleShelf, rows: np.ndarray) -> list[str]:
    return [article.article_id for row in rows if (article := shelf.articles[row]) is not None]


def _product_fit(ticket: Ticket, shelf: ArticleShelf, rows: np.ndarray) -> np.ndarray:
    product = (ticket.product or "").casefold()
    fits = np.full(len(rows), 0.5)
    if not product:
        return fits
    for place, row in enumerate(rows):
        article = shelf.articles[row]
        if article is not None and article.products:
            fits[place] = float(product in {name.casefold() for name in article.products})
    return fits
