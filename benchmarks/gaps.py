"""How long finding the knowledge gaps among 50,000 tickets takes, the encoder not counted.

Embeddings and words are drawn: 400 subjects of very different sizes, and one ticket in three about nothing
else's subject. It measures time and memory, and that two runs agree; nothing about quality.

    python -m benchmarks.gaps [--tickets 50000]
"""

import argparse
import json
import resource
import time
from datetime import UTC, datetime, timedelta

import numpy as np

from features.knowledge_gaps import KnowledgeUse, find_gaps
from triage.knowledge import Article
from triage.ticket import PastTicket, Ticket

SUBJECTS = 400
ARTICLES = 5
DIMENSION = 384
SEED = 5
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Run the benchmark and print its figures, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tickets", type=int, default=50_000)
    options = parser.parse_args()
    tickets, vectors, articles, passages = draw(options.tickets)
    owners = np.arange(len(articles))
    wall, cpu = time.perf_counter(), time.process_time()
    report = find_gaps(tickets, vectors, articles, passages, owners, KnowledgeUse())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    again = find_gaps(tickets, vectors, articles, passages, owners, KnowledgeUse())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{report.tickets:,} tickets, {report.unserved:,} unserved, {report.clustered:,} in clusters")
    print(f"{cpu:.1f} s of processors, {wall:.1f} s on the clock, {peak:.0f} MiB at most")
    print(f"the same again: {again == report}")
    results = {"tickets": report.tickets, "unserved": report.unserved, "same": again == report}
    print(json.dumps({"benchmark": "gaps", "results": results}))


def draw(count: int) -> tuple[list[PastTicket], np.ndarray, list[Article], np.ndarray]:
    """Draw tickets with their embeddings, and a few articles that serve hardly any."""
    random = np.random.default_rng(SEED)
    centres = random.standard_normal((SUBJECTS, DIMENSION)).astype(np.float32)
    shares = 1.0 / np.arange(1, SUBJECTS + 1)
    owners = random.choice(SUBJECTS, count, p=shares / shares.sum())
    is_stray = random.random(count) < 1 / 3
    noise = np.where(is_stray, 4.0, random.uniform(0.3, 0.8, count)).astype(np.float32)
    vectors = centres[owners] + noise[:, None] * random.standard_normal((count, DIMENSION), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = [f"{a}{b}{c}" for a in "bdgklmnprst" for b in "aeiou" for c in ("mor", "ten", "lix", "vos")]
    common = random.integers(0, len(words), (count, 12))
    tickets = []
    for row in range(count):
        own = f"{words[owners[row] % len(words)]} {words[owners[row] * 7 % len(words)]}"
        filed = BEGIN + timedelta(minutes=10 * row)
        body = " ".join(words[place] for place in common[row])
        ticket = Ticket(f"T-{row:06}", f"{own} fails", f"{own} {body}", created_at=filed)
        tickets.append(PastTicket(ticket, resolved_at=filed + timedelta(hours=float(1 + owners[row] % 9))))
    passages = centres[-ARTICLES:]
    passages = passages / np.linalg.norm(passages, axis=1, keepdims=True)
    articles = [Article(f"KB-{place}", f"Article {place}", "") for place in range(ARTICLES)]
    return tickets, vectors, articles, passages


if __name__ == "__main__":
    main()
