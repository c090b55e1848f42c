"""Articles of a workspace. Every change gets the next revision, so that servers can follow them.

Keeps an article's embedding beside it, under a key that names encoder and recipe; makes none.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, text, update

from triage.errors import NotFoundError
from triage.knowledge import Article
from triage.store.database import Store
from triage.store.schema import articles
from triage.store.upsert import upsert

__all__ = [
    "StoredArticle",
    "article_changes",
    "articles_among",
    "get_article",
    "iter_articles",
    "latest_revision",
    "put_articles",
    "put_embeddings",
    "withdraw_article",
]

_COPIED = ("title", "summary", "body", "url")
_PUBLIC = "public"
_MANY = 500


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as it stands in the store.

    Parameters
    ----------
    article : Article
        Its content.
    revision : int
        Counts the workspace's changes; this article's last one.
    content_hash : str
        SHA-256 of the content in hex.
    withdrawn_at : datetime or None
        Since when it must not be suggested; None while it may.
    embedding : bytes or None
        Vectors of its passages as the encoder's owner packed them; None until made for this content.
    embedding_key : str or None
        What made the embedding.
    """

    article: Article
    revision: int
    content_hash: str
    withdrawn_at: datetime | None
    embedding: bytes | None
    embedding_key: str | None


def put_articles(
    store: Store, workspace: str, given: Sequence[Article], *, updated_at: datetime | None = None
) -> int:
    """Store articles, all or none; one that is there is replaced and no longer withdrawn.

    An article that stands there unchanged keeps its revision and embedding.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose they are.
    given : sequence of Article
        Of several with one id the last stays.
    updated_at : datetime or None, default=None
        For articles that carry no time of their own, with a zone; None is now.

    Returns
    -------
    int
        How many were new or changed.
    """
    moment = updated_at or datetime.now(UTC)
    last = {article.article_id: article for article in given}
    with store.writing(workspace) as connection:
        revision = _take_turn(connection, workspace)
        stands = _hashes(connection, workspace, list(last))
        rows = []
        for article in last.values():
            digest = _content_hash(article)
            if stands.get(article.article_id) == digest:
                continue
            revision += 1
            rows.append(_to_row(workspace, article, digest, revision, moment))
        upsert(connection, articles, rows)
    return len(rows)


def withdraw_article(store: Store, workspace: str, article_id: str) -> None:
    """Let an article be suggested no more; a second time changes nothing.

    Raises
    ------
    NotFoundError
        If there is none by that id.
    """
    here = (articles.c.workspace == workspace, articles.c.article_id == article_id)
    with store.writing(workspace) as connection:
        revision = _take_turn(connection, workspace) + 1
        row = connection.execute(select(articles.c.withdrawn_at).where(*here)).first()
        if row is None:
            raise NotFoundError(f"Got the article {article_id!r}, which is not stored.")
        if row.withdrawn_at is None:
            gone = {"withdrawn_at": datetime.now(UTC), "revision": revision}
            connection.execute(update(articles).where(*here).values(gone))


def put_embeddings(store: Store, workspace: str, key: str, made: Mapping[tuple[str, str], bytes]) -> None:
    """Keep embeddings by ``(article_id, content_hash)``; those of content that changed meanwhile are dropped.

    The revision stays: the content does.
    """
    with store.writing(workspace) as connection:
        for (article_id, digest), embedding in made.items():
            connection.execute(
                update(articles)
                .where(
                    articles.c.workspace == workspace,
                    articles.c.article_id == article_id,
                    articles.c.content_hash == digest,
                )
                .values(embedding=embedding, embedding_key=key)
            )


def get_article(store: Store, workspace: str, article_id: str) -> StoredArticle | None:
    """Return an article of this workspace, withdrawn or not; None when there is none by that id."""
    query = select(articles).where(articles.c.workspace == workspace, articles.c.article_id == article_id)
    with store.reading(workspace) as connection:
        row = connection.execute(query).first()
    return None if row is None else _from_row(row)


def latest_revision(store: Store, workspace: str) -> int:
    """Return the workspace's newest revision, 0 when it never had an article."""
    with store.reading(workspace) as connection:
        return _latest(connection, workspace)


def article_changes(
    store: Store, workspace: str, after: int = 0, *, limit: int | None = None
) -> list[StoredArticle]:
    """Return articles changed after a revision, oldest change first, withdrawn ones too.

    Parameters
    ----------
    store : Store
        Where from.
    workspace : str
        Whose articles.
    after : int, default=0
        The revision that the caller has seen; 0 gives all.
    limit : int or None, default=None
        At most so many.
    """
    query = (
        select(articles)
        .where(articles.c.workspace == workspace, articles.c.revision > after)
        .order_by(articles.c.revision)
        .limit(limit)
    )
    with store.reading(workspace) as connection:
        return [_from_row(row) for row in connection.execute(query)]


def iter_articles(store: Store, workspace: str, *, chunk_rows: int = 1_000) -> Iterator[list[StoredArticle]]:
    """Iterate over the articles that may be suggested, in the order of their last change, in chunks."""
    after = 0
    while changed := article_changes(store, workspace, after, limit=chunk_rows):
        after = changed[-1].revision
        if living := [stored for stored in changed if stored.withdrawn_at is None]:
            yield living


def articles_among(store: Store, workspace: str, article_ids: Collection[str]) -> set[str]:
    """Return those of some ids by which an article is stored, withdrawn or not."""
    names, found = list(article_ids), set[str]()
    with store.reading(workspace) as connection:
        for begin in range(0, len(names), _MANY):
            query = select(articles.c.article_id).where(
                articles.c.workspace == workspace, articles.c.article_id.in_(names[begin : begin + _MANY])
            )
            found.update(connection.scalars(query))
    return found


def _take_turn(connection: Connection, workspace: str) -> int:
    """Keep other writers of the workspace's articles waiting, so that revisions appear in order."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        connection.execute(lock, {"name": f"articles of {workspace}"})
    return _latest(connection, workspace)


_LATEST = select(func.max(articles.c.revision)).where(articles.c.workspace == bindparam("named"))


def _latest(connection: Connection, workspace: str) -> int:
    return int(connection.execute(_LATEST, {"named": workspace}).scalar_one() or 0)


def _hashes(connection: Connection, workspace: str, ids: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for begin in range(0, len(ids), _MANY):
        query = select(articles.c.article_id, articles.c.content_hash).where(
            articles.c.workspace == workspace,
            articles.c.article_id.in_(ids[begin : begin + _MANY]),
            articles.c.withdrawn_at.is_(None),
        )
        found.update((row.article_id, row.content_hash) for row in connection.execute(query))
    return found


def _content_hash(article: Article) -> str:
    content = [getattr(article, name) for name in _COPIED]
    content += [list(article.products), list(article.topics)]
    content.append(None if article.updated_at is None else article.updated_at.astimezone(UTC).isoformat())
    if article.public:
        # Only where it is set: articles from before there were public ones keep their hash and embedding.
        content.append(_PUBLIC)
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _to_row(workspace: str, article: Article, digest: str, revision: int, moment: datetime) -> dict[str, Any]:
    return {
        "workspace": workspace,
        "article_id": article.article_id,
        **{name: getattr(article, name) for name in _COPIED},
        "topics": list(article.topics),
        _PUBLIC: article.public,
        "products": list(article.products),
        "updated_at": article.updated_at or moment,
        "withdrawn_at": None,
        "content_hash": digest,
        "revision": revision,
        "embedding": None,
        "embedding_key": None,
    }


def _from_row(row: Row[Any]) -> StoredArticle:
    article = Article(
        row.article_id,
        updated_at=row.updated_at,
        products=tuple(row.products),
        topics=tuple(row.topics),
        public=row.public,
        **{name: getattr(row, name) for name in _COPIED},
    )
    return StoredArticle(
        article, row.revision, row.content_hash, row.withdrawn_at, row.embedding, row.embedding_key
    )
