"""Which articles people used for which tickets, in one workspace."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from triage.knowledge import ArticleLink
from triage.store.database import Store
from triage.store.schema import article_links
from triage.store.upsert import upsert

__all__ = ["delete_link", "list_links", "put_links"]

_COLUMNS = [article_links.c[name] for name in ArticleLink.__slots__]


def put_links(store: Store, workspace: str, links: Sequence[ArticleLink]) -> None:
    """Store links, all or none; of several for one ticket and article the last stays."""
    rows = {
        (link.ticket_id, link.article_id): {
            "workspace": workspace,
            **{name: getattr(link, name) for name in ArticleLink.__slots__},
        }
        for link in links
    }
    with store.writing() as connection:
        upsert(connection, article_links, list(rows.values()))


def list_links(store: Store, workspace: str, ticket_id: str | None = None) -> list[ArticleLink]:
    """Return the links of a workspace, or of one ticket, by ticket and article."""
    query = (
        select(*_COLUMNS)
        .where(article_links.c.workspace == workspace)
        .order_by(article_links.c.ticket_id, article_links.c.article_id)
    )
    if ticket_id is not None:
        query = query.where(article_links.c.ticket_id == ticket_id)
    with store.reading() as connection:
        return [ArticleLink(*row) for row in connection.execute(query)]


def delete_link(store: Store, workspace: str, ticket_id: str, article_id: str) -> bool:
    """Remove a link; tell whether it was there."""
    with store.writing() as connection:
        done = connection.execute(
            delete(article_links).where(
                article_links.c.workspace == workspace,
                article_links.c.ticket_id == ticket_id,
                article_links.c.article_id == article_id,
            )
        )
        return bool(done.rowcount)
