"""Counts of words over a moving stretch of time: of people who use them now, of tickets that had them."""

from collections import Counter, deque
from dataclasses import dataclass, field

__all__ = ["PRIOR", "Past", "Span"]

PRIOR = 0.5
"""Tickets that every word is thought to have had."""


@dataclass(slots=True, eq=False)
class Span:
    """The requesters that use each word within a span, and the tickets of the span."""

    seconds: float
    tickets: deque[tuple[float, str, tuple[str, ...]]] = field(default_factory=deque)
    users: Counter[str] = field(default_factory=Counter)
    uses: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, at: float, requester: str, words: tuple[str, ...]) -> None:
        """Count a ticket; its requester counts once for each word."""
        self.tickets.append((at, requester, words))
        for word in words:
            self.uses[requester, word] += 1
            if self.uses[requester, word] == 1:
                self.users[word] += 1

    def expire(self, now: float) -> None:
        """Forget what is older than the span."""
        while self.tickets and self.tickets[0][0] <= now - self.seconds:
            _, requester, words = self.tickets.popleft()
            for word in words:
                self.uses[requester, word] -= 1
                if not self.uses[requester, word]:
                    del self.uses[requester, word]
                    self.users[word] -= 1
                    if not self.users[word]:
                        del self.users[word]


@dataclass(slots=True, eq=False)
class Past:
    """How many tickets of a stretch of the past have each word."""

    seconds: float
    most: int
    tickets: deque[tuple[float, tuple[str, ...]]] = field(default_factory=deque)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, at: float, words: tuple[str, ...]) -> None:
        """Count a ticket."""
        self.tickets.append((at, words))
        for word in words:
            self.counts[word] += 1

    def expire(self, now: float) -> list[tuple[float, tuple[str, ...]]]:
        """Forget what is older than the stretch, or more than is kept; return it."""
        gone = []
        while self.tickets and (self.tickets[0][0] <= now - self.seconds or len(self.tickets) > self.most):
            gone.append(self.tickets.popleft())
            for word in gone[-1][1]:
                self.counts[word] -= 1
                if not self.counts[word]:
                    del self.counts[word]
        return gone

    def share(self, word: str) -> float:
        """Return the share of tickets with a word, above 0 for one that was never seen."""
        return (self.counts[word] + PRIOR) / (len(self.tickets) + 1.0)
