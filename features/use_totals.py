"""How much each article was used, and for what on average, as of one moment.

A :class:`UseTotals` never changes. Links can be added and taken away, so that the totals of the moment need
not be counted anew for each question. Similarity of single tickets is :mod:`features.link_memory`'s.
"""

from dataclasses import dataclass, replace

import numpy as np

from features.ticket_space import TicketSpace
from features.vector_rows import VectorRows

__all__ = ["DAY_S", "POPULAR_HALF_LIFE_DAYS", "RECENT_HALF_LIFE_DAYS", "UseTotals", "Uses"]

DAY_S = 86_400.0
RECENT_HALF_LIFE_DAYS = 14.0
POPULAR_HALF_LIFE_DAYS = 365.0
NOBODY = 6.0
"""Links of average tickets that every article's own links are mixed with."""
CHUNK = 8_192
TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Uses:
    """Links in any order, all arrays of one length: article's number, POSIX time, the ticket's row."""

    articles: np.ndarray
    known_at: np.ndarray
    tickets: np.ndarray
    vectors: VectorRows


@dataclass(frozen=True, slots=True, eq=False)
class UseTotals:
    """Totals by number of the article.

    A link loses half of its weight with every half-life; one without a time never does, and says nothing
    of what an article is used for on average.

    Parameters
    ----------
    base : float
        POSIX time as of which the links are weighed.
    recent, popular : ndarray of shape (n_articles,)
        Weights of dated links with half-lives of 14 and 365 days.
    undated : ndarray of shape (n_articles,)
        Number of links without a time.
    sums : ndarray of shape (n_articles, dimension)
        Embeddings of the tickets, summed with the weights of ``popular``.
    squares : ndarray of shape (n_articles,)
        Squared length of those sums in the ticket space; zeros without one.
    space : TicketSpace, optional
        See :class:`features.ticket_space.TicketSpace`.
    """

    base: float
    recent: np.ndarray
    popular: np.ndarray
    undated: np.ndarray
    sums: np.ndarray
    squares: np.ndarray
    space: TicketSpace | None = None

    @classmethod
    def none(cls, n_articles: int, dimension: int, base: float, space: TicketSpace | None) -> "UseTotals":
        """Totals of no link."""
        zeros = np.zeros(n_articles)
        return cls(base, zeros, zeros, zeros, np.zeros((n_articles, dimension)), zeros, space)

    def plus(self, uses: Uses, n_articles: int, sign: float = 1.0) -> "UseTotals":
        """Return totals with links added, or taken away (``sign=-1``), among so many articles."""
        more = n_articles - len(self.recent)
        recent, popular, undated, squares = (
            np.pad(one, (0, more)) for one in (self.recent, self.popular, self.undated, self.squares)
        )
        sums = np.pad(self.sums, ((0, more), (0, 0)))
        dated = np.isfinite(uses.known_at)
        undated += sign * np.bincount(uses.articles[~dated], minlength=n_articles)
        articles = uses.articles[dated]
        age_days = (self.base - uses.known_at[dated]) / DAY_S
        weights = sign * 0.5 ** (age_days / POPULAR_HALF_LIFE_DAYS)
        recent += sign * np.bincount(articles, 0.5 ** (age_days / RECENT_HALF_LIFE_DAYS), n_articles)
        popular += np.bincount(articles, weights, n_articles)
        tickets = uses.tickets[dated]
        order = np.argsort(articles, kind="stable")
        for begin in range(0, len(order), CHUNK):
            part = order[begin : begin + CHUNK]
            touched, first = np.unique(articles[part], return_index=True)
            weighed = uses.vectors.take(tickets[part]) * weights[part, None]
            sums[touched] += np.add.reduceat(weighed, first, axis=0)
        touched = np.unique(articles)
        if self.space is not None and len(touched):
            placed = (sums[touched] - np.outer(popular[touched], self.space.mean)) @ self.space.whitening
            squares[touched] = np.einsum("ij,ij->i", placed, placed)
        return replace(self, recent=recent, popular=popular, undated=undated, sums=sums, squares=squares)

    def as_of(self, base: float) -> "UseTotals":
        """Return the same totals weighed as of another time."""
        days = (base - self.base) / DAY_S
        faded = 0.5 ** (days / POPULAR_HALF_LIFE_DAYS)
        return replace(
            self,
            base=base,
            recent=self.recent * 0.5 ** (days / RECENT_HALF_LIFE_DAYS),
            popular=self.popular * faded,
            sums=self.sums * faded,
            squares=self.squares * faded**2,
        )

    def counts(self, moment: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the weights of all links as of a moment with half-lives of 14 and of 365 days."""
        days = (moment - self.base) / DAY_S
        recent = self.recent * 0.5 ** (days / RECENT_HALF_LIFE_DAYS)
        popular = self.popular * 0.5 ** (days / POPULAR_HALF_LIFE_DAYS)
        # What was taken away again may leave a rounding error below nothing.
        return np.maximum(recent, 0.0) + self.undated, np.maximum(popular, 0.0) + self.undated

    def liken(self, vector: np.ndarray, moment: float, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Compare a ticket with the average ticket that each of some articles was used for.

        An article's average is drawn towards the average of all tickets with the strength of six links. The
        first answer is the linear discriminant ``(ticket @ average - average @ average / 2) / 10`` (Fisher
        1936; see Hastie, Tibshirani and Friedman 2009, "The Elements of Statistical Learning", section 4.3)
        without its prior; the second the cosine with the average, times ``n / (n + 1)`` for n links. Both
        are 0 for an article that was never used. Strength and half-life were chosen on the third and fourth
        fifth of the linked Thunderbird tickets, each with weights learnt before.

        Parameters
        ----------
        vector : ndarray of shape (dimension,)
            The ticket's embedding.
        moment : float
            POSIX time.
        numbers : ndarray of shape (n,)
            Of articles; -1 for one that was never linked.

        Returns
        -------
        discriminant, profile : ndarray of shape (n,)
        """
        known = (numbers >= 0) & (numbers < len(self.popular))
        discriminant, profile = np.zeros(len(numbers)), np.zeros(len(numbers))
        if self.space is None or not known.any():
            return discriminant, profile
        chosen = numbers[known]
        faded = 0.5 ** ((moment - self.base) / DAY_S / POPULAR_HALF_LIFE_DAYS)
        links = np.maximum(self.popular[chosen], 0.0) * faded
        placed = self.space.place(vector)
        turned = self.space.whitening @ placed
        if 2 * len(chosen) > len(self.sums):  # copying most of them costs more than measuring all
            sums = (self.sums @ turned)[chosen]
        else:
            sums = self.sums[chosen] @ turned
        dots = sums - self.popular[chosen] * float(self.space.mean @ turned)
        dots *= faded / (links + NOBODY)
        squares = np.maximum(self.squares[chosen], 0.0) * (faded / (links + NOBODY)) ** 2
        discriminant[known] = (dots - squares / 2) / 10
        lengths = np.sqrt(squares * float(placed @ placed))
        profile[known] = np.where(lengths > TINY, dots / np.maximum(lengths, TINY), 0.0) * links / (links + 1)
        return discriminant, profile
