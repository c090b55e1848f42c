"""A link of an article to a past ticket, and what all such links say about one new ticket.

Remembering links and asking them is :mod:`features.link_memory`'s job.
"""

from dataclasses import dataclass

import numpy as np

from features.use_totals import UseTotals

__all__ = ["Link", "Recall"]


@dataclass(frozen=True, slots=True)
class Link:
    """A ticket, an article, since when it is known that they belong together (or do not).

    ``known_at`` is POSIX time; minus infinity when unknown (the link counts as always known).
    """

    ticket_id: str
    article_id: str
    known_at: float
    dismissed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Recall:
    """What past links say about the articles ever linked, for one ticket at one moment.

    All signals are 0 where links say nothing and grow with the evidence, so that a single link of an
    unrelated ticket weighs little.

    Parameters
    ----------
    links : ndarray of shape (n_articles,)
        How much it was used for similar tickets: the logarithm of 1 plus its weighted links, in tickets of
        cosine 0.5.
    nearest : ndarray of shape (n_articles,)
        Cosine with the most similar ticket that used it, beyond 0.4.
    dismissed : ndarray of shape (n_articles,)
        The same as ``links`` for dismissals, times the square of their share of links and dismissals: a few
        among many uses, which count less for them already, take away little more.
    recent, popular : ndarray of shape (n_articles,)
        How much it was used at all: the logarithm of 1 plus twice its links, with half-lives of 14 and of
        365 days.
    trust : ndarray of shape (n_articles,)
        Share of its uses that count for this ticket, and did in all of the above but ``dismissed``: 1 where
        no similar ticket dismissed it, 0 where as many did as used it.
    tickets, articles, similarities : ndarray of shape (n_links,)
        The uses known at that moment that were compared: row of the ticket, number of the article, cosine
        with the ticket.
    totals : UseTotals
        Of the links that count.
    moment : float
        As of when.
    """

    links: np.ndarray
    nearest: np.ndarray
    dismissed: np.ndarray
    recent: np.ndarray
    popular: np.ndarray
    trust: np.ndarray
    tickets: np.ndarray
    articles: np.ndarray
    similarities: np.ndarray
    totals: UseTotals
    moment: float
