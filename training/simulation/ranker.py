"""Who is the right one, by past tickets with the same values on their form: enough to simulate with.

Reads no text. What does is :class:`training.simulation.affinity_ranker.AffinityRanker`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from triage.assignment import Candidate
from triage.ticket import PastTicket, Ticket

__all__ = ["FormRanker", "Ranker", "Unranked"]

HALF_LIFE = timedelta(days=90)
"""As of the neighbour vote that the design measured on Apache HDFS (section 8)."""

_ANY = ("", "")
"""What every ticket has in common."""


class Ranker(Protocol):
    """Says who is the right one, and learns who was."""

    def learn(self, past: PastTicket, at: datetime) -> None:
        """Take in who had a ticket, which became known at a time (with a zone)."""
        ...

    def rank(
        self,
        ticket: Ticket,
        at: datetime,
        among: Collection[str],
        categories: Mapping[str, float] | None = None,
    ) -> Sequence[Candidate]:
        """Return those of some agents who are known, best first; scores sum to 1.

        ``categories`` is the chance of each category, where it was predicted.
        """
        ...


class Unranked:
    """Knows nobody: for ways of assigning that do not look at affinity."""

    def learn(self, past: PastTicket, at: datetime) -> None:
        """Learn nothing."""

    def rank(
        self,
        ticket: Ticket,
        at: datetime,
        among: Collection[str],
        categories: Mapping[str, float] | None = None,
    ) -> list[Candidate]:
        """Return nobody."""
        return []


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

    def learn(self, past: PastTicket, at: datetime) -> None:
        """Take in who had a ticket."""
        weight, agent = self._weight(at), past.labels["assignee"]
        for value in _values(past.ticket):
            counts, tickets = self._counts[value], self._tickets[value]
            counts[agent] = counts.get(agent, 0.0) + weight
            tickets[agent] = tickets.get(agent, 0) + 1

    def rank(
        self,
        ticket: Ticket,
        at: datetime,
        among: Collection[str],
        categories: Mapping[str, float] | None = None,
    ) -> list[Candidate]:
        """Return those who had a ticket of the like, best first; predicted categories are not looked at."""
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
        asked = set(among)
        scores = {agent: score for agent, score in scores.items() if agent in asked}
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
