"""What is remembered of past tickets: which articles people used or dismissed for them, and since when.

A :class:`LinkMemory` never changes: remembering links gives a new one that shares the rest. It holds
embeddings and ids, no ticket text. Whether an article still exists is not its business.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from features.link_recall import Link, Recall
from features.ticket_space import TicketSpace
from features.use_totals import DAY_S, Uses, UseTotals
from features.vector_rows import VectorRows

__all__ = ["LinkMemory"]

UNRELATED = 0.4
ALIKE = 0.5
SIMILARITY_SCALE = 0.05
SIMILARITY_HALF_LIFE_DAYS = 365.0
PSEUDO_COUNT = 0.5
NEIGHBOURS = 1_000
"""In a long memory only the links of so many tickets, those that read most alike, are compared one by one."""
NEAR_DAYS = 60.0
DOUBT = 1.0
"""Weighted uses, in tickets of cosine 0.5, that an article is taken to have besides those that are known."""
FEW = 2_000
"""So many links not known yet are taken from the totals; for more of them the totals are counted anew."""


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
        POSIX time since when the link is known, the moment of remembering at the latest; minus infinity when
        unknown (it counts as always known).
    dismissed : ndarray of bool, shape (n_links,)
        Whether people dismissed the article for the ticket instead of using it.
    totals : UseTotals
        Of all uses.
    """

    ticket_ids: tuple[str, ...]
    ticket_rows: Mapping[str, int]
    vectors: VectorRows
    article_numbers: Mapping[str, int]
    tickets: np.ndarray
    articles: np.ndarray
    known_at: np.ndarray
    dismissed: np.ndarray
    totals: UseTotals

    @classmethod
    def empty(cls, dimension: int, space: TicketSpace | None = None) -> "LinkMemory":
        """Remember nothing."""
        return cls.build([], np.empty((0, dimension), dtype=np.float32), [], space)

    @classmethod
    def build(
        cls,
        ticket_ids: Sequence[str],
        vectors: np.ndarray,
        links: Sequence[Link],
        space: TicketSpace | None = None,
    ) -> "LinkMemory":
        """Remember many links at once.

        Parameters
        ----------
        ticket_ids : sequence of str
            Unique.
        vectors : ndarray of shape (n_tickets, dimension)
            Unit vectors of these tickets.
        links : sequence of Link
            Of these tickets only; of several for one ticket and article the earliest counts.
        space : TicketSpace, optional
            Where tickets are compared with what an article was used for; without it they are not.
        """
        rows = VectorRows.pack(vectors)
        nobody = np.zeros(0)
        totals = UseTotals.none(0, rows.dimension, 0.0, space)
        memory = cls(
            tuple(ticket_ids),
            {ticket_id: row for row, ticket_id in enumerate(ticket_ids)},
            rows,
            {},
            nobody.astype(np.int32),
            nobody.astype(np.int32),
            nobody,
            nobody.astype(bool),
            totals,
        )
        earliest: dict[tuple[str, str], Link] = {}
        for link in links:
            first = earliest.setdefault((link.ticket_id, link.article_id), link)
            if link.known_at < first.known_at:
                earliest[link.ticket_id, link.article_id] = link
        return memory._with(list(earliest.values()))

    def __len__(self) -> int:
        return len(self.tickets)

    def remember(self, links: Sequence[Link], vectors: Mapping[str, np.ndarray]) -> "LinkMemory":
        """Return a memory with more links.

        What is known of a ticket stays. A link that is known already stays too, unless what people think
        of it changed: then it is known since now.

        Parameters
        ----------
        links : sequence of Link
            In the order in which they became known.
        vectors : Mapping of str to ndarray of shape (dimension,)
            Embeddings by ticket id, at least of tickets that were never linked.
        """
        last = {(link.ticket_id, link.article_id): link for link in links}
        fresh = list(dict.fromkeys(one for one, _ in last if one not in self.ticket_rows))
        memory = self
        if fresh:
            start = len(self.vectors)
            memory = replace(
                self,
                ticket_ids=(*self.ticket_ids, *fresh),
                ticket_rows={**self.ticket_rows, **{one: start + at for at, one in enumerate(fresh)}},
                vectors=self.vectors.append(np.stack([vectors[one] for one in fresh])),
            )
        changed = []
        for link in last.values():
            place = memory._place(link.ticket_id, link.article_id)
            if place is None or bool(memory.dismissed[place]) != link.dismissed:
                changed.append(link)
        return memory.forget([(one.ticket_id, one.article_id) for one in changed])._with(changed)

    def forget(self, pairs: Sequence[tuple[str, str]]) -> "LinkMemory":
        """Return a memory without the links of these tickets to these articles; the tickets stay."""
        places = [place for pair in pairs if (place := self._place(*pair)) is not None]
        if not places:
            return self
        gone = np.zeros(len(self), dtype=bool)
        gone[places] = True
        return replace(
            self,
            tickets=self.tickets[~gone],
            articles=self.articles[~gone],
            known_at=self.known_at[~gone],
            dismissed=self.dismissed[~gone],
            totals=self._totals(gone, self.totals, -1.0),
        )

    def without(self, ticket_ids: Collection[str]) -> "LinkMemory":
        """Return a memory that never knew some tickets; unknown ones are passed over."""
        gone = {self.ticket_rows[one] for one in ticket_ids if one in self.ticket_rows}
        if not gone:
            return self
        kept = np.array([row for row in range(len(self.ticket_ids)) if row not in gone], dtype=np.int64)
        name_of = {number: name for name, number in self.article_numbers.items()}
        links = [
            Link(self.ticket_ids[row], name_of[article], known_at, dismissed)
            for row, article, known_at, dismissed in zip(
                self.tickets.tolist(),
                self.articles.tolist(),
                self.known_at.tolist(),
                self.dismissed.tolist(),
                strict=True,
            )
            if row not in gone
        ]
        ids = [self.ticket_ids[row] for row in kept]
        return LinkMemory.build(ids, self.vectors.take(kept), links, self.totals.space)

    def in_space(self, space: TicketSpace | None) -> "LinkMemory":
        """Return the same memory with tickets compared in another space."""
        totals = UseTotals.none(0, self.vectors.dimension, self.totals.base, space)
        return replace(self, totals=self._totals(np.ones(len(self), dtype=bool), totals))

    def recall(self, ticket_id: str, vector: np.ndarray, moment: float = np.inf) -> Recall:
        """Say what the links known at a moment mean for a ticket.

        Its own links do not count; what people dismissed for it does.

        A link counts ``exp((cosine - 0.5) / 0.05)``, halved for every 365 days since it became known. The
        constants were chosen on the fourth fifth of the linked Thunderbird tickets, with all earlier links
        and with those of 20, 60 and 200 tickets only; ``benchmarks/knowledge.py`` measures the last fifth.

        Where look-alikes dismissed an article, each dismissal takes back one use: all that speaks for it
        counts by the net share ``2 - 1 / rate``, not below 0, ``rate = (used + 1) / (used + dismissed + 1)``
        being the mean of a Beta distribution with a prior of one use (Gelman et al. 2013, "Bayesian Data
        Analysis", section 2.4). As many dismissals as uses leave nothing; none leaves exactly 1.

        Parameters
        ----------
        ticket_id : str
            The ticket asked about; may be empty.
        vector : ndarray of shape (dimension,)
            Its embedding.
        moment : float, default=inf
            POSIX time; infinity is after the last link.
        """
        size, known = len(self.article_numbers), self.known_at <= moment
        own = (self.tickets == self.ticket_rows.get(ticket_id, -1)) & ~self.dismissed
        counts = known & ~own
        now = moment if np.isfinite(moment) else self.totals.base
        totals = self._totals_of(counts, now)
        found = self.vectors.nearest(vector, NEIGHBOURS)
        cosine_of = np.full(len(self.vectors), np.nan)
        cosine_of[found.rows] = found.cosines
        similarities = cosine_of[self.tickets]
        compared = np.flatnonzero(counts & np.isfinite(similarities))
        tickets, articles = self.tickets[compared], self.articles[compared]
        similarities = similarities[compared]
        moments, dismissed = self.known_at[compared], self.dismissed[compared]
        age_days = np.where(np.isfinite(moments), np.maximum(now - moments, 0.0), 0.0) / DAY_S
        alike = np.exp((similarities - ALIKE) / SIMILARITY_SCALE)
        alike *= 0.5 ** (age_days / SIMILARITY_HALF_LIFE_DAYS)
        used_alike = np.bincount(articles[~dismissed], alike[~dismissed], size)
        dismissed_alike = np.bincount(articles[dismissed], alike[dismissed], size)
        share = dismissed_alike / np.maximum(used_alike + dismissed_alike, 1e-12)
        trust = np.maximum(1.0 - dismissed_alike / (used_alike + DOUBT), 0.0)
        tickets, articles, similarities = (one[~dismissed] for one in (tickets, articles, similarities))
        nearest = np.full(size, UNRELATED)
        np.maximum.at(nearest, articles, similarities)
        recent, popular = totals.counts(now)
        return Recall(
            np.log1p(used_alike) * trust,
            (nearest - UNRELATED) * trust,
            np.log1p(dismissed_alike) * share**2,
            np.log1p(recent / PSEUDO_COUNT) * trust,
            np.log1p(popular / PSEUDO_COUNT) * trust,
            trust,
            tickets,
            articles,
            similarities,
            totals,
            now,
        )

    def _place(self, ticket_id: str, article_id: str) -> int | None:
        row, number = self.ticket_rows.get(ticket_id), self.article_numbers.get(article_id)
        if row is None or number is None:
            return None
        places = np.flatnonzero((self.tickets == row) & (self.articles == number))
        return int(places[0]) if len(places) else None

    def _with(self, links: Sequence[Link]) -> "LinkMemory":
        """Return a memory with links that are not in it, of tickets that are."""
        if not links:
            return self
        # A date ahead would count at once, and age all others.
        today = time.time()
        links = [replace(one, known_at=min(one.known_at, today)) for one in links]
        numbers = self.article_numbers
        unknown = dict.fromkeys(one.article_id for one in links if one.article_id not in numbers)
        if unknown:  # else it stays the same mapping
            numbers = dict(numbers) | dict(zip(unknown, count(len(numbers)), strict=False))
        memory = replace(
            self,
            article_numbers=numbers,
            tickets=np.append(self.tickets, [self.ticket_rows[one.ticket_id] for one in links]).astype(
                np.int32
            ),
            articles=np.append(self.articles, [numbers[one.article_id] for one in links]).astype(np.int32),
            known_at=np.append(self.known_at, [one.known_at for one in links]),
            dismissed=np.append(self.dismissed, [one.dismissed for one in links]).astype(bool),
        )
        new = np.arange(len(memory)) >= len(self)
        totals = self.totals
        newest = max((one.known_at for one in links if np.isfinite(one.known_at)), default=totals.base)
        return replace(memory, totals=memory._totals(new, totals.as_of(max(newest, totals.base))))

    def _totals_of(self, counts: np.ndarray, now: float) -> UseTotals:
        left = ~counts & ~self.dismissed
        if not left.any():
            return self.totals
        if left.sum() <= FEW and self.totals.base - now <= NEAR_DAYS * DAY_S:
            return self._totals(left, self.totals, -1.0)
        nothing = UseTotals.none(0, self.vectors.dimension, now, self.totals.space)
        return self._totals(counts, nothing)

    def _totals(self, which: np.ndarray, totals: UseTotals, sign: float = 1.0) -> UseTotals:
        places = np.flatnonzero(which & ~self.dismissed)
        uses = Uses(self.articles[places], self.known_at[places], self.tickets[places], self.vectors)
        return totals.plus(uses, len(self.article_numbers), sign)
