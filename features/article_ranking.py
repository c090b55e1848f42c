"""Weighs the signals of articles into one order, and says what spoke for the best.

The weights are linear, so that what each signal added is exact. Learning them is
:mod:`training.knowledge.learn`'s job.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from features.article_shelf import ArticleShelf
from features.article_signals import SIGNALS, Signals
from features.link_memory import LinkMemory
from triage.knowledge import Article, Ground, Suggestion

__all__ = [
    "DEFAULT_WEIGHTS",
    "DIGITS",
    "EXAMPLES_MAX",
    "SPACE_WEIGHTS",
    "TEXT_SIGNALS",
    "RankingWeights",
    "rank_articles",
    "weights_for_search",
]

DIGITS = 6
EXAMPLES_MAX = 3
"""Words, and ids of tickets, that stand with a ground unless more tickets are asked for."""
GROUND_MIN = 0.05
TEXT_SIGNALS = ("words", "meaning", "passage")
"""What an article says for itself: all that a new one, which nobody has linked, can be found by."""
SEARCH_OTHERS = 1.0
"""Logits between the best and the worst article that all but the text may make in a search: less than what
a title that is the question gains by its text."""
GROUND_OF = {
    "words": "words",
    "meaning": "meaning",
    "passage": "meaning",
    "product": "product",
    "links": "links",
    "nearest": "links",
    "recent": "popular",
    "popular": "popular",
    "discriminant": "links",
    "profile": "links",
}


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """How much each signal counts, in logits per unit.

    Parameters
    ----------
    values : tuple of float
        In the order of :data:`features.article_signals.SIGNALS`.
    learnt_from : int, default=0
        Linked tickets that they were learnt from; 0 for the defaults.
    held_out : Mapping of str to float, optional
        What they reached on later tickets while learning: ``hit_at_1``, ``hit_at_5``, ``hit_at_10``, ``mrr``,
        and ``tickets``; empty for the defaults.
    """

    values: tuple[float, ...]
    learnt_from: int = 0
    held_out: Mapping[str, float] = field(default_factory=dict)


DEFAULT_WEIGHTS = RankingWeights((1.3, 2.6, 4.8, 1.8, 0.25, 11.0, 0.5, 0.15, 0.0, 0.0, -0.8))
"""Learnt on the first three fifths of the linked Thunderbird tickets, rounded (``benchmarks/knowledge.py``
measures the last one); what a knowledge base without many links begins with. No public data holds dismissals,
so their weight is a judgement: what one of the same text takes away beside the uses that it undoes."""

SPACE_WEIGHTS = RankingWeights((0.8, 0.8, 4.0, 1.6, 0.0, 8.0, 0.6, 0.3, 0.8, 4.0, -0.8))
"""The same where tickets can be compared with what an article was used for; where learning starts.

Rounded between what the first two fifths taught, judged on the third, and the first three, on the fourth."""


def weights_for_search(weights: RankingWeights, matrix: np.ndarray) -> RankingWeights:
    """Return weights under which the text leads, for one who searches by words of his own.

    The text counts at least as by default, however little it taught on tickets whose articles were linked
    for long; all else is scaled down together until it moves no article by more than
    :data:`SEARCH_OTHERS`, and decides only between articles that say much the same.

    Parameters
    ----------
    weights : RankingWeights
        Those of suggestions.
    matrix : ndarray of shape (n_articles, n_signals)
        Signals of this search.
    """
    values, default = np.asarray(weights.values), np.asarray(DEFAULT_WEIGHTS.values)
    is_text = np.array([name in TEXT_SIGNALS for name in SIGNALS])
    others = matrix @ np.where(is_text, 0.0, values)
    spread = float(np.ptp(others)) if len(others) else 0.0
    scale = min(1.0, SEARCH_OTHERS / spread) if spread > 0 else 1.0
    led = np.where(is_text, np.maximum(values, default), values * scale)
    return replace(weights, values=tuple(float(value) for value in led))


def rank_articles(
    signals: Signals,
    weights: RankingWeights,
    shelf: ArticleShelf,
    memory: LinkMemory,
    limit: int,
    *,
    tickets: int = EXAMPLES_MAX,
) -> list[Suggestion]:
    """Return the best articles, best first; equal ones in the order of their ids.

    Parameters
    ----------
    signals : Signals
        Of the living articles.
    weights : RankingWeights
        Their weights.
    shelf : ArticleShelf
        Where the rows of the signals stand.
    memory : LinkMemory
        Where the links of the signals come from.
    limit : int
        At most so many.
    tickets : int, default=3
        At most so many similar tickets that used it are named with each.
    """
    if not len(signals.rows):
        return []
    values = np.asarray(weights.values)
    # Rounded, so that equal articles tie whatever row of the matrix they stand in.
    logits = np.round(signals.matrix @ values, DIGITS)
    odds = np.exp(logits - logits.max())
    scores = odds / odds.sum()
    near = np.argpartition(-logits, min(limit, len(logits)) - 1)[:limit]
    contenders = np.flatnonzero(logits >= logits[near].min())
    ids = {place: _article(shelf, signals.rows[place]).article_id for place in contenders}
    best = sorted(contenders, key=lambda place: (-logits[place], ids[place]))[:limit]
    parts = (signals.matrix[best] - signals.matrix.mean(axis=0)) * values
    shared = signals.hits.shared_words(signals.rows[best].tolist(), EXAMPLES_MAX)
    suggestions = []
    for order, place in enumerate(best):
        article = _article(shelf, signals.rows[place])
        suggestions.append(
            Suggestion(
                article.article_id,
                article.title,
                float(scores[place]),
                article.url,
                _grounds(
                    parts[order],
                    {
                        "words": shared[order],
                        "links": _similar_tickets(signals, memory, article.article_id, tickets),
                    },
                ),
            )
        )
    return suggestions


def _article(shelf: ArticleShelf, row: int) -> Article:
    return cast(Article, shelf.articles[row])  # signals are of living rows only


def _grounds(parts: np.ndarray, examples: Mapping[str, tuple[str, ...]]) -> tuple[Ground, ...]:
    weights: dict[str, float] = {}
    for name, part in zip(SIGNALS, parts, strict=True):
        if name in GROUND_OF:  # that nobody dismissed it is no ground
            weights[GROUND_OF[name]] = weights.get(GROUND_OF[name], 0.0) + float(part)
    speaking = [(kind, round(weight, 3)) for kind, weight in weights.items() if weight >= GROUND_MIN]
    return tuple(
        Ground(kind, weight, examples.get(kind, ()))
        for kind, weight in sorted(speaking, key=lambda ground: (-ground[1], ground[0]))
    )


def _similar_tickets(signals: Signals, memory: LinkMemory, article_id: str, count: int) -> tuple[str, ...]:
    recall = signals.recall
    links = np.flatnonzero(recall.articles == memory.article_numbers.get(article_id, -1))
    nearest = links[np.argsort(-recall.similarities[links], kind="stable")][:count]
    return tuple(memory.ticket_ids[row] for row in recall.tickets[nearest])
