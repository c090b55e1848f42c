"""The knowledge base: articles in, out, and found."""

import uuid
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from serving.auth import Caller, permitted
from serving.confidential import articles_shown, tickets_named
from serving.dependencies import DeflectionDep, KnowledgeDep, StoreDep, WorkDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.roles import Role
from serving.schemas.base import AddressId, SafeText
from serving.schemas.knowledge import (
    ArticleIn,
    ArticleListOut,
    ArticleOut,
    NewArticleIn,
    SearchOut,
    SuggestionOut,
)
from serving.sight import Sight
from triage.errors import ConflictError, NotFoundError
from triage.knowledge import Article, Suggestion
from triage.knowledge_ids import article_id_problem
from triage.store import Store
from triage.store.articles import (
    StoredArticle,
    article_changes,
    get_article,
    put_articles,
    withdraw_article,
)
from triage.store.idempotency import Reply
from triage.store.policies import read_policy

__all__ = ["router"]

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge"])
READING = documented(400, 401, 403, 404, 422, 500, 503)
WRITING = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)

ArticleId = Annotated[
    AddressId,
    Path(
        min_length=1,
        max_length=200,
        pattern=r"^[^\r\n]+$",
        description="Its id in the knowledge base.",
        examples=["KB-12"],
    ),
]


@router.get(
    "",
    operation_id="list_articles",
    summary="List the articles",
    response_model=ArticleListOut,
    responses=documented(400, 401, 403, 422, 500, 503),
)
def list_articles(
    store: StoreDep,
    caller: Annotated[Caller, permitted("list_articles")],
    after: Annotated[
        int, Query(ge=0, le=2**62, description="Only articles changed after this revision.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="Articles on a page.")] = 50,
) -> ArticleListOut:
    """Return articles that can be suggested, in the order of their last change, page by page."""
    page = article_changes(store, caller.workspace, after, limit=limit)
    articles = [ArticleOut.of(one) for one in page if one.withdrawn_at is None]
    return ArticleListOut(articles=articles, next_after=page[-1].revision if len(page) == limit else None)


@router.post(
    "",
    operation_id="create_article",
    summary="Add an article",
    status_code=201,
    response_model=ArticleOut,
    responses=WRITING,
)
def create_article(
    given: NewArticleIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("create_article")],
) -> Response:
    """Store a new article; it can be suggested in the next request, by every server."""

    def create() -> Reply:
        article_id = given.article_id or uuid.uuid4().hex
        stands = get_article(store, caller.workspace, article_id)
        _expect_usable(article_id)
        if stands is not None and stands.withdrawn_at is None:
            raise ConflictError(
                "Got a new article with an id that is taken; expected an id of its own. "
                "To change the one that stands there, PUT it."
            )
        return Reply(201, _put(store, caller, given.to_article(article_id)))

    return answer(once.run(caller.workspace, create))


@router.get(
    "/search",
    operation_id="search_articles",
    summary="Find articles",
    response_model=SearchOut,
    responses=documented(400, 401, 403, 422, 500, 503),
)
async def search_articles(
    knowledge: KnowledgeDep,
    deflection: DeflectionDep,
    store: StoreDep,
    work: WorkDep,
    caller: Annotated[Caller, permitted("search_articles")],
    q: Annotated[
        SafeText,
        Query(min_length=1, max_length=4_000, description="A question or a problem.", examples=["vpn drops"]),
    ],
    limit: Annotated[int, Query(ge=1, le=50, description="At most so many.")] = 10,
) -> SearchOut:
    """Return the articles that help most with a problem; what they say counts more than what was linked.

    Requesters find public articles only, and no ticket is named to them.
    """

    def find() -> Sequence[Suggestion]:
        if caller.role is Role.REQUESTER:
            return deflection.search(caller.workspace, q, limit)
        sight = Sight.of(caller).under(read_policy(store, caller.workspace).policy.helping)
        # The text leads, so that an article that nobody has used yet is found, too.
        found = knowledge.search(caller.workspace, q, limit, named=tickets_named(sight))
        (shown,) = articles_shown(store, caller.workspace, [found], sight)
        return shown

    found = await work.run(find)
    return SearchOut(articles=[SuggestionOut.of(one) for one in found])


@router.get(
    "/{article_id:path}",
    operation_id="read_article",
    summary="Read an article",
    response_model=ArticleOut,
    responses=READING,
)
def read_article(
    article_id: ArticleId, store: StoreDep, caller: Annotated[Caller, permitted("read_article")]
) -> ArticleOut:
    """Return one article that can be suggested; to requesters, those for agents only do not exist."""
    return ArticleOut.of(_find(store, caller, article_id))


@router.put(
    "/{article_id:path}",
    operation_id="replace_article",
    summary="Replace an article, or add it",
    response_model=ArticleOut,
    responses=WRITING,
)
def replace_article(
    article_id: ArticleId,
    given: ArticleIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("replace_article")],
) -> Response:
    """Store an article under its id, whether there was one or not; the next request suggests this text."""

    def put() -> Reply:
        _expect_usable(article_id)
        return Reply(200, _put(store, caller, given.to_article(article_id)))

    return answer(once.run(caller.workspace, put))


@router.delete(
    "/{article_id:path}",
    operation_id="delete_article",
    summary="Withdraw an article",
    response_model=ArticleOut,
    responses=documented(400, 401, 403, 404, 409, 422, 500, 503),
)
def delete_article(
    article_id: ArticleId,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("delete_article")],
) -> Response:
    """Let an article be suggested no more, from the next request on; return it as it was."""

    def withdraw() -> Reply:
        stored = _find(store, caller, article_id)
        withdraw_article(store, caller.workspace, article_id)
        return Reply(200, ArticleOut.of(stored).model_dump(mode="json"))

    return answer(once.run(caller.workspace, withdraw))


def _expect_usable(article_id: str) -> None:
    problem = article_id_problem(article_id)
    if problem is not None:
        raise ConflictError(problem)


def _put(store: Store, caller: Caller, article: Article) -> dict[str, object]:
    put_articles(store, caller.workspace, [article])
    return ArticleOut.of(_find(store, caller, article.article_id)).model_dump(mode="json")


def _find(store: Store, caller: Caller, article_id: str) -> StoredArticle:
    stored = get_article(store, caller.workspace, article_id)
    is_hidden = stored is not None and caller.role is Role.REQUESTER and not stored.article.public
    if stored is None or stored.withdrawn_at is not None or is_hidden:
        raise NotFoundError(
            "Got an article id that this workspace does not have; GET /v1/knowledge lists them."
        )
    return stored
