"""Which words of tickets burst: how many people use them now, against how many usually do.

A word's usual share among tickets is taken over eight weeks, over the last week, and over the same hours of
the week in eight weeks; the highest counts, so that neither a slow change nor what comes every Monday is a
burst. Besides, a crowd is noticed: far more tickets of one product, or in all, than in the same hours of the
week, whatever they are about. Counts, not texts, are kept, of a bounded number of tickets. Decides nothing:
:mod:`triage.incident_watch` does.
"""

import math
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Collection

from scipy.special import betainc

from features.word_counts import PRIOR, Past, Span
from triage.incident import Volume, WordBurst

__all__ = ["RETAINED_DAYS", "WordBursts"]

HOUR = 3600.0
DAY = 24 * HOUR
WEEK = 7 * DAY

SPANS_S = (3 * HOUR, DAY)
"""Spans in which words are counted: what breaks at once, and what is noticed over a day."""

WEEKS = 8
RETAINED_DAYS = 7 * WEEKS + 1
MOST_TICKETS = 60_000
"""Past tickets of which words are kept at most; a busier workspace is compared with fewer weeks."""

DISPERSION = 10.0
"""Size of the negative binomial: a word's daily count varies more than a Poisson count does."""

CROWD_DISPERSION = 20.0
"""The same of a product's tickets in a day, which vary less than a single word does."""

CROWD_WEEKS = 4
CROWD_RATIO = 1.5
"""A crowd is told after so many weeks, and is at least so many times what is usual."""

FEWEST_TICKETS = 5
FEWEST_LEARNT = 300
LEARNT_S = 14 * DAY
"""Nothing bursts before so many tickets over so long are known."""

LEAST_SURPRISE = 2.0
"""Of the words of one ticket, some are used so much more than usual by chance: no burst."""

ALL = "\0"
"""No ticket's word: stands for every ticket, and before a product's name for each of its tickets."""

COMMON_SHARE = 0.15
"""A word that so many of the past tickets have says nothing: greetings, thanks, articles, in whatever
languages these people write. In made-up tickets of an IT department "hello" stands in 24 %, "thank" in 58 %,
"printer" in 4 %. At a tenth the spike of 2023-10-03 (``benchmarks/incidents.py``) lost "115" and
"version"."""

NEWCOMER_SHARE = 0.1
"""Tickets of a product that is new to us are not counted while they are more than this share: a helpdesk
that is connected to one more mailbox has no incident."""


class WordBursts:
    """Counts the words of one workspace's tickets as they come.

    Time goes forward only: a ticket that comes late counts from the moment at which it came. A requester
    counts once in a span, however many tickets he files.
    """

    def __init__(self) -> None:
        self._now = -math.inf
        self._spans = [Span(seconds) for seconds in SPANS_S]
        self._long = Past(WEEKS * WEEK + DAY, MOST_TICKETS)
        self._week = Past(WEEK + DAY, MOST_TICKETS)
        # Tickets of the last 24 hours belong to no past yet.
        self._waiting: deque[tuple[float, str, str, tuple[str, ...]]] = deque()
        self._lately: Counter[str] = Counter()
        self._times_of: dict[str, deque[float]] = {}
        self._filed: list[float] = []
        self._products: dict[str, tuple[float, float]] = {}
        self._left_out: set[str] = set()

    def __len__(self) -> int:
        """How many past tickets it compares with, those of the last 24 hours not counted."""
        return len(self._long.tickets)

    def leave_out(self, ticket_ids: Collection[str]) -> None:
        """Keep tickets of accepted incidents out of what is usual, if they are told within 24 hours."""
        self._left_out.update(ticket_ids)

    def add(
        self, ticket_id: str, at: float, words: Collection[str], *, requester: str | None, product: str | None
    ) -> bool:
        """Count a ticket.

        Parameters
        ----------
        ticket_id : str
            Stands for the requester where none is known.
        at : float
            When it was filed, POSIX seconds.
        words : collection of str
            See :func:`features.burst_words.burst_words`.
        requester, product : str or None
            As filed.

        Returns
        -------
        bool
            Whether it is one in which a burst may show; not where its product is new to us.
        """
        at = self._now = max(at, self._now)
        self._pass_time(at)
        kept = tuple(dict.fromkeys((*words, ALL, ALL + (product or ""))))
        self._waiting.append((at, ticket_id, product or "", kept))
        self._lately[product or ""] += 1
        self._filed.append(at)
        if self._is_newcomer(product or "", at):
            return False
        for span in self._spans:
            span.add(at, requester or f"\0{ticket_id}", kept)
        return True

    def measure(self, words: Collection[str]) -> list[WordBurst]:
        """Say how words burst at this moment.

        Returns
        -------
        list of WordBurst
            Most surprising first; of each word the span in which it is most surprising. Words that fewer
            than five people use now, or of a surprise below 2, are left out, and those that 15 % of the
            past tickets have: they say nothing.
        """
        if len(self) < FEWEST_LEARNT or self._now - self._long.tickets[0][0] < LEARNT_S:
            return []
        found = []
        for word in self._telling(words):
            bursts = [burst for span in self._spans if (burst := self._burst(word, span)) is not None]
            best = max(bursts, key=lambda one: (one.surprise, one.hours), default=None)
            if best is not None and best.surprise >= LEAST_SURPRISE:
                found.append(best)
        return sorted(found, key=lambda one: (-one.surprise, one.word))

    def crowd(self, product: str | None) -> WordBurst | None:
        """Say whether there is a crowd of a product's tickets, or of all: the more surprising of both.

        Returns
        -------
        WordBurst or None
            Its ``word`` is the product, empty for all tickets; None without a crowd.
        """
        names = dict.fromkeys((ALL + (product or ""), ALL))
        bursts = [burst for name in names if (burst := self._crowd(name)) is not None]
        return max(bursts, key=lambda one: one.surprise, default=None)

    def measure_in_crowd(self, words: Collection[str]) -> list[WordBurst]:
        """Say how many more people use words than did in a day of the last eight weeks, in a crowd.

        Where much more of the usual comes, shares stay what they are; what grew most in numbers tells what
        the crowd is about.
        """
        span, found = self._spans[-1], []
        days = max((self._now - self._long.tickets[0][0]) / DAY, 1.0) if self._long.tickets else 1.0
        for word in self._telling(words):
            usual = (self._long.counts[word] + PRIOR) / days
            expected = max(usual, self._same_hours(word, DAY))
            count, surprise = span.users[word], _surprise(span.users[word], expected)
            if count >= FEWEST_TICKETS and count > expected and surprise >= LEAST_SURPRISE:
                found.append(WordBurst(word, count, expected, surprise, DAY / HOUR))
        return sorted(found, key=lambda one: (-one.surprise, one.word))

    def _telling(self, words: Collection[str]) -> list[str]:
        return [word for word in words if self._long.share(word) <= COMMON_SHARE]

    def _crowd(self, name: str) -> WordBurst | None:
        count, times = self._spans[-1].users[name], self._times_of.get(name, ())
        if not times or self._now - times[0] < CROWD_WEEKS * WEEK + DAY:
            return None
        if count < max(FEWEST_TICKETS, CROWD_RATIO * len(times) * DAY / (self._now - times[0])):
            return None
        expected = self._same_hours(name, DAY)
        if count < CROWD_RATIO * expected:
            return None
        surprise = _surprise(count, expected, CROWD_DISPERSION)
        return WordBurst(name.removeprefix(ALL), count, expected, surprise, DAY / HOUR)

    def filed_before(self, moment: float) -> int:
        """Return how many of the tickets that it knows were filed until a moment, POSIX seconds."""
        return bisect_right(self._filed, moment)

    def volume(self) -> Volume:
        """Return the tickets of the last 24 hours beside the mean of the same hours of earlier weeks."""
        lived = self._now - self._filed[0] if self._filed else 0.0
        weeks = max(0, min(WEEKS, int((lived - DAY) // WEEK)))
        counts = [self._between(self._now - k * WEEK - DAY, self._now - k * WEEK) for k in range(weeks + 1)]
        return Volume(counts[0], sum(counts[1:]) / weeks if weeks > 0 else float(counts[0]))

    def _burst(self, word: str, span: Span) -> WordBurst | None:
        count = span.users[word]
        if count < FEWEST_TICKETS:
            return None
        share = self._long.share(word)
        if len(self._week.tickets) >= FEWEST_TICKETS * 10:
            share = max(share, self._week.share(word))
        expected = share * len(span.tickets)
        if count <= expected or _surprise(count, expected) < LEAST_SURPRISE:
            return None
        expected = max(expected, self._same_hours(word, span.seconds))
        surprise = _surprise(count, expected)
        return WordBurst(word, count, expected, surprise, span.seconds / HOUR)

    def _same_hours(self, word: str, seconds: float) -> float:
        """Return the mean count of a word in these hours of the week, over the weeks that are known."""
        times = self._times_of.get(word, ())
        weeks = min(WEEKS, int((self._now - self._long.tickets[0][0]) // WEEK))
        if weeks < 1:
            return 0.0
        found = 0
        for at in times:
            behind = self._now - at
            week = round((behind - seconds / 2) / WEEK)
            found += 1 <= week <= weeks and 0 <= behind - week * WEEK < seconds
        return (found + PRIOR) / weeks

    def _pass_time(self, now: float) -> None:
        for span in self._spans:
            span.expire(now)
        while self._waiting and self._waiting[0][0] <= now - DAY:
            at, ticket_id, product, words = self._waiting.popleft()
            self._lately[product] -= 1
            if ticket_id in self._left_out:
                self._left_out.discard(ticket_id)
                continue
            self._long.add(at, words)
            self._week.add(at, words)
            for word in words:
                self._times_of.setdefault(word, deque()).append(at)
        self._week.expire(now)
        for _, words in self._long.expire(now):
            for word in words:
                times = self._times_of[word]
                times.popleft()
                if not times:
                    del self._times_of[word]
        begin = bisect_right(self._filed, now - RETAINED_DAYS * DAY)
        if begin > 1_000 or len(self._filed) > 2 * MOST_TICKETS:
            del self._filed[: max(begin, len(self._filed) - MOST_TICKETS)]

    def _is_newcomer(self, product: str, now: float) -> bool:
        """Tell whether a product is new to us, and already more than a small part of what comes.

        That no product is told is none: it never makes a newcomer.
        """
        if not product:
            return False
        first, last = self._products.get(product, (now, now))
        if last < now - RETAINED_DAYS * DAY:
            first = now
        self._products[product] = (first, now)
        return now - first < LEARNT_S and self._lately[product] > NEWCOMER_SHARE * len(self._waiting)

    def _between(self, since: float, until: float) -> int:
        return bisect_right(self._filed, until) - bisect_right(self._filed, since)


def _surprise(count: int, expected: float, size: float = DISPERSION) -> float:
    """Return minus the decimal logarithm of the probability of a count or more.

    The upper tail of a negative binomial is a regularised incomplete beta function (Johnson, Kemp and Kotz
    2005, "Univariate Discrete Distributions", section 5.6).
    """
    tail = float(betainc(count, size, expected / (size + expected)))
    return -math.log10(max(tail, 1e-300))
