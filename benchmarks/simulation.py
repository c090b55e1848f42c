"""What a simulation costs on a long history, and whether reading texts finds better people than the form.

The newest questions to Mozilla's support that somebody answered, at most 50,000; agents are the 100 who
answered most before the last eight weeks, each with 40 slots, always there. Those weeks are lived again as
`triage simulate` does: round-robin, then triage with people known by the form alone (`--by-form`), then by
the affinity that the product assigns with. Promises are those of a book made for this: first answer within
4, solution within 40 office hours. Columns: at once to who really answered, Gini of tickets over agents,
share of the busiest, solved as promised, seconds of living the weeks (in brackets: of the processor); reading
texts and learning is told apart.

    python -m benchmarks.simulation [--data ../shared/data] [--cache var/cache] [--tickets 50000] [--drawn]

``--drawn`` reads no text and draws embeddings instead: for the cost of everything else, never for quality.

Prints a table with date and machine and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
import resource
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from features.embedding_cache import CachedEncoder
from features.encoder import Encoder, Progress, SentenceEncoder
from training.history import load_mapping, read_history
from training.simulation.affinity_ranker import affinity_rankers
from training.simulation.compare import compare, span_of
from training.simulation.config import SimulationConfig
from training.simulation.ranker import FormRanker
from training.simulation.report import WayReport
from training.simulation.run import filed_at
from triage.agent import Agent
from triage.sla.book import SlaBook
from triage.ticket import PastTicket

MAPPING = Path(__file__).parent / "mappings" / "mozilla.toml"
AGENTS, SLOTS, WEEKS = 100, 40, 8
BOOK = {
    "calendars": [{"name": "office", "hours": "Mon-Fri 09:00-17:00", "zone": "America/New_York"}],
    "policies": [{"name": "all", "response": "4h", "resolution": "40h"}],
}


def main() -> None:
    """Live the weeks again under each way and print the table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--tickets", type=int, default=50_000)
    parser.add_argument("--drawn", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} processors")
    past = newest(options.data, options.tickets)
    since, _ = span_of(past, WEEKS)
    before = Counter(one.labels["assignee"] for one in past if filed_at(one) < since)
    agents = [Agent(name, capacity=SLOTS) for name, _ in before.most_common(AGENTS)]
    book = SlaBook.from_document(BOOK)
    found: dict[str, Any] = {"tickets": len(past), "lived": sum(filed_at(one) >= since for one in past)}
    print(f"{found['tickets']:,} tickets, of which {found['lived']:,} are lived again")

    begun = time.perf_counter(), time.process_time()
    encoder: Encoder = Drawn()
    if not options.drawn:
        encoder = CachedEncoder(SentenceEncoder.open(threads=1), options.cache)
    texts = affinity_rankers(past, agents, since, encoder)
    found["reading_and_learning_s"] = time.perf_counter() - begun[0]
    found["reading_and_learning_processor_s"] = time.process_time() - begun[1]
    print(f"{'':>24} {'right':>7} {'Gini':>6} {'busiest':>8} {'solved':>7} {'seconds':>12}")
    for name, ranker in (("by the form", FormRanker), ("by affinity", texts)):
        begun = time.perf_counter(), time.process_time()
        ways = compare(past, agents, WEEKS, SimulationConfig(), ranker=ranker, book=book).ways
        seconds = time.perf_counter() - begun[0], time.process_time() - begun[1]
        if name == "by the form":
            show("what happened", ways[0], None, found)
            show("round-robin", ways[1], None, found)
        show(f"triage, {name}", ways[2], seconds, found)
    found["peak_memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"reading texts and learning affinity: {found['reading_and_learning_s']:.0f} s "
        f"({found['reading_and_learning_processor_s']:.0f}); peak memory "
        f"{found['peak_memory_mib']:,.0f} MiB"
    )
    print(json.dumps(found))


class Drawn:
    """Vectors of the right shape that say nothing."""

    dimension = 384
    fingerprint = "drawn"

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Progress | None = None
    ) -> np.ndarray:
        """Return unit vectors drawn with a fixed seed."""
        vectors = np.random.default_rng(0).normal(size=(len(texts), self.dimension)).astype(np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def newest(data: Path, count: int) -> list[PastTicket]:
    """Return the newest questions that somebody answered."""
    read = read_history(data / "mozilla_support" / "tickets.parquet", mapping=load_mapping(MAPPING)).tickets
    told = [one for one in read if one.ticket.created_at is not None and one.labels.get("assignee")]
    return sorted(told, key=filed_at)[-count:]


def show(name: str, report: WayReport, seconds: tuple[float, float] | None, found: dict[str, Any]) -> None:
    """Print a row and keep it; seconds are of round-robin and triage together, (of the processor)."""
    right = "" if report.right_agent is None else f"{report.right_agent:.3f}"
    met = "" if report.targets_met is None else f"{report.targets_met:.3f}"
    took = "" if seconds is None else f"{seconds[0]:.0f} ({seconds[1]:.0f})"
    print(
        f"{name:>24} {right:>7} {report.gini:6.3f} {report.busiest_share:8.3f} {met:>7} {took:>12}",
        flush=True,
    )
    found[name] = {
        "assigned": report.assigned,
        "right": report.right_agent,
        "gini": report.gini,
        "busiest": report.busiest_share,
        "solved": report.targets_met,
        "answered": report.answers_met,
        "seconds": seconds,
    }


if __name__ == "__main__":
    main()
