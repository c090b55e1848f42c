"""What the knowledge base lacks, for tables or the store; found by :mod:`features.knowledge_gaps`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from features.cleaning import clean_text
from features.encoder import Encoder
from features.knowledge_gaps import KnowledgeUse, find_gaps
from features.passages import split_passages
from triage.helping.article_care import ArticleUse, articles_to_care_for
from triage.helping.gap import GapReport
from triage.helping.suggestion import ItemKind
from triage.knowledge import Article, ArticleLink
from triage.store import Store
from triage.store.articles import iter_articles
from triage.store.help_facts import article_use, reopened_share
from triage.store.links import list_links
from triage.store.suggestions import feedback_since
from triage.store.tickets import iter_past_tickets
from triage.ticket import PastTicket

__all__ = ["NEWEST", "gaps_of_store", "gaps_of_tables"]

NEWEST = 50_000
"""Tickets that are looked at: every two of them are compared."""

Progress = Callable[[str, float], None]


def gaps_of_store(
    store: Store,
    workspace: str,
    encoder: Encoder,
    *,
    days: int = 365,
    now: datetime | None = None,
    progress: Progress = lambda stage, share: None,
) -> GapReport:
    """Find what a workspace's knowledge base lacks.

    Parameters
    ----------
    store : Store
        Holds tickets, articles, links and feedback.
    workspace : str
        Whose.
    encoder : Encoder
        Best one that keeps what it encodes.
    days : int, default=365
        Only tickets filed within so many days; of more than 50,000 the newest.
    now : datetime, optional
        By default this moment.
    progress : callable, optional
        Told stage and share done.
    """
    moment = now or datetime.now(UTC)
    progress("reading tickets", 0.0)
    since = moment - timedelta(days=days)
    tickets: list[PastTicket] = []
    for chunk in iter_past_tickets(store, workspace, since=since):
        tickets = [*tickets, *chunk][-NEWEST:]
    articles = [one.article for chunk in iter_articles(store, workspace) for one in chunk]
    linked: dict[str, set[str]] = {}
    for link in list_links(store, workspace):
        linked.setdefault(link.ticket_id, set()).add(link.article_id)
    dismissed: dict[str, set[str]] = {}
    for one in feedback_since(store, workspace):
        if one.feedback.kind is not ItemKind.ARTICLE or one.ticket_id is None:
            continue
        if one.feedback.verdict.is_good:
            linked.setdefault(one.ticket_id, set()).add(one.feedback.item_id)
        else:
            dismissed.setdefault(one.ticket_id, set()).add(one.feedback.item_id)
    care = articles_to_care_for(
        articles,
        article_use(store, workspace, moment),
        usual_reopened=reopened_share(store, workspace),
        now=moment,
    )
    use = KnowledgeUse(_frozen(linked), _frozen(dismissed), care)
    return replace(_find(tickets, articles, use, encoder, progress), days=days)


def gaps_of_tables(
    tickets: Iterable[PastTicket],
    articles: Sequence[Article],
    links: Iterable[ArticleLink],
    encoder: Encoder,
    *,
    progress: Progress = lambda stage, share: None,
) -> GapReport:
    """Find what a knowledge base lacks, from tables; nothing is known of dismissals then.

    Parameters
    ----------
    tickets : iterable of PastTicket
        The newest 50,000 with a time of filing are looked at.
    articles : sequence of Article
        The knowledge base.
    links : iterable of ArticleLink
        Which were used for which ticket.
    encoder, progress
        As of :func:`gaps_of_store`.
    """
    dated = [one for one in tickets if one.ticket.created_at is not None]
    dated.sort(key=lambda one: (one.ticket.created_at, one.ticket.ticket_id))
    given = list(links)
    used: dict[str, set[str]] = {}
    for one in given:
        used.setdefault(one.article_id, set()).add(one.ticket_id)
    by_id = {one.ticket.ticket_id: one for one in dated}
    told = [one.reopened > 0 for one in dated if one.reopened is not None]
    use = {}
    for article_id, names in used.items():
        back = [
            past.reopened > 0 for name in names if (past := by_id.get(name)) and past.reopened is not None
        ]
        use[article_id] = ArticleUse(used=len(names), solved=len(back), reopened=sum(back))
    newest = dated[-1].ticket.created_at if dated else None
    care = articles_to_care_for(
        articles,
        use,
        usual_reopened=sum(told) / len(told) if told else 0.0,
        now=newest or datetime.now(UTC),
    )
    linked: dict[str, set[str]] = {}
    for one in given:
        linked.setdefault(one.ticket_id, set()).add(one.article_id)
    kept = KnowledgeUse(_frozen(linked), {}, care)
    return _find(dated[-NEWEST:], articles, kept, encoder, progress)


def _frozen(several: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(some) for name, some in several.items()}


def _find(
    tickets: Sequence[PastTicket],
    articles: Sequence[Article],
    use: KnowledgeUse,
    encoder: Encoder,
    progress: Progress,
) -> GapReport:
    texts = [clean_text(one.ticket) for one in tickets]
    parts = [(place, part) for place, one in enumerate(articles) for part in split_passages(one)]
    many = max(len(texts) + len(parts), 1)
    vectors = encoder.encode(texts, progress=lambda done: progress("reading tickets", 0.9 * done / many))
    passages = encoder.encode(
        [part for _, part in parts],
        progress=lambda done: progress("reading articles", 0.9 * (len(texts) + done) / many),
    )
    progress("comparing tickets", 0.9)
    owners = np.array([place for place, _ in parts], dtype=np.intp)
    return find_gaps(tickets, vectors, articles, passages, owners, use)
