"""Everything that speaks for or against an article for one ticket, as numbers with names.

Weighing them is :mod:`features.article_ranking`'s job, learning the weights
:mod:`training.knowledge.learn`'s.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from features.article_contenders import choose_contenders
from features.article_rows import ArticleRows
from features.article_shelf import ArticleShelf
from features.article_words import search_words
from features.bm25 import WordHits
from features.link_memory import LinkMemory
from features.link_recall import Recall
from triage.ticket import Ticket

__all__ = ["SIGNALS", "Signals", "gather_signals"]

SIGNALS = (
    "words",
    "meaning",
    "passage",
    "product",
    "links",
    "nearest",
    "recent",
    "popular",
    "discriminant",
    "profile",
    "dismissed",
)
"""The columns of a signal matrix; see :func:`gather_signals`."""


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """The signals of the articles that come into question for one ticket.

    Parameters
    ----------
    rows : ndarray of shape (n_articles,)
        Rows of these articles on the shelf.
    matrix : ndarray of shape (n_articles, n_signals)
        In the order of :data:`SIGNALS`.
    hits : WordHits
        What the ticket's words found.
    recall : Recall
        What past links said.
    """

    rows: np.ndarray
    matrix: np.ndarray
    hits: WordHits
    recall: Recall


def gather_signals(
    ticket: Ticket,
    text: str,
    vector: np.ndarray,
    moment: float,
    shelf: ArticleShelf,
    memory: LinkMemory,
    looked_up: ArticleRows,
) -> Signals:
    """Compute the signals of the articles that come into question for a ticket.

    Those are all, up to 2,000 (:mod:`features.article_contenders`).

    ``words`` is BM25 as a share of the best article's; ``meaning`` the cosine with title and summary,
    ``passage`` with the nearest passage; ``product`` 1 if the article names the ticket's product, 0 if
    it names only others, 0.5 if either says nothing; ``links``, ``nearest``, ``recent``, ``popular`` and
    ``dismissed`` are those of :class:`features.link_recall.Recall`; ``discriminant`` and ``profile`` compare
    the ticket with the average ticket that used the article
    (:meth:`features.use_totals.UseTotals.liken`), and count as far as similar tickets did not dismiss it.

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
    looked_up : ArticleRows
        Made for these two.
    """
    hits = shelf.words.search(search_words(text), shelf.alive)
    words = hits.scores
    recall = memory.recall(ticket.ticket_id, vector, moment)
    rows = choose_contenders(shelf, memory, vector, words, recall)
    heads, best = shelf.meaning(vector, rows)
    numbers = looked_up.numbers[rows]
    discriminant, profile = recall.totals.liken(vector, recall.moment, numbers)

    def of_links(values: np.ndarray) -> np.ndarray:
        return np.asarray(np.append(values, 0.0)[numbers])

    trust = of_links(recall.trust)

    columns = {
        "words": words[rows] / max(float(words.max(initial=0.0)), 1e-9),
        "meaning": heads,
        "passage": best,
        "product": looked_up.product_fit(ticket.product)[rows],
        "links": of_links(recall.links),
        "nearest": of_links(recall.nearest),
        "recent": of_links(recall.recent),
        "popular": of_links(recall.popular),
        "discriminant": discriminant * trust,
        "profile": profile * trust,
        "dismissed": of_links(recall.dismissed),
    }
    return Signals(rows, np.stack([columns[name] for name in SIGNALS], axis=1), hits, recall)


def posix_time(moment: datetime | None) -> float:
    """Return the POSIX time of a moment; infinity, after everything that is known, for None."""
    return float("inf") if moment is None else moment.timestamp()
