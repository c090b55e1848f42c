"""How long suggesting takes with 100,000 passages and 200,000 linked past tickets; the encoder not counted.

Made-up articles, tickets and links: they say nothing of quality, but their number, words and spread cost what
real ones cost. One thread. Also how many of the nearest tickets and passages the short projections find that
a search of all finds.

    python -m benchmarks.knowledge_speed [--passages 100000] [--tickets 200000] [--queries 500]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import joblib
import numpy as np

from features.article_contenders import PASSAGES
from features.encoder import Progress
from features.knowledge import KnowledgeIndex
from features.link_memory import NEIGHBOURS, LinkMemory
from features.link_recall import Link
from features.ticket_space import TicketSpace
from features.vector_rows import VectorRows
from triage.knowledge import Article
from triage.ticket import Ticket

DIMENSION = 384
TOPICS = 2_000
BROAD = 40
SPREAD = 0.9
PASSAGES_EACH = 7
WORDS_EACH = 700
QUERY_WORDS = 80
DAY_S = 86_400.0


class NoEncoder:
    """Stands where the encoder would: every vector is given."""

    dimension = DIMENSION
    fingerprint = "0" * 64

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Progress | None = None
    ) -> np.ndarray:
        """Refuse."""
        raise RuntimeError(f"Got {len(texts)} texts to encode; expected none.")


class Desk:
    """Makes texts and vectors about topics that lie near each other in groups."""

    def __init__(self) -> None:
        self.draws = np.random.default_rng(0)
        broad = self.unit(self.draws.standard_normal((BROAD, DIMENSION)))
        self.topics = self.unit(
            broad[self.draws.integers(BROAD, size=TOPICS)] * 1.2
            + self.draws.standard_normal((TOPICS, DIMENSION)) / np.sqrt(DIMENSION)
        )
        self.lexicon = np.array([f"word{number}" for number in range(60_000)])

    def unit(self, rows: np.ndarray) -> np.ndarray:
        """Return rows of length 1."""
        return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), dtype=np.float32)

    def vectors(self, topics: np.ndarray) -> np.ndarray:
        """Return a vector about each topic."""
        noise = self.draws.standard_normal((len(topics), DIMENSION), dtype=np.float32)
        return self.unit(self.topics[topics] + SPREAD * noise / np.sqrt(DIMENSION))

    def words(self, topic: int, count: int) -> str:
        """Return words by Zipf's law, a fifth of them the topic's own."""
        common = self.draws.zipf(1.25, size=count) % len(self.lexicon)
        own = (topic * 29 + self.draws.integers(60, size=count)) % len(self.lexicon)
        return " ".join(self.lexicon[np.where(self.draws.random(count) < 0.2, own, common)])


def main() -> None:
    """Make an index and write it to a file; let a process of its own, as a server is one, read and ask it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--tickets", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--made", type=Path, help="an index made before: ask it")
    options = parser.parse_args()
    if options.made:
        ask(joblib.load(options.made, mmap_mode="r"), options.queries)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "knowledge.joblib"
        joblib.dump(fill(Desk(), options.passages, options.tickets), path)
        given = [*sys.argv[1:], "--made", str(path)]
        one_thread = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "benchmarks.knowledge_speed", *given]
        subprocess.run(command, check=True, env=one_thread)


def ask(index: KnowledgeIndex, queries: int) -> None:
    """Ask an index, print a table and one line of JSON."""
    index.open(NoEncoder())
    desk = Desk()
    topics = desk.draws.integers(TOPICS, size=queries)
    vectors = desk.vectors(topics)
    tickets = [
        Ticket("", desk.words(int(topic), 8), desk.words(int(topic), QUERY_WORDS), product="product 1")
        for topic in topics
    ]
    for ticket, vector in zip(tickets[:20], vectors, strict=False):
        index.suggest(ticket, 10, vector=vector)
    times, wall = [], []
    for ticket, vector in zip(tickets, vectors, strict=True):
        began, at = time.process_time(), time.perf_counter()
        index.suggest(ticket, 10, vector=vector)
        times.append((time.process_time() - began) * 1000)
        wall.append((time.perf_counter() - at) * 1000)
    peak_mb = most_memory_mb()
    found = {
        "tickets": recall_of(index.memory.vectors, vectors[:100], NEIGHBOURS),
        "passages": recall_of(index._contents.shelf.passages, vectors[:100], PASSAGES),
    }
    began = time.process_time()
    for number, vector in enumerate(vectors[:20]):
        link = Link(f"new-{number}", f"A-{number}", 2_000 * DAY_S)
        index.remember_all([link], {f"new-{number}": vector})
    remember_ms = (time.process_time() - began) / 20 * 1000
    began = time.process_time()
    for number, vector in enumerate(vectors[:20]):
        index.put(Article(f"new-{number}", "title", "body"), vector.reshape(1, -1))
    figures = {
        "median_ms": round(float(np.median(times)), 2),
        "p99_ms": round(float(np.quantile(times, 0.99)), 2),
        "wall_median_ms": round(float(np.median(wall)), 2),
        "wall_p99_ms": round(float(np.quantile(wall, 0.99)), 2),
        "remember_ms": round(remember_ms, 1),
        "put_ms": round((time.process_time() - began) / 20 * 1000, 1),
        "peak_mb": round(peak_mb),
        "found_of_nearest": found,
    }
    shelf = index._contents.shelf
    print(f"{len(index):,} articles, {len(shelf.passages):,} passages, {len(index.memory.vectors):,} tickets")
    for name, value in figures.items():
        print(f"{name:20} {value}")
    print(json.dumps({"benchmark": "knowledge_speed", **figures}))


def fill(desk: Desk, passages: int, tickets: int) -> KnowledgeIndex:
    """Make an index of so many passages and linked tickets."""
    about = desk.draws.integers(TOPICS, size=passages // PASSAGES_EACH)
    articles = [
        Article(
            f"A-{number}",
            desk.words(int(topic), 8),
            desk.words(int(topic), WORDS_EACH),
            summary=desk.words(int(topic), 20),
            products=(f"product {number % 3}",),
        )
        for number, topic in enumerate(about)
    ]
    by_topic: dict[int, list[int]] = {}
    for number, topic in enumerate(about.tolist()):
        by_topic.setdefault(topic, []).append(number)
    asked = desk.draws.integers(TOPICS, size=tickets)
    ids = [f"T-{number}" for number in range(tickets)]
    links = []
    for number, topic in enumerate(asked.tolist()):
        those = by_topic.get(topic) or [number % len(articles)]
        chosen = those[min(int(desk.draws.geometric(0.5)) - 1, len(those) - 1)]
        links.append(Link(ids[number], f"A-{chosen}", number / tickets * 1_000 * DAY_S))
    mean = np.zeros(DIMENSION, dtype=np.float32)
    space = TicketSpace(mean, np.eye(DIMENSION, dtype=np.float32) * np.float32(np.sqrt(DIMENSION)))
    index = KnowledgeIndex(NoEncoder(), LinkMemory.build(ids, desk.vectors(asked), links, space))
    keys = [index.embedding_key(article) for article in articles]
    rows = desk.vectors(np.repeat(about, PASSAGES_EACH)).reshape(len(articles), PASSAGES_EACH, DIMENSION)
    index.put_all(articles, dict(zip(keys, rows, strict=True)))
    return index


def most_memory_mb() -> float:
    """Return the most memory that this process ever had, not counting what it was started by."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def recall_of(rows: VectorRows, vectors: np.ndarray, count: int) -> float:
    """Return the share of the nearest rows that the search finds, against a search of all."""
    shares = []
    for vector in vectors:
        exact = np.argpartition(-rows.cosines(vector), count - 1)[:count]
        shares.append(len(np.intersect1d(exact, rows.nearest(vector, count).rows)) / count)
    return round(float(np.mean(shares)), 4)


if __name__ == "__main__":
    main()
