"""Articles of the knowledge base, and articles suggested."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from serving.schemas.base import AddressId, Input, Moment, Output, SafeText
from triage.knowledge import Article, Suggestion
from triage.store.articles import StoredArticle

__all__ = ["ArticleIn", "ArticleListOut", "ArticleOut", "NewArticleIn", "SearchOut", "SuggestionOut"]

ArticleId = Annotated[AddressId, Field(min_length=1, max_length=200, pattern=r"^[^\r\n]+$")]
Word = Annotated[SafeText, Field(min_length=1, max_length=200)]

EXAMPLE: dict[str, Any] = {
    "title": "When the VPN drops",
    "body": "Update the client to 5.2, then sign in again. The old one loses its session every hour.",
    "summary": "Old VPN clients lose their session.",
    "url": "https://kb.example.org/12",
    "products": ["VPN client"],
    "topics": ["network"],
    "updated_at": "2026-02-11T08:00:00Z",
    "public": True,
}
EXAMPLE_OUT: dict[str, Any] = {"article_id": "KB-12"} | EXAMPLE | {"revision": 41}
EXAMPLE_SUGGESTION: dict[str, Any] = {
    "article_id": "KB-12",
    "title": "When the VPN drops",
    "score": 0.71,
    "url": "https://kb.example.org/12",
    "because": [{"kind": "words", "weight": 2.4, "examples": ["vpn", "drops"]}],
}


class ArticleIn(Input):
    """The content of an article."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    title: Annotated[SafeText, Field(min_length=1, max_length=1_000)] = Field(description="Its title.")
    body: Annotated[SafeText, Field(max_length=500_000)] = Field(description="Its text, without markup.")
    summary: Annotated[SafeText, Field(max_length=10_000)] = Field(
        "", description="A few sentences saying what it solves."
    )
    url: Annotated[SafeText, Field(max_length=2_000, pattern=r"^https?://")] | None = Field(
        None, description="Where people read it."
    )
    products: Annotated[list[Word], Field(max_length=100)] = Field(
        default_factory=list, description="Products that it is about."
    )
    topics: Annotated[list[Word], Field(max_length=100)] = Field(
        default_factory=list, description="Topics that it is about."
    )
    updated_at: Moment | None = Field(None, description="When its content last changed; by default now.")
    public: bool = Field(
        False, description="Whether requesters may see it; by default it is for agents only."
    )

    def to_article(self, article_id: str) -> Article:
        """Return the article as the heart knows it."""
        return Article(
            article_id=article_id,
            title=self.title,
            body=self.body,
            summary=self.summary,
            url=self.url,
            updated_at=self.updated_at,
            public=self.public,
            products=tuple(self.products),
            topics=tuple(self.topics),
        )


class NewArticleIn(ArticleIn):
    """A new article."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"article_id": "KB-12"} | EXAMPLE]})

    article_id: ArticleId | None = Field(
        None, description="Its id in the knowledge base; by default a new one."
    )


class ArticleOut(Output):
    """An article as it is stored."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_OUT]})

    article_id: str
    title: str
    body: str
    summary: str
    url: str | None
    products: list[str]
    topics: list[str]
    updated_at: datetime | None
    public: bool
    revision: int = Field(description="Counts the changes of the workspace's articles.")

    @classmethod
    def of(cls, stored: StoredArticle) -> "ArticleOut":
        """Translate."""
        article = stored.article
        return cls(
            article_id=article.article_id,
            title=article.title,
            body=article.body,
            summary=article.summary,
            url=article.url,
            products=list(article.products),
            topics=list(article.topics),
            updated_at=article.updated_at,
            public=article.public,
            revision=stored.revision,
        )


class ArticleListOut(Output):
    """Articles in the order of their last change."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"articles": [EXAMPLE_OUT], "next_after": None}]}
    )

    articles: list[ArticleOut]
    next_after: int | None = Field(description="Send it as `after` for the next page; null on the last one.")


class GroundOut(Output):
    """One thing that speaks for an article."""

    kind: str = Field(description="`words`, `meaning`, `links`, `popular` or `product`.")
    weight: float = Field(description="How much, against the average article.")
    examples: list[str] = Field(
        description="The shared words, or the ids of similar tickets; confidential ones for admins only."
    )


class SuggestionOut(Output):
    """An article that may help."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_SUGGESTION]})

    article_id: str
    title: str
    score: float = Field(description="From 0 to 1; over all articles they sum to 1.")
    url: str | None
    because: list[GroundOut] = Field(description="What speaks for it, strongest first.")

    @classmethod
    def of(cls, one: Suggestion) -> "SuggestionOut":
        """Translate."""
        grounds = [
            GroundOut(kind=part.kind, weight=part.weight, examples=list(part.examples))
            for part in one.because
        ]
        return cls(article_id=one.article_id, title=one.title, score=one.score, url=one.url, because=grounds)


class SearchOut(Output):
    """Articles that answer a question, best first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"articles": [EXAMPLE_SUGGESTION]}]})

    articles: list[SuggestionOut]
