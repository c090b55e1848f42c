"""The tasks of :mod:`benchmarks.knowledge`: tickets in order of filing, ranked by peers and by us.

A link counts from when it became known, for every method alike; the memory grows through the test as it did
in life.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from features.article_ranking import DEFAULT_WEIGHTS, DIGITS, SPACE_WEIGHTS
from features.article_signals import SIGNALS
from features.cleaning import clean_text
from features.encoder import Encoder
from features.knowledge import KnowledgeIndex
from training.history import load_mapping, read_articles, read_history, read_links
from training.knowledge.growing import GrowingMemory
from training.knowledge.learn import recall_links
from training.knowledge.metrics import measure_rankings
from triage.knowledge import Article, ArticleLink
from triage.ticket import PastTicket, Ticket

__all__ = ["OURS", "Desk", "Tables", "few_links", "measure", "rank_all", "read_tables"]

MAPPING = Path(__file__).parent / "mappings" / "mozilla.toml"
PEERS: dict[str, Callable[[dict[str, np.ndarray], np.ndarray], np.ndarray]] = {
    "most linked": lambda by, votes: by["popular"],
    "BM25": lambda by, votes: by["words"],
    "embeddings (title, summary)": lambda by, votes: by["meaning"],
    "embeddings (passages)": lambda by, votes: by["passage"],
    "embeddings + neighbours' links": lambda by, votes: by["passage"] + votes,
}
OURS = "ours, learnt"
OF_LINKS = np.array([name not in ("words", "meaning", "passage", "product") for name in SIGNALS])
NEIGHBOURS = 30
GENERIC = 10


@dataclass(frozen=True)
class Tables:
    """Articles, the links to them, and the linked tickets of one product in order of filing."""

    articles: list[Article]
    links: list[ArticleLink]
    past: list[PastTicket]

    def before(self, cut: int) -> "Tables":
        """Keep the first tickets and their links."""
        kept = {one.ticket.ticket_id for one in self.past[:cut]}
        return replace(
            self, past=self.past[:cut], links=[link for link in self.links if link.ticket_id in kept]
        )


@dataclass(frozen=True)
class Desk:
    """What is measured: all tables, how many tickets were learnt from, and the index learnt from them."""

    tables: Tables
    cut: int
    learnt: KnowledgeIndex
    encoder: Encoder


def read_tables(folder: Path, product: str) -> Tables:
    """Read a product's linked tickets."""
    mapping = replace(load_mapping(MAPPING), filter={"product": (product,)})
    articles = read_articles(folder / "articles.parquet").articles
    ids = {article.article_id for article in articles}
    links = [link for link in read_links(folder / "article_links.parquet").links if link.article_id in ids]
    linked = {link.ticket_id for link in links}
    history = read_history(folder / "tickets.parquet", mapping=mapping)
    past = [ticket for ticket in history.tickets if ticket.ticket.ticket_id in linked]
    known = {ticket.ticket.ticket_id for ticket in past}
    past.sort(key=lambda ticket: (ticket.ticket.created_at, ticket.ticket.ticket_id))
    return Tables(articles, [link for link in links if link.ticket_id in known], past)


def rank_all(desk: Desk) -> dict[str, list[list[str]]]:
    """Rank all articles for every later ticket, by every method; ids, best first."""
    memory, tickets = recall_links(desk.tables.links, desk.tables.past, desk.encoder)
    growing = GrowingMemory(memory.in_space(desk.learnt.memory.totals.space))
    tested = tickets[desk.cut :]
    vectors = desk.encoder.encode([clean_text(ticket) for ticket in tested])
    index = _index(desk)
    products = {one.article_id: one.products for one in desk.tables.articles}
    ours = {
        "ours, no links at all": np.where(OF_LINKS, 0.0, DEFAULT_WEIGHTS.values),
        "ours, default weights": np.asarray(SPACE_WEIGHTS.values),
        OURS: np.asarray(desk.learnt.weights.values),
    }
    rankings: dict[str, list[list[str]]] = {}
    for ticket, vector in zip(tested, vectors, strict=True):
        index.memory = growing.until(_moment(ticket))
        ids, matrix = index.signals(ticket, vector=vector)
        by = dict(zip(SIGNALS, matrix.T, strict=True))
        votes = _votes(index, ticket, vector)
        shares = np.array([votes[article_id] for article_id in ids]) / (sum(votes.values()) or 1.0)
        fits = np.array([ticket.product in products[article_id] for article_id in ids])
        for name, weigh in PEERS.items():
            order = np.lexsort((np.array(ids), -weigh(by, shares), ~fits))
            rankings.setdefault(name, []).append([ids[place] for place in order])
        for name, weights in ours.items():
            order = np.lexsort((ids, -np.round(matrix @ weights, DIGITS)))
            rankings.setdefault(name, []).append([ids[place] for place in order])
    return rankings


def few_links(desk: Desk, learn: Callable[[Tables], KnowledgeIndex], tickets: int) -> list[list[str]]:
    """Rank with what the last so many tickets before the test taught, and nothing that came after."""
    past = desk.tables.past[desk.cut - tickets : desk.cut]
    kept = {one.ticket.ticket_id for one in past}
    links = [link for link in desk.tables.links if link.ticket_id in kept]
    index = learn(Tables(desk.tables.articles, links, past))
    tested = [one.ticket for one in desk.tables.past[desk.cut :]]
    vectors = desk.encoder.encode([clean_text(ticket) for ticket in tested])
    weights = np.asarray(index.weights.values)
    rankings = []
    for ticket, vector in zip(tested, vectors, strict=True):
        ids, matrix = index.signals(ticket, vector=vector)
        order = np.lexsort((ids, -np.round(matrix @ weights, DIGITS)))
        rankings.append([ids[place] for place in order])
    return rankings


def measure(rankings: Sequence[Sequence[str]], desk: Desk) -> dict[str, float]:
    """Measure, with and without the ten articles that were linked most before the test."""
    used: dict[str, set[str]] = {}
    for link in desk.tables.links:
        used.setdefault(link.ticket_id, set()).add(link.article_id)
    earlier = Counter(link.article_id for link in desk.tables.before(desk.cut).links)
    generic = {article_id for article_id, _ in earlier.most_common(GENERIC)}
    chosen = [used[one.ticket.ticket_id] for one in desk.tables.past[desk.cut :]]
    specific = [place for place, articles in enumerate(chosen) if articles - generic]
    without = measure_rankings(
        [[article_id for article_id in rankings[place] if article_id not in generic] for place in specific],
        [chosen[place] - generic for place in specific],
    ).to_document()
    found = {f"specific_{name}": without[name] for name in ("hit_at_1", "hit_at_5", "mrr", "tickets")}
    return measure_rankings(rankings, chosen).to_document() | found


def _index(desk: Desk) -> KnowledgeIndex:
    index = KnowledgeIndex(desk.encoder)
    index.put_all(desk.tables.articles)
    return index


def _moment(ticket: Ticket) -> float:
    assert ticket.created_at is not None
    return ticket.created_at.timestamp()


def _votes(index: KnowledgeIndex, ticket: Ticket, vector: np.ndarray) -> Counter[str]:
    recall = index.memory.recall(ticket.ticket_id, vector, _moment(ticket))
    names = list(index.memory.article_numbers)
    votes: Counter[str] = Counter()
    for link in np.argsort(-recall.similarities, kind="stable")[:NEIGHBOURS]:
        votes[names[recall.articles[link]]] += recall.similarities[link] ** 2
    return votes
