"""Makes the knowledge index of a workspace from its articles and from what people linked.

Every signal of a past ticket is computed as of its filing: a link that became known later does not count.
How articles are searched is :mod:`features.knowledge`'s business.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.article_ranking import DEFAULT_WEIGHTS, SPACE_WEIGHTS, TEXT_SIGNALS, RankingWeights
from features.article_signals import SIGNALS
from features.cleaning import clean_text
from features.encoder import Encoder
from features.knowledge import KnowledgeIndex
from features.link_memory import LinkMemory
from features.link_recall import Link
from training.knowledge.growing import GrowingMemory
from training.knowledge.metrics import RetrievalMetrics, measure_rankings
from training.knowledge.space import find_space
from training.knowledge.weights import choice_surprise, fit_weights
from triage.knowledge import Article, ArticleLink
from triage.ticket import PastTicket, Ticket

__all__ = ["learn_knowledge", "link_known_at", "recall_links"]

TICKETS_MIN = 50
TICKETS_MAX = 4_000
ARTICLES_MAX = 200
RANDOM_ARTICLES = 100
PULL = 40.0
WARM_UP = 0.25
HELD_OUT = 0.2
LEAST_TEXT = 0.5
"""Share of its default weight that each signal of the text keeps: where every ticket used an article linked
for long the text teaches nothing, and a new article would never be suggested."""


@dataclass(frozen=True, slots=True)
class _Example:
    ids: tuple[str, ...]
    matrix: np.ndarray
    used: np.ndarray


def learn_knowledge(
    articles: Sequence[Article],
    links: Iterable[ArticleLink],
    past_tickets: Iterable[PastTicket],
    encoder: Encoder,
    *,
    random_state: int = 0,
) -> KnowledgeIndex:
    """Make a knowledge index and learn its weights, if there is enough to learn from.

    The first quarter of the linked tickets, in order of filing, only fills the memory. Weights learnt on the
    next ones are held against the defaults on the last fifth: unless people's choices were less likely under
    them, by more than a standard error, they are learnt once more on all and kept. With fewer than 50
    tickets to learn from the defaults stay.

    Parameters
    ----------
    articles : sequence of Article
        The knowledge base.
    links : iterable of ArticleLink
        What people used; links of other tickets or articles are passed over.
    past_tickets : iterable of PastTicket
        The history; only tickets with links are looked at.
    encoder : Encoder
        Wrap it in a cache to encode nothing twice.
    random_state : int, default=0
        Draws articles to learn from where there are more than 200: the best hundred are learnt from, which
        decide the order that people see, and a hundred others.

    Returns
    -------
    KnowledgeIndex
        Its ``weights`` say what they were learnt from and what they reached on held-out tickets.
    """
    memory, linked = recall_links(links, past_tickets, encoder)
    default = DEFAULT_WEIGHTS if memory.totals.space is None else SPACE_WEIGHTS
    index = KnowledgeIndex(encoder, memory, default)
    index.put_all(articles)
    examples = _examples(index, memory, linked, np.random.default_rng(random_state))
    if len(examples) < TICKETS_MIN:
        return index
    split = round(len(examples) * (1 - HELD_OUT))
    tried, later = _fit(examples[:split], default), examples[split:]
    worse = _surprise(later, tried) - _surprise(later, default)
    if worse.mean() <= worse.std() / np.sqrt(len(worse)):
        index.weights = replace(_fit(examples, default), held_out=_measure(later, tried).to_document())
    return index


def recall_links(
    links: Iterable[ArticleLink], past_tickets: Iterable[PastTicket], encoder: Encoder
) -> tuple[LinkMemory, list[Ticket]]:
    """Return the memory of all links and dismissals, and the tickets that have any, in order of filing."""
    by_ticket: dict[str, list[ArticleLink]] = {}
    for link in links:
        by_ticket.setdefault(link.ticket_id, []).append(link)
    # A ticket id that comes twice: the last one counts, as everywhere.
    linked = {past.ticket.ticket_id: past for past in past_tickets if past.ticket.ticket_id in by_ticket}
    ordered = sorted(linked.values(), key=lambda past: (_filed(past.ticket), past.ticket.ticket_id))
    tickets = [past.ticket for past in ordered]
    vectors = encoder.encode([clean_text(ticket) for ticket in tickets])
    known = [
        Link(link.ticket_id, link.article_id, link_known_at(link, past), link.dismissed)
        for past in ordered
        for link in by_ticket[past.ticket.ticket_id]
    ]
    ids = [ticket.ticket_id for ticket in tickets]
    return LinkMemory.build(ids, vectors, known, find_space(vectors)), tickets


def link_known_at(link: ArticleLink, past: PastTicket) -> float:
    """Return the POSIX time since when a link is known: its own, else the labels', never before filing."""
    moment = link.created_at or past.labels_known_at
    return float("-inf") if moment is None else max(moment.timestamp(), _filed(past.ticket))


def _filed(ticket: Ticket) -> float:
    return float("-inf") if ticket.created_at is None else ticket.created_at.timestamp()


def _examples(
    index: KnowledgeIndex, memory: LinkMemory, linked: Sequence[Ticket], rng: np.random.Generator
) -> list[_Example]:
    names = list(memory.article_numbers)
    used_by: dict[int, set[str]] = {}
    for row, number in zip(
        memory.tickets[~memory.dismissed], memory.articles[~memory.dismissed], strict=True
    ):
        used_by.setdefault(int(row), set()).add(names[number])
    dated = [row for row, ticket in enumerate(linked) if ticket.created_at is not None]
    examples = []
    growing = GrowingMemory(memory)
    for row in dated[round(len(dated) * WARM_UP) :][-TICKETS_MAX:]:
        if row not in used_by:
            continue
        index.memory = growing.until(_filed(linked[row]))
        ids, matrix = index.signals(linked[row], vector=memory.vectors.take(np.array([row]))[0])
        used = np.array([article_id in used_by[row] for article_id in ids], dtype=bool)
        if used.any():
            kept = _kept(matrix, used, index.weights, rng)
            examples.append(_Example(tuple(ids[place] for place in kept), matrix[kept], used[kept]))
    index.memory = memory
    return examples


def _kept(
    matrix: np.ndarray, used: np.ndarray, weights: RankingWeights, rng: np.random.Generator
) -> np.ndarray:
    if len(matrix) <= ARTICLES_MAX:
        return np.arange(len(matrix))
    best = np.argsort(-(matrix @ np.asarray(weights.values)), kind="stable")
    best = best[: ARTICLES_MAX - RANDOM_ARTICLES]
    drawn = rng.choice(len(matrix), RANDOM_ARTICLES, replace=False)
    return np.unique(np.concatenate([best, drawn, np.flatnonzero(used)]))


def _fit(examples: Sequence[_Example], default: RankingWeights) -> RankingWeights:
    values = fit_weights(
        [example.matrix for example in examples],
        [example.used for example in examples],
        np.asarray(default.values),
        pull=PULL,
        keeps_signs=True,
        floor=np.array(
            [
                LEAST_TEXT * value if name in TEXT_SIGNALS else -np.inf
                for name, value in zip(SIGNALS, default.values, strict=True)
            ]
        ),
    )
    return RankingWeights(tuple(float(value) for value in values.round(4)), learnt_from=len(examples))


def _surprise(examples: Sequence[_Example], weights: RankingWeights) -> np.ndarray:
    return choice_surprise(
        [example.matrix for example in examples],
        [example.used for example in examples],
        np.asarray(weights.values),
    )


def _measure(examples: Sequence[_Example], weights: RankingWeights) -> RetrievalMetrics:
    rankings = []
    for example in examples:
        order = np.lexsort((example.ids, -(example.matrix @ np.asarray(weights.values))))
        rankings.append([example.ids[place] for place in order])
    used = [{example.ids[place] for place in np.flatnonzero(example.used)} for example in examples]
    return measure_rankings(rankings, used)
