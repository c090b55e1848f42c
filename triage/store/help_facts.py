"""Facts of tickets and articles that the report on helping counts; no text."""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import func, select

from triage.helping.article_care import ArticleUse
from triage.helping.report import SolvedCase, length_class
from triage.helping.suggestion import ItemKind
from triage.store.database import Store
from triage.store.helping_tables import suggestions
from triage.store.schema import article_links, tickets
from triage.store.suggestions import feedback_since

__all__ = ["article_use", "reopened_share", "solved_cases"]

LATELY = timedelta(days=90)


def solved_cases(store: Store, workspace: str, since: datetime) -> list[SolvedCase]:
    """Return the tickets solved since a moment, with what they are compared by."""
    ended_at = func.coalesce(tickets.c.resolved_at, tickets.c.closed_at)
    begun_at = func.coalesce(tickets.c.assigned_at, tickets.c.created_at)
    query = select(
        tickets.c.workspace,
        tickets.c.ticket_id,
        tickets.c.labels,
        tickets.c.resolved_at,
        tickets.c.closed_at,
        tickets.c.assigned_at,
        tickets.c.created_at,
        tickets.c.subject,
        tickets.c.body,
    ).where(tickets.c.workspace == workspace, ended_at >= since, begun_at.is_not(None))
    found = []
    with store.reading(workspace) as connection:
        for row in connection.execute(query):
            hours = ((row.resolved_at or row.closed_at) - (row.assigned_at or row.created_at)).total_seconds()
            if hours >= 0:
                told = store.sealer.opened(tickets, row._mapping)
                kind = (
                    row.labels.get("category", ""),
                    row.labels.get("priority", ""),
                    length_class(len(told["subject"]) + len(told["body"])),
                )
                found.append(SolvedCase(row.ticket_id, kind, hours / 3600.0))
    return found


def reopened_share(store: Store, workspace: str) -> float:
    """Return the share of the tickets that tell it which were reopened; 0 where none tells."""
    query = select(tickets.c.reopened).where(
        tickets.c.workspace == workspace, tickets.c.reopened.is_not(None)
    )
    with store.reading(workspace) as connection:
        told = list(connection.execute(query).scalars())
    return sum(one > 0 for one in told) / len(told) if told else 0.0


def article_use(store: Store, workspace: str, now: datetime) -> dict[str, ArticleUse]:
    """Return what was done with each article that anything was done with."""
    used: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    links = (
        select(
            article_links.c.article_id,
            article_links.c.ticket_id,
            tickets.c.reopened,
        )
        .join(
            tickets,
            (tickets.c.workspace == article_links.c.workspace)
            & (tickets.c.ticket_id == article_links.c.ticket_id),
            isouter=True,
        )
        .where(article_links.c.workspace == workspace)
    )
    with store.reading(workspace) as connection:
        for row in connection.execute(links):
            used[row.article_id].add(row.ticket_id)
            if row.reopened is not None:
                counts[row.article_id]["solved"] += 1
                counts[row.article_id]["reopened"] += row.reopened > 0
        offers = select(suggestions.c["items"]).where(suggestions.c.workspace == workspace)
        for items in connection.execute(offers).scalars():
            for one in items:
                if one["kind"] == ItemKind.ARTICLE.value:
                    counts[one["id"]]["offered"] += 1
    for one in feedback_since(store, workspace):
        if one.feedback.kind is not ItemKind.ARTICLE:
            continue
        count = counts[one.feedback.item_id]
        if one.feedback.verdict.is_good:
            used[one.feedback.item_id].add(one.ticket_id or one.feedback.suggestion_id)
        else:
            count["dismissed"] += 1
            count["dismissed_lately"] += one.feedback.created_at >= now - LATELY
    return {
        name: ArticleUse(used=len(used.get(name, ())), **counts.get(name, {})) for name in {*used, *counts}
    }
