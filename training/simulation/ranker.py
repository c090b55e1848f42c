"""Who is the right one, by past tickets with the same values on their form: enough to simulate with.

Reads no text. An index that does (``features.affinity``) has the same two methods and can take its place.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from triage.assignment import Candidate
from triage.ticket import Ticket

__all__ = ["FormRanker", "Ranker"]

HALF_LIFE = timedelta(days=90)
"""As of the neighbour vote that the design measured on Apache HDFS (section 8)."""

_ANY = ("", "")
"""What every ticket has in common."""


class Ranker(Protocol):
    """Says who is the right one, and learns who was."""

    def learn(self, ticket: Ticket, agent: str, at: datetime) -> None:
        """Take in that an agent had a ticket."""
        ...

    def rank(self, ticket: Ticket, at: datetime) -> Sequence[Candidate]:
        """Return candidates, best first; scores sum to 1."""
        ...


class FormRanker:
    """Affinity from how often each agent had tickets with a value of this one's form, lately.

    For each value of the form (requester, organization, product, channel, custom fields) the share of its
    past tickets that each agent had, older ones counting half after 90 days; the mean over the values, a
    value of few tickets weighing less.
    """

    def __init__(self, half_life: timedelta = HALF_LIFE) -> None:
        self._half_life = half_life
        self._start: datetime | None = None
        self._counts: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        self._tickets: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)

    def learn(self, ticket: Ticket, agent: str, at: datetime) -> None:
        """Take in that an agent had a ticket at a time (with a zone)."""
        weight = self._weight(at)
        for value in _values(ticket):
            counts, tickets = self._counts[value], self._tickets[value]
            counts[agent] = counts.get(agent, 0.0) + weight
            tickets[agent] = tickets.get(agent, 0) + 1

    def rank(self, ticket: Ticket, at: datetime) -> list[Candidate]:
        """Return everybody who had a ticket of the like, best first; scores sum to 1."""
        unit = self._weight(at)
        scores: dict[str, float] = {}
        best: dict[str, tuple[float, str]] = {}
        for value in _values(ticket):
            counts = self._counts.get(value)
            if not counts:
                continue
            total = sum(counts.values())
            # In tickets of today, so that one of long ago says little.
            for agent, count in counts.items():
                share = count / (total + unit)
                scores[agent] = scores.get(agent, 0.0) + share
                if value != _ANY and share > best.get(agent, (0.0, ""))[0]:
                    had = self._tickets[value][agent]
                    best[agent] = share, f"had {had} tickets with {value[0]} {value[1]}"
        whole = sum(scores.values())
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        return [
            Candidate(agent, score / whole, (best[agent][1],) if agent in best else ())
            for agent, score in ranked
        ]

    def _weight(self, at: datetime) -> float:
        # Growing weights for newer tickets are decaying ones for older, without touching what is counted.
        if self._start is None:
            self._start = at
        return float(2.0 ** ((at - self._start) / self._half_life))


def _values(ticket: Ticket) -> Iterator[tuple[str, str]]:
    yield _ANY
    for name in ("requester", "organization", "product", "channel"):
        if value := getattr(ticket, name):
            yield name, value
    yield from ticket.custom.items()
