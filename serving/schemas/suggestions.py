"""Articles for a requester who has not filed yet, and what people did with what they were offered."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from serving.deflection_desk import Offer
from serving.schemas.base import Input, Output, SafeText
from triage.helping.suggestion import ItemFeedback, ItemKind, ItemVerdict, SuggestionRecord
from triage.ticket import Ticket

__all__ = [
    "SuggestIn",
    "SuggestOut",
    "SuggestionFeedbackIn",
    "SuggestionRecordOut",
]

ItemKindName = Literal["article", "solved", "reply"]
ItemVerdictName = Literal["accepted", "sent", "dismissed"]

EXAMPLE_IN: dict[str, Any] = {
    "subject": "VPN drops every few minutes",
    "body": "Since this morning, in the home office.",
    "requester": "dana@example.org",
    "product": "VPN client",
}
EXAMPLE_OUT: dict[str, Any] = {
    "suggestion_id": "1f4be0c2a7d84f5f9a6f3d8c2b1e0a97",
    "articles": [
        {
            "article_id": "KB-12",
            "title": "When the VPN drops",
            "summary": "Old VPN clients lose their session.",
            "url": "https://kb.example.org/12",
            "chance": 0.64,
        }
    ],
    "chance": 0.64,
    "least_chance": 0.3,
    "reason": None,
    "learnt_from": 0,
}
EXAMPLE_WORD: dict[str, Any] = {
    "kind": "article",
    "item_id": "KB-12",
    "rank": 1,
    "verdict": "accepted",
    "actor": "dana",
    "created_at": "2026-03-02T09:31:00Z",
}
EXAMPLE_RECORD: dict[str, Any] = {
    "suggestion_id": "1f4be0c2a7d84f5f9a6f3d8c2b1e0a97",
    "audience": "requester",
    "ticket_id": None,
    "created_at": "2026-03-02T09:30:00Z",
    "chance": 0.64,
    "items": [{"kind": "article", "item_id": "KB-12", "rank": 1, "score": 0.6, "chance": 0.64}],
    "filed_ticket_id": None,
    "filed_at": None,
    "matched_by": None,
    "feedback": [EXAMPLE_WORD],
}


class SuggestIn(Input):
    """What somebody is about to ask."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_IN]})

    subject: Annotated[SafeText, Field(max_length=4_000)] = Field("", description="The subject line.")
    body: Annotated[SafeText, Field(max_length=500_000)] = Field("", description="Their words.")
    requester: Annotated[SafeText, Field(min_length=1, max_length=320)] | None = Field(
        None, description="Who asks, as later in the ticket: by it a ticket filed all the same is recognised."
    )
    product: Annotated[SafeText, Field(max_length=200)] | None = Field(None, description="What it is about.")
    language: Annotated[SafeText, Field(max_length=35)] | None = Field(
        None, description="BCP 47 tag of the text's language."
    )
    limit: Annotated[int, Field(ge=1, le=10)] = Field(3, description="At most so many articles.")

    def to_ticket(self) -> Ticket:
        """Return the question as a ticket that is not filed."""
        return Ticket(
            "",
            subject=self.subject,
            body=self.body,
            requester=self.requester,
            product=self.product,
            language=self.language,
        )


class OfferedArticleOut(Output):
    """An article that anybody may read."""

    article_id: str
    title: str
    summary: str
    url: str | None
    chance: float = Field(description="Calibrated probability that it helps.")


class SuggestOut(Output):
    """What is offered; nothing where nothing is likely enough to help."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_OUT]})

    suggestion_id: str = Field(description="Send it with the ticket if one is filed all the same.")
    articles: list[OfferedArticleOut] = Field(description="Likeliest to help first.")
    chance: float | None = Field(
        description="That the likeliest public article helps, offered or not; null where there is none."
    )
    least_chance: float = Field(description="What a chance had to reach.")
    reason: str | None = Field(description="Why nothing is offered: `nothing_fits` or `kill_switch`.")
    learnt_from: int = Field(
        description="Answers of requesters behind the chances; 0: they follow a curve known in advance."
    )

    @classmethod
    def of(cls, offer: Offer) -> "SuggestOut":
        """Translate."""
        return cls(
            suggestion_id=offer.suggestion_id,
            articles=[
                OfferedArticleOut(
                    article_id=one.article.article_id,
                    title=one.article.title,
                    summary=one.article.summary,
                    url=one.article.url,
                    chance=one.chance,
                )
                for one in offer.articles
            ],
            chance=offer.chance,
            least_chance=offer.least_chance,
            reason=offer.reason,
            learnt_from=offer.learnt_from,
        )


class ItemWordIn(Input):
    """What was done with one thing that was offered."""

    kind: ItemKindName = Field(description="What it is: an article, a solved ticket, a reply.")
    item_id: Annotated[SafeText, Field(min_length=1, max_length=200)] = Field(
        description="`article_id`, `ticket_id` or `reply_id` as offered."
    )
    verdict: ItemVerdictName = Field(
        description="`accepted`: it helped; `sent`: to the requester; `dismissed`: it does not fit."
    )

    @property
    def what(self) -> ItemKind:
        """The kind as the heart knows it."""
        return ItemKind(self.kind)

    @property
    def word(self) -> ItemVerdict:
        """The verdict as the heart knows it."""
        return ItemVerdict(self.verdict)


class SuggestionFeedbackIn(Input):
    """What somebody did with what was offered; what is not named is not judged."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"items": [{"kind": "article", "item_id": "KB-12", "verdict": "sent"}], "actor": "dana"}
            ]
        }
    )

    items: Annotated[list[ItemWordIn], Field(min_length=1, max_length=60)] = Field(description="Each thing.")
    actor: Annotated[SafeText, Field(min_length=1, max_length=320)] | None = Field(
        None, description="Who judged, when the key speaks for somebody; by default the key's name."
    )


class OfferedOut(Output):
    """One thing that was offered."""

    kind: ItemKindName
    item_id: str
    rank: int = Field(description="From 1, among things of its kind.")
    score: float
    chance: float | None


class ItemFeedbackOut(Output):
    """One person's word on one thing."""

    kind: ItemKindName
    item_id: str
    rank: int
    verdict: ItemVerdictName
    actor: str
    created_at: datetime

    @classmethod
    def of(cls, one: ItemFeedback) -> "ItemFeedbackOut":
        """Translate."""
        return cls(
            kind=one.kind.value,
            item_id=one.item_id,
            rank=one.rank,
            verdict=one.verdict.value,
            actor=one.actor,
            created_at=one.created_at,
        )


class SuggestionRecordOut(Output):
    """What was offered at once, whether a ticket was filed all the same, and what people said."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_RECORD]})

    suggestion_id: str
    audience: Literal["agent", "requester"]
    ticket_id: str | None
    created_at: datetime
    chance: float | None
    items: list[OfferedOut]
    filed_ticket_id: str | None
    filed_at: datetime | None
    matched_by: Literal["id", "requester"] | None
    feedback: list[ItemFeedbackOut] = Field(description="Oldest first; of one person on one thing the last.")

    @classmethod
    def of(cls, record: SuggestionRecord, feedback: list[ItemFeedback]) -> "SuggestionRecordOut":
        """Translate."""
        return cls(
            suggestion_id=record.suggestion_id,
            audience=record.audience.value,
            ticket_id=record.ticket_id,
            created_at=record.created_at,
            chance=record.chance,
            items=[
                OfferedOut(
                    kind=one.kind.value,
                    item_id=one.item_id,
                    rank=one.rank,
                    score=one.score,
                    chance=one.chance,
                )
                for one in record.items
            ],
            filed_ticket_id=record.filed_ticket_id,
            filed_at=record.filed_at,
            matched_by=record.matched_by,  # type: ignore[arg-type]
            feedback=[ItemFeedbackOut.of(one) for one in feedback],
        )
