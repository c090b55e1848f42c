"""How long ranking one ticket takes with 500 agents and 200,000 past tickets, the encoder not counted."""

import resource
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from features.affinity.index import AffinityIndex
from features.affinity.model import AffinityModel
from features.affinity.signals import SIGNALS
from training.affinity.learn import find_axes
from triage.ticket import Ticket

__all__ = ["MadeDesk", "Timing", "make_desk", "time_ranking"]

DIMENSION = 384
TOPICS = 300
SPREAD = 0.8
ASKED = 200


@dataclass(frozen=True, slots=True)
class Timing:
    """What was measured, in milliseconds of processor time and in megabytes."""

    agents: int
    tickets: int
    median_ms: float
    p95_ms: float
    learn_ms: float
    grown_mb: float

    def describe(self) -> str:
        """Return one line for people."""
        return (
            f"{self.agents} agents, {self.tickets:,} past tickets: {self.median_ms:.1f} ms to rank one "
            f"(95 %: {self.p95_ms:.1f}), {self.learn_ms:.2f} ms to learn one, {self.grown_mb:.0f} MB"
        )


@dataclass(frozen=True, slots=True)
class MadeDesk:
    """A filled index, and later tickets to ask it about: each with its vector and topic."""

    index: AffinityIndex
    asked: list[tuple[Ticket, np.ndarray, int]]
    learn_ms: float
    grown_mb: float


def time_ranking(agents: int = 500, tickets: int = 200_000) -> Timing:
    """Ask an index of made-up tickets 200 times."""
    made = make_desk(agents, tickets)
    times = []
    for ticket, vector, _ in made.asked:
        assert ticket.created_at is not None
        began = time.process_time()
        made.index.rank(ticket, ticket.created_at, vector=vector)
        times.append((time.process_time() - began) * 1000)
    return Timing(
        len(made.index.memory.names),
        len(made.index.memory.work),
        float(np.median(times)),
        float(np.quantile(times, 0.95)),
        made.learn_ms,
        made.grown_mb,
    )


def make_desk(agents: int = 500, tickets: int = 200_000) -> MadeDesk:
    """Fill an index with made-up tickets about 300 topics over two years.

    The tickets say nothing about quality; their number, words and people cost what real ones cost.
    """
    draws = np.random.default_rng(0)
    topics = _unit(draws.normal(size=(TOPICS, DIMENSION)))
    lexicon = np.array([f"word{number}" for number in range(20_000)])
    start = datetime(2024, 1, 1, tzinfo=UTC)
    made = (_make(number, draws, topics, lexicon, start, tickets) for number in range(tickets + ASKED))
    sample = _unit(
        topics[draws.integers(TOPICS, size=4000)] + SPREAD * draws.normal(size=(4000, DIMENSION)) / 20
    )
    weights = np.full(len(SIGNALS), 0.1)
    before = _resident_mb()
    index = AffinityIndex(AffinityModel(find_axes(sample.astype(np.float32)), weights))
    began = time.process_time()
    for _, (ticket, vector, topic) in zip(range(tickets), made, strict=False):
        agent = f"agent{(topic * 7 + int(draws.integers(12))) % agents}"
        assert ticket.created_at is not None
        index.learn(ticket, agent, ticket.created_at, vector=vector, category=f"topic{topic % 40}")
    learn_ms = (time.process_time() - began) / tickets * 1000
    grown_mb = _resident_mb() - before
    return MadeDesk(index, list(made), learn_ms, grown_mb)


def _make(
    number: int,
    draws: np.random.Generator,
    topics: np.ndarray,
    lexicon: np.ndarray,
    start: datetime,
    total: int,
) -> tuple[Ticket, np.ndarray, int]:
    topic = int(draws.integers(TOPICS))
    vector = _unit(topics[topic] + SPREAD * draws.normal(size=DIMENSION) / 20).astype(np.float32)
    words = " ".join(lexicon[(draws.zipf(1.3, size=80) * 17 + topic * 31) % len(lexicon)])
    return (
        Ticket(
            f"T-{number}",
            subject=f"about T-{max(number - 500, 0)}",
            body=words,
            created_at=start + timedelta(days=730) * (number / total),
            requester=f"user{int(draws.integers(20_000))}",
            organization=f"organization{int(draws.integers(500))}",
            product=f"product{topic % 6}",
        ),
        vector,
        topic,
    )


def _unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))


def _resident_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
