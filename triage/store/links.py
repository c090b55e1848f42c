"""Which articles people used for which tickets, or dismissed, in one workspace.

What stands is in one table; another tells event by event how it came about, in order, so that servers can
follow it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, tuple_

from triage.knowledge import ArticleLink
from triage.store.database import Store
from triage.store.link_tables import link_events
from triage.store.revisions import Kind, take_revision
from triage.store.schema import article_links
from triage.store.upsert import upsert

__all__ = [
    "LinkEvent",
    "LinkEventKind",
    "Mark",
    "delete_link",
    "link_events_after",
    "list_dismissals",
    "list_links",
    "put_links",
]

_STORED = ("ticket_id", "article_id", "created_at", "agent")
_COLUMNS = [article_links.c[name] for name in _STORED]
_MANY = 400
"""Pairs in one query: SQLite allows a limited number of bound values."""

Mark = tuple[int, int]
"""Place of an event in the order: revision, and place within it."""


class LinkEventKind(StrEnum):
    """What became of an article for a ticket."""

    USED = "used"
    DISMISSED = "dismissed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """One event.

    Parameters
    ----------
    mark : tuple of int
        Its place in the order of all events of the workspace.
    ticket_id, article_id : str
        What it is about.
    kind : LinkEventKind
        What happened.
    known_at : datetime or None
        When, as the source says; None when it does not.
    noted_at : datetime
        When it was stored.
    """

    mark: Mark
    ticket_id: str
    article_id: str
    kind: LinkEventKind
    known_at: datetime | None
    noted_at: datetime


def put_links(store: Store, workspace: str, links: Sequence[ArticleLink]) -> None:
    """Store links and dismissals, all or none; of several for one ticket and article the last stays.

    A dismissal takes the place of a link that stands, and a link that of a dismissal. Who linked and when
    stays known where a link that comes again does not say.
    """
    last = {(link.ticket_id, link.article_id): link for link in links}
    if not last:
        return
    with store.writing(workspace) as connection:
        # Taken first: it keeps other writers waiting until what stands here has been read and changed.
        revision = take_revision(connection, workspace, Kind.LINKS)
        stands = _standing(connection, workspace, list(last))
        used = [link for link in last.values() if not link.dismissed]
        rows = []
        for link in used:
            row = {"workspace": workspace, **{name: getattr(link, name) for name in _STORED}}
            known = stands.get((link.ticket_id, link.article_id))
            rows.append(
                row if known is None else row | {n: row[n] or known[n] for n in ("created_at", "agent")}
            )
        upsert(connection, article_links, rows)
        for link in last.values():
            if link.dismissed and (link.ticket_id, link.article_id) in stands:
                _delete(connection, workspace, link.ticket_id, link.article_id)
        _note(
            connection,
            workspace,
            revision,
            [
                (link, LinkEventKind.DISMISSED if link.dismissed else LinkEventKind.USED)
                for pair, link in last.items()
                if link.dismissed or pair not in stands
            ],
        )


def list_links(store: Store, workspace: str, ticket_id: str | None = None) -> list[ArticleLink]:
    """Return the links of a workspace, or of one ticket, by ticket and article; no dismissals."""
    query = (
        select(*_COLUMNS)
        .where(article_links.c.workspace == workspace)
        .order_by(article_links.c.ticket_id, article_links.c.article_id)
    )
    if ticket_id is not None:
        query = query.where(article_links.c.ticket_id == ticket_id)
    with store.reading(workspace) as connection:
        return [ArticleLink(*row) for row in connection.execute(query)]


def list_dismissals(store: Store, workspace: str) -> list[ArticleLink]:
    """Return what people dismissed and did not use later, by ticket and article."""
    last: dict[tuple[str, str], LinkEvent] = {}
    for event in link_events_after(store, workspace, (0, -1)):
        last[event.ticket_id, event.article_id] = event
    return [
        ArticleLink(*pair, created_at=event.known_at or event.noted_at, dismissed=True)
        for pair, event in sorted(last.items())
        if event.kind is LinkEventKind.DISMISSED
    ]


def delete_link(store: Store, workspace: str, ticket_id: str, article_id: str) -> bool:
    """Remove a link; tell whether it was there."""
    with store.writing(workspace) as connection:
        revision = take_revision(connection, workspace, Kind.LINKS)
        was_there = _delete(connection, workspace, ticket_id, article_id)
        if was_there:
            gone = [(ArticleLink(ticket_id, article_id), LinkEventKind.REMOVED)]
            _note(connection, workspace, revision, gone)
        return was_there


def link_events_after(
    store: Store, workspace: str, mark: Mark, *, limit: int | None = None
) -> list[LinkEvent]:
    """Return the events after a mark, the first first, at most so many."""
    revision, place = mark
    query = (
        select(link_events)
        .where(
            link_events.c.workspace == workspace,
            link_events.c.revision >= revision,
            or_(link_events.c.revision > revision, link_events.c.place > place),
        )
        .order_by(link_events.c.revision, link_events.c.place)
        .limit(limit)
    )
    with store.reading(workspace) as connection:
        return [
            LinkEvent(
                (row.revision, row.place),
                row.ticket_id,
                row.article_id,
                LinkEventKind(row.kind),
                row.known_at,
                row.noted_at,
            )
            for row in connection.execute(query)
        ]


def _standing(
    connection: Connection, workspace: str, pairs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return by pair what is known of the links that stand."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for begin in range(0, len(pairs), _MANY):
        some = tuple_(article_links.c.ticket_id, article_links.c.article_id).in_(pairs[begin : begin + _MANY])
        for row in connection.execute(select(*_COLUMNS).where(article_links.c.workspace == workspace, some)):
            found[row.ticket_id, row.article_id] = dict(row._mapping)
    return found


def _delete(connection: Connection, workspace: str, ticket_id: str, article_id: str) -> bool:
    done = connection.execute(
        delete(article_links).where(
            and_(
                article_links.c.workspace == workspace,
                article_links.c.ticket_id == ticket_id,
                article_links.c.article_id == article_id,
            )
        )
    )
    return bool(done.rowcount)


def _note(
    connection: Connection,
    workspace: str,
    revision: int,
    events: Sequence[tuple[ArticleLink, LinkEventKind]],
) -> None:
    now = datetime.now(UTC)
    rows = [
        {
            "workspace": workspace,
            "revision": revision,
            "place": place,
            "ticket_id": link.ticket_id,
            "article_id": link.article_id,
            "kind": kind.value,
            "known_at": link.created_at,
            "noted_at": now,
        }
        for place, (link, kind) in enumerate(events)
    ]
    if rows:
        connection.execute(insert(link_events), rows)
