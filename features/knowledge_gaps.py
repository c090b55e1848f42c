"""What the knowledge base lacks: clusters of tickets that no article serves, with a title in their own words.

Which articles people linked or dismissed comes in; the store is not asked. A ticket is served where an
article was linked to it or accepted for it, where one is near enough to it and was not dismissed, or where
people use one for tickets that read alike (:mod:`features.linked_look_alikes`).
"""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from features.cleaning import clean, clean_text
from features.language import detect_language, language_of
from features.linked_look_alikes import article_in_use
from features.redaction import MARKS, redact
from features.telling_words import Telling, TermCounts, Terms, read_terms, telling_terms
from features.ticket_clusters import NEAR, Cluster, find_clusters
from triage.helping.gap import ArticleCare, Gap, GapReport, GapSources
from triage.helping.surely_more import binomial_tail, surely
from triage.knowledge import Article
from triage.ticket import PastTicket

__all__ = ["KnowledgeUse", "find_gaps"]

SERVED_NEARNESS = 0.6
"""Cosine of a ticket to an article's nearest passage from which the article is about it.

Of the earlier Thunderbird questions to which helpers linked an article two in three reach it, of questions of
bank customers and to a voice assistant asked of the same articles one in a hundred."""
EXAMPLES = 3
WORDS = 6
MOST_HOURS = 720.0
"""A ticket that was open for longer than a month counts as a month: somebody forgot it."""
TITLE_CHARS = 120
RECENT = 0.25
BODY_CHARS = 2_000
LANGUAGE_OF = 20
"""Tickets of a cluster, the most typical ones, whose language is looked at."""
MAIN_PRODUCT = 0.25
"""Share of the tickets from which a product's name tells nothing: a printer among twenty things does."""
TITLE_OF = 50
"""Tickets of a cluster, the most typical ones, whose subjects may be its title."""
SOURCES = 50
"""Tickets of a cluster, the most typical ones, by which a report is shown to who may see some of them."""
BREVITY = 0.75
"""How much a long subject is marked down: at .5 whole sentences win, at 1 single words (docs/log.md)."""


@dataclass(frozen=True, slots=True)
class KnowledgeUse:
    """What people did with articles.

    Parameters
    ----------
    linked : Mapping of str to frozenset of str
        By ticket, the articles that were linked to it, or accepted or sent for it; never none.
    dismissed : Mapping of str to frozenset of str
        By ticket, the articles dismissed for it.
    care : tuple of ArticleCare
        Articles that need attention, for the report.
    """

    linked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dismissed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    care: tuple[ArticleCare, ...] = ()


@dataclass(frozen=True, slots=True)
class _Background:
    """What tickets that no article serves say, and words of products' names."""

    counts: TermCounts
    products: frozenset[str]


def find_gaps(
    tickets: Sequence[PastTicket],
    vectors: np.ndarray,
    articles: Sequence[Article],
    passages: np.ndarray,
    owners: np.ndarray,
    use: KnowledgeUse,
    *,
    least: int = 5,
    most: int = 50,
) -> GapReport:
    """Find the gaps, the heaviest first.

    Parameters
    ----------
    tickets : sequence of PastTicket
        The ones to look at; each with an id.
    vectors : ndarray of shape (n_tickets, dimension), float32
        Embeddings of their cleaned texts.
    articles : sequence of Article
        All that may be suggested.
    passages : ndarray of shape (n_passages, dimension), float32
        Embeddings of their passages.
    owners : ndarray of int, shape (n_passages,)
        Place of each passage's article.
    use : KnowledgeUse
        What people did with them.
    least : int, default=5
        Tickets that a gap has at least.
    most : int, default=50
        Gaps reported.
    """
    nearest, nearness = _nearest(vectors, passages, owners, articles, tickets, use)
    unserved = [
        place
        for place, past in enumerate(tickets)
        if past.ticket.ticket_id not in use.linked and nearness[place] < SERVED_NEARNESS
    ]
    names = [tickets[place].ticket.ticket_id for place in unserved]
    clusters = find_clusters(vectors[unserved], names, least=least) if unserved else []
    served = [_is_answered(one, names, tickets, vectors, articles, use) for one in clusters]
    answered = sum(len(one.rows) for one, is_served in zip(clusters, served, strict=True) if is_served)
    clusters = [one for one, is_served in zip(clusters, served, strict=True) if not is_served]
    terms = [_terms(tickets[place]) for place in unserved]
    background = _Background(TermCounts.of(terms), _product_words(tickets))
    usual = _usual_hours([tickets[place] for place in unserved])
    newest = _newest(tickets)
    gaps = [_gap(one, unserved, tickets, terms, background, usual, newest, nearest, use) for one in clusters]
    gaps = _growing(gaps, clusters, unserved, tickets, newest)
    gaps.sort(key=lambda one: (-one.weight, one.title))
    return GapReport(
        tickets=len(tickets),
        unserved=len(unserved) - answered,
        clustered=sum(len(one.rows) for one in clusters),
        gaps=tuple(gaps[:most]),
        articles=len(articles),
        care=use.care,
    )


def _nearest(
    vectors: np.ndarray,
    passages: np.ndarray,
    owners: np.ndarray,
    articles: Sequence[Article],
    tickets: Sequence[PastTicket],
    use: KnowledgeUse,
) -> tuple[list[str | None], np.ndarray]:
    """Return for each ticket the article nearest to it that was not dismissed for it, and how near."""
    nearest: list[str | None] = [None] * len(tickets)
    nearness = np.full(len(tickets), -1.0)
    if not len(passages):
        return nearest, nearness
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    kept = owners[starts]
    places = {articles[owner].article_id: place for place, owner in enumerate(kept)}
    for at in range(0, len(vectors), 512):
        by_article = np.maximum.reduceat(vectors[at : at + 512] @ passages.T, starts, axis=1)
        for row, cosines in enumerate(by_article, start=at):
            for article_id in use.dismissed.get(tickets[row].ticket.ticket_id, ()):
                if article_id in places:
                    cosines[places[article_id]] = -1.0
            best = int(cosines.argmax())
            nearest[row], nearness[row] = articles[kept[best]].article_id, cosines[best]
    return nearest, nearness


def _is_answered(
    cluster: Cluster,
    names: Sequence[str],
    tickets: Sequence[PastTicket],
    vectors: np.ndarray,
    articles: Sequence[Article],
    use: KnowledgeUse,
) -> bool:
    near = np.flatnonzero(vectors @ cluster.centre >= NEAR).tolist()
    look_alikes = [name for place in near if (name := tickets[place].ticket.ticket_id) in use.linked]
    members = [names[row] for row in cluster.rows.tolist()]
    existing = {one.article_id for one in articles}
    return article_in_use(members, look_alikes, use.linked, use.dismissed, existing) is not None


def _growing(
    gaps: Sequence[Gap],
    clusters: Sequence[Cluster],
    unserved: Sequence[int],
    tickets: Sequence[PastTicket],
    newest: datetime | None,
) -> list[Gap]:
    """Mark the gaps whose tickets are surely newer than all tickets are."""
    usual = _recent(tickets, newest)
    told = [_recent([tickets[unserved[row]] for row in one.rows], newest) for one in clusters]
    grow = surely([binomial_tail(recent, dated, usual[0] / max(usual[1], 1)) for recent, dated in told])
    return [replace(gap, grows=is_growing) for gap, is_growing in zip(gaps, grow, strict=True)]


def _gap(
    cluster: Cluster,
    unserved: Sequence[int],
    tickets: Sequence[PastTicket],
    terms: Sequence[Terms],
    background: _Background,
    usual: float | None,
    newest: datetime | None,
    nearest: Sequence[str | None],
    use: KnowledgeUse,
) -> Gap:
    rows = cluster.rows.tolist()
    members = [tickets[unserved[row]] for row in rows]
    said = [terms[row] for row in rows]
    telling = telling_terms(
        said, background.counts, languages=_languages(members), unspoken=background.products
    )
    told = [hours for one in members if (hours := _hours(one)) is not None]
    hours = statistics.median(told) if told else usual
    articles = Counter(name for row in rows if (name := nearest[unserved[row]]) is not None)
    recent, dated = _recent(members, newest)
    title, title_of = _title(members, telling)
    typical = [one.ticket.ticket_id for one in members[:SOURCES]]
    said_by = [
        tuple(name for name, own in zip(typical, said, strict=False) if own.has(one.term))
        for one in telling[:WORDS]
    ]
    return Gap(
        title=title,
        words=tuple(one.form for one in telling[:WORDS]),
        tickets=len(members),
        hours=None if hours is None else round(hours, 2),
        weight=round(len(members) * (hours if hours is not None else 1.0), 2),
        share_recent=round(recent / max(dated, 1), 4),
        grows=False,
        examples=tuple(
            (one.ticket.ticket_id, redact(clean(one.ticket.subject))[:TITLE_CHARS])
            for one in members[:EXAMPLES]
        ),
        dismissed=sum(one.ticket.ticket_id in use.dismissed for one in members),
        nearest_article=min(articles, key=lambda name: (-articles[name], name)) if articles else None,
        sources=GapSources(tuple(typical), title_of, tuple(said_by)),
    )


def _terms(past: PastTicket) -> Terms:
    subject, body = past.ticket.subject, clean(past.ticket.body)[:BODY_CHARS]
    return read_terms(redact(clean(subject)), redact(body))


def _languages(members: Sequence[PastTicket]) -> frozenset[str]:
    """Return the languages that a cluster is said to be in, and those that its texts show."""
    near = [one.ticket for one in members[:LANGUAGE_OF]]
    found = {code for one in near for code in (language_of(one), detect_language(clean_text(one)))}
    return frozenset(code for code in found if code is not None) or frozenset({"en"})


def _product_words(tickets: Sequence[PastTicket]) -> frozenset[str]:
    """Return words of names of products that say nothing, since so many tickets are about them."""
    counts = Counter(one.ticket.product for one in tickets if one.ticket.product)
    often = [name for name, count in counts.items() if count >= MAIN_PRODUCT * len(tickets)]
    return frozenset(word for name in often for word in read_terms(name, "").words)


def _title(members: Sequence[PastTicket], telling: Sequence[Telling]) -> tuple[str, str | None]:
    """Choose the subject that says most with few words, tell whose; ties go to the more typical ticket."""
    best, best_score = "", 0.0
    best_of: str | None = None
    for one in members[:TITLE_OF]:
        subject = redact(clean(one.ticket.subject)).replace("\n", " ").strip()
        own = read_terms(subject, "")
        told = sum(found.surprise for found in telling if own.has(found.term))
        score = told / (3.0 + len(subject.split())) ** BREVITY
        if any(mark in subject for mark in MARKS):
            score /= 2.0
        if len(subject) <= TITLE_CHARS and score > best_score:
            best, best_of, best_score = subject, one.ticket.ticket_id, score
    return best or ", ".join(one.form for one in telling[:3]), best_of


def _hours(past: PastTicket) -> float | None:
    end = past.resolved_at or past.closed_at
    begin = past.assigned_at or past.ticket.created_at
    if end is None or begin is None or end < begin:
        return None
    return min((end - begin).total_seconds() / 3600.0, MOST_HOURS)


def _usual_hours(tickets: Sequence[PastTicket]) -> float | None:
    told = [hours for one in tickets if (hours := _hours(one)) is not None]
    return statistics.median(told) if told else None


def _newest(tickets: Sequence[PastTicket]) -> datetime | None:
    """Return the moment after which a quarter of the time looked at lies."""
    filed = [one.ticket.created_at for one in tickets if one.ticket.created_at is not None]
    return max(filed) - RECENT * (max(filed) - min(filed)) if filed else None


def _recent(tickets: Sequence[PastTicket], newest: datetime | None) -> tuple[int, int]:
    """Return how many tickets were filed in the newest quarter of the time, of how many with a time."""
    filed = [one.ticket.created_at for one in tickets if one.ticket.created_at is not None]
    return (0, 0) if newest is None else (sum(one >= newest for one in filed), len(filed))
