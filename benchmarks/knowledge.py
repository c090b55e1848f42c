"""Which article do people link to a ticket? Ours beside four peers on Mozilla's Thunderbird questions.

The linked tickets in order of filing; the last fifth is measured, with weights learnt on the earlier ones
only. For every method alike a link counts from when it became known (first response, else an hour after
filing), so the memory grows through the test as it did in life. All peers are given what helps them: only
articles of the ticket's product are candidates.

    python benchmarks/knowledge.py [--data ../shared/data/mozilla_support] [--cache var/cache] [--development]

``--development`` learns on the first three fifths and measures on the fourth: for choosing, never for claims.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from features.article_signals import SIGNALS
from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from features.encoder import SentenceEncoder
from features.knowledge import KnowledgeIndex
from features.link_memory import LinkMemory
from training.history import load_mapping, read_articles, read_history, read_links
from training.knowledge.learn import learn_knowledge, recall_links
from training.knowledge.metrics import measure_rankings
from triage.knowledge import Article, ArticleLink
from triage.ticket import PastTicket, Ticket

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "mozilla_support"
MAPPING = Path(__file__).parent / "mappings" / "mozilla.toml"
PEERS = {
    "most linked": lambda by, votes: by["popular"],
    "BM25": lambda by, votes: by["words"],
    "embeddings (title, summary)": lambda by, votes: by["meaning"],
    "embeddings (passages)": lambda by, votes: by["passage"],
    "embeddings + neighbours' links": lambda by, votes: by["passage"] + votes,
}
NEIGHBOURS = 30
GENERIC = 10
Ranker = Callable[[Ticket, np.ndarray], list[str]]


def main() -> None:
    """Run the benchmark and print its table, then one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"Nothing measured: no data in {options.data}.")
        return
    encoder = CachedEncoder(SentenceEncoder.open(threads=2), options.cache)
    articles, links, past = read_tables(options.data)
    if options.development:
        past = past[: round(len(past) * 0.8)]
    cut = round(len(past) * (0.75 if options.development else 0.8))
    earlier = {ticket.ticket.ticket_id for ticket in past[:cut]}

    learnt = learn_knowledge(
        articles, [link for link in links if link.ticket_id in earlier], past[:cut], encoder
    )
    memory, tickets = recall_links(links, past, encoder)
    index = KnowledgeIndex(encoder, memory, learnt.weights)
    index.put_all(articles)
    untaught = KnowledgeIndex(encoder, memory)
    untaught.put_all(articles)
    unlinked = KnowledgeIndex(encoder)
    unlinked.put_all(articles)

    used: dict[str, set[str]] = {}
    for link in links:
        used.setdefault(link.ticket_id, set()).add(link.article_id)
    generic = {
        article_id
        for article_id, _ in Counter(
            link.article_id for link in links if link.ticket_id in earlier
        ).most_common(GENERIC)
    }
    tested = tickets[cut:]
    vectors = encoder.encode([clean_text(ticket) for ticket in tested])

    rankers: dict[str, Ranker] = {
        name: peer_ranker(untaught, memory, articles, weigh) for name, weigh in PEERS.items()
    }
    rankers["ours, no links at all"] = ours(unlinked)
    rankers["ours, default weights"] = ours(untaught)
    rankers["ours"] = ours(index)
    results = {name: measure(ranker, tested, vectors, used, generic) for name, ranker in rankers.items()}
    median_ms = time_suggesting(index, tested, vectors)
    report(results, len(past), index, median_ms, options.development)


def read_tables(folder: Path) -> tuple[list[Article], list[ArticleLink], list[PastTicket]]:
    """Return articles, links to them, and the linked Thunderbird tickets in order of filing."""
    mapping = replace(load_mapping(MAPPING), filter={"product": ("thunderbird",)})
    articles = read_articles(folder / "articles.parquet").articles
    ids = {article.article_id for article in articles}
    links = [link for link in read_links(folder / "article_links.parquet").links if link.article_id in ids]
    linked = {link.ticket_id for link in links}
    history = read_history(folder / "tickets.parquet", mapping=mapping)
    past = [ticket for ticket in history.tickets if ticket.ticket.ticket_id in linked]
    known = {ticket.ticket.ticket_id for ticket in past}
    past.sort(key=lambda ticket: (ticket.ticket.created_at, ticket.ticket.ticket_id))
    return articles, [link for link in links if link.ticket_id in known], past


def ours(index: KnowledgeIndex) -> Ranker:
    """Rank as the product does."""
    return lambda ticket, vector: [
        suggestion.article_id for suggestion in index.suggest(ticket, len(index), vector=vector)
    ]


def peer_ranker(
    index: KnowledgeIndex,
    memory: LinkMemory,
    articles: Sequence[Article],
    weigh: Callable[[dict[str, np.ndarray], np.ndarray], np.ndarray],
) -> Ranker:
    """Rank by one of the peers' formulas, among the articles of the ticket's product."""
    products = {article.article_id: article.products for article in articles}
    names = list(memory.article_numbers)

    def rank(ticket: Ticket, vector: np.ndarray) -> list[str]:
        ids, matrix = index.signals(ticket, vector=vector)
        recall = memory.recall(ticket.ticket_id, vector, ticket.created_at.timestamp())
        near = np.argsort(-recall.similarities, kind="stable")[:NEIGHBOURS]
        votes: Counter[str] = Counter()
        for link in near:
            votes[names[recall.articles[link]]] += recall.similarities[link] ** 2
        total = sum(votes.values()) or 1.0
        scores = weigh(
            dict(zip(SIGNALS, matrix.T, strict=True)),
            np.array([votes[article_id] / total for article_id in ids]),
        )
        fits = np.array([ticket.product in products[article_id] for article_id in ids])
        return [ids[place] for place in np.lexsort((ids, -scores, ~fits))]

    return rank


def measure(
    ranker: Ranker,
    tickets: Sequence[Ticket],
    vectors: np.ndarray,
    used: dict[str, set[str]],
    generic: set[str],
) -> dict[str, float]:
    """Rank all articles for every ticket and measure, with and without the most generic articles."""
    rankings = [ranker(ticket, vector) for ticket, vector in zip(tickets, vectors, strict=True)]
    chosen = [used[ticket.ticket_id] for ticket in tickets]
    specific = [place for place, articles in enumerate(chosen) if articles - generic]
    without = measure_rankings(
        [[article_id for article_id in rankings[place] if article_id not in generic] for place in specific],
        [chosen[place] - generic for place in specific],
    )
    return measure_rankings(rankings, chosen).to_document() | {
        "hit_at_1_specific": round(without.hit_at_1, 4),
        "tickets_specific": without.tickets,
    }


def time_suggesting(index: KnowledgeIndex, tickets: Sequence[Ticket], vectors: np.ndarray) -> float:
    """Return the median time, in milliseconds, that ten suggestions for one ticket take."""
    times = []
    for ticket, vector in zip(tickets[:200], vectors[:200], strict=True):
        start = time.perf_counter()
        index.suggest(ticket, 10, vector=vector)
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1000


def report(
    results: dict[str, dict[str, float]],
    linked: int,
    index: KnowledgeIndex,
    median_ms: float,
    development: bool,
) -> None:
    """Print the table for people, then one line of JSON, which holds no timings."""
    columns = ("hit_at_1", "hit_at_5", "hit_at_10", "mrr", "hit_at_1_specific")
    print(f"{linked:,} linked tickets, {results['ours']['tickets']} measured, {len(index)} articles")
    print(f"{'':32}" + "".join(f"{name:>18}" for name in columns))
    for name, figures in results.items():
        print(f"{name:32}" + "".join(f"{figures[column]:18.3f}" for column in columns))
    weights = dict(zip(SIGNALS, index.weights.values, strict=True))
    print(f"weights learnt from {index.weights.learnt_from} tickets: {weights}")
    print(f"{median_ms:.1f} ms for ten articles with their grounds (median; encoding not counted)")
    print(json.dumps({"benchmark": "knowledge", "development": development, "results": results}))


if __name__ == "__main__":
    main()
