"""What is remembered of past tickets: which articles people used for them, and since when that is known.

A :class:`LinkMemory` never changes: remembering a link gives a new one that shares the rest. It holds
embeddings and ids, no ticket text. Whether an article still exists is not its business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.vector_rows import VectorRows

__all__ = ["LinkMemory", "Recall"]

UNRELATED = 0.4
ALIKE = 0.5
SIMILARITY_SCALE = 0.05
SIMILARITY_HALF_LIFE_DAYS = 365.0
RECENT_HALF_LIFE_DAYS = 14.0
POPULAR_HALF_LIFE_DAYS = 365.0
PSEUDO_COUNT = 0.5
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class Recall:
    """What past links say about the articles ever linked, for one ticket at one moment.

    All four signals are 0 where links say nothing and grow with the evidence, so that a single link of an
    unrelated ticket weighs little.

    Parameters
    ----------
    links : ndarray of shape (n_articles,)
        How much it was used for similar tickets: the logarithm of 1 plus its weighted links, in tickets of
        cosine 0.5.
    nearest : ndarray of shape (n_articles,)
        Cosine with the most similar ticket that used it, beyond 0.4.
    recent, popular : ndarray of shape (n_articles,)
        How much it was used at all: the logarithm of 1 plus twice its links, with half-lives of 14 and of
        365 days.
    tickets, articles, similarities : ndarray of shape (n_links,)
        The links known at that moment: row of the ticket, number of the article, cosine with the ticket.
    """

    links: np.ndarray
    nearest: np.ndarray
    recent: np.ndarray
    popular: np.ndarray
    tickets: np.ndarray
    articles: np.ndarray
    similarities: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class LinkMemory:
    """Past tickets with links.

    Parameters
    ----------
    ticket_ids : tuple of str
        By row.
    ticket_rows : Mapping of str to int
        Row of each ticket.
    vectors : VectorRows
        Embedding of each ticket.
    article_numbers : Mapping of str to int
        Number of each article that was ever linked.
    tickets, articles : ndarray of shape (n_links,)
        Row of the ticket and number of the article of each link.
    known_at : ndarray of shape (n_links,)
        POSIX time since when the link is known; minus infinity when unknown (it counts as always known).
    """

    ticket_ids: tuple[str, ...]
    ticket_rows: Mapping[str, int]
    vectors: VectorRows
    article_numbers: Mapping[str, int]
    tickets: np.ndarray
    articles: np.ndarray
    known_at: np.ndarray

    @classmethod
    def empty(cls, dimension: int) -> "LinkMemory":
        """Remember nothing."""
        return cls.build([], np.empty((0, dimension), dtype=np.float32), [])

    @classmethod
    def build(
        cls, ticket_ids: Sequence[str], vectors: np.ndarray, links: Sequence[tuple[str, str, float]]
    ) -> "LinkMemory":
        """Remember many links at once.

        Parameters
        ----------
        ticket_ids : sequence of str
            Unique.
        vectors : ndarray of shape (n_tickets, dimension)
            Unit vectors of these tickets.
        links : sequence of (ticket id, article id, POSIX time)
            Of these tickets only; of a repeated link the earliest time counts.
        """
        rows = {ticket_id: row for row, ticket_id in enumerate(ticket_ids)}
        earliest: dict[tuple[str, str], float] = {}
        for ticket_id, article_id, moment in links:
            pair = (ticket_id, article_id)
            earliest[pair] = min(moment, earliest.get(pair, np.inf))
        numbers: dict[str, int] = {}
        for _, article_id in earliest:
            numbers.setdefault(article_id, len(numbers))
        return cls(
            tuple(ticket_ids),
            rows,
            VectorRows(np.asarray(vectors, dtype=np.float32)),
            numbers,
            np.array([rows[ticket_id] for ticket_id, _ in earliest], dtype=np.int32),
            np.array([numbers[article_id] for _, article_id in earliest], dtype=np.int32),
            np.array(list(earliest.values()), dtype=np.float64),
        )

    def __len__(self) -> int:
        return len(self.tickets)

    def remember(self, ticket_id: str, vector: np.ndarray, article_id: str, known_at: float) -> "LinkMemory":
        """Return a memory with one link more; what is known of the ticket or the link already stays."""
        row = self.ticket_rows.get(ticket_id)
        memory = self
        if row is None:
            row = len(self.vectors)
            memory = replace(
                memory,
                ticket_ids=(*self.ticket_ids, ticket_id),
                ticket_rows={**self.ticket_rows, ticket_id: row},
                vectors=self.vectors.append(vector.reshape(1, -1)),
            )
        number = self.article_numbers.get(article_id)
        if number is None:
            number = len(self.article_numbers)
            memory = replace(memory, article_numbers={**self.article_numbers, article_id: number})
        elif np.any((self.tickets == row) & (self.articles == number)):
            return self
        return replace(
            memory,
            tickets=np.append(self.tickets, np.int32(row)),
            articles=np.append(self.articles, np.int32(number)),
            known_at=np.append(self.known_at, known_at),
        )

    def recall(self, ticket_id: str, vector: np.ndarray, moment: float = np.inf) -> Recall:
        """Say what the links known at a moment mean for a ticket; its own links do not count.

        A link counts ``exp((cosine - 0.5) / 0.05)``, halved for every 365 days since it became known. The
        constants were chosen on the fourth fifth of the linked Thunderbird tickets, with all earlier links
        and with those of 20, 60 and 200 tickets only; ``benchmarks/knowledge.py`` measures the last fifth.

        Parameters
        ----------
        ticket_id : str
            The ticket asked about; may be empty.
        vector : ndarray of shape (dimension,)
            Its embedding.
        moment : float, default=inf
            POSIX time; infinity is after the last link.
        """
        counts = (self.known_at <= moment) & (self.tickets != self.ticket_rows.get(ticket_id, -1))
        tickets, articles, known_at = self.tickets[counts], self.articles[counts], self.known_at[counts]
        size = len(self.article_numbers)
        nothing = np.zeros(size)
        if not len(tickets):
            return Recall(nothing, nothing, nothing, nothing, tickets, articles, np.zeros(0))
        similarities = self.vectors.cosines(vector)[tickets].astype(np.float64)
        dated = known_at[np.isfinite(known_at)]
        now = moment if np.isfinite(moment) else float(dated.max(initial=0.0))
        age_days = (now - np.where(np.isfinite(known_at), known_at, now)) / DAY_S

        def used(weights: np.ndarray, half_life_days: float) -> np.ndarray:
            return np.bincount(articles, weights * 0.5 ** (age_days / half_life_days), size)

        alike = np.exp((similarities - ALIKE) / SIMILARITY_SCALE)
        each = np.full(len(tickets), 1 / PSEUDO_COUNT)
        nearest = np.full(size, UNRELATED)
        np.maximum.at(nearest, articles, similarities)
        return Recall(
            np.log1p(used(alike, SIMILARITY_HALF_LIFE_DAYS)),
            nearest - UNRELATED,
            np.log1p(used(each, RECENT_HALF_LIFE_DAYS)),
            np.log1p(used(each, POPULAR_HALF_LIFE_DAYS)),
            tickets,
            articles,
            similarities,
        )
