"""What helps with a ticket: solved tickets, replies, an article as the answer; and what people said of it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from serving.help_desk import AutoAnswer
from serving.schemas.base import Input, Output
from triage.helping.auto_resolve import AutoResolution
from triage.helping.solution import SolvedTicket
from triage.helping.template import ReplySuggestion
from triage.prediction import SimilarTicket

__all__ = [
    "EXAMPLE_AUTO",
    "EXAMPLE_REPLY",
    "EXAMPLE_SIMILAR",
    "AutoAnswerOut",
    "AutoResolutionOut",
    "ConfirmationIn",
    "ReplySuggestionOut",
    "SimilarTicketOut",
]

EXAMPLE_SOLUTION: dict[str, Any] = {
    "sentences": ["Update the client to 5.2, then sign in again."],
    "is_whole": False,
    "source": "marked",
}
EXAMPLE_SIMILAR: dict[str, Any] = {
    "ticket_id": "T-0871",
    "similarity": 0.83,
    "labels": {"category": "network"},
    "subject": "VPN keeps dropping",
    "solved_at": "2026-02-20T14:05:00Z",
    "solution": EXAMPLE_SOLUTION,
}
EXAMPLE_REPLY: dict[str, Any] = {
    "reply_id": "c2f0a1b3d4e5f60718293a4b",
    "text": "Hi {name}, please update the VPN client to 5.2 and sign in again.",
    "placeholders": [{"mark": "{name}", "kind": "name", "examples": []}],
    "source": "reply",
    "uses": 14,
    "share": 0.62,
    "ticket_ids": ["T-0871", "T-0552"],
    "macro_id": None,
}
EXAMPLE_AUTO: dict[str, Any] = {
    "action": "abstain",
    "reason": "category_not_listed",
    "article_id": None,
    "title": None,
    "url": None,
    "chance": None,
    "expires_at": "2026-03-05T09:30:01Z",
}
EXAMPLE_RESOLUTION: dict[str, Any] = {
    "ticket_id": "T-1042",
    "article_id": "KB-12",
    "chance": 0.94,
    "state": "waiting",
    "created_at": "2026-03-02T09:30:01Z",
    "expires_at": "2026-03-05T09:30:01Z",
    "answered_at": None,
}


class SolutionOut(Output):
    """An extract of what solved a ticket; sentences as they stand there, personal data taken out."""

    sentences: list[str]
    is_whole: bool = Field(description="Whether they are all of it.")
    source: Literal["marked", "helpful", "resolution"] = Field(
        description="A reply marked as the solution, the one most people called helpful, or the resolution."
    )


class SimilarTicketOut(Output):
    """A past ticket that reads alike, with what became of it."""

    ticket_id: str
    similarity: float
    labels: dict[str, str]
    subject: str | None = Field(description="Personal data taken out; null where only the model knows it.")
    solved_at: datetime | None
    solution: SolutionOut | None = Field(description="What solved it; null where nothing tells.")

    @classmethod
    def solved(cls, one: SolvedTicket) -> "SimilarTicketOut":
        """Translate a solved ticket."""
        return cls(
            ticket_id=one.ticket_id,
            similarity=one.similarity,
            labels=dict(one.labels),
            subject=one.subject,
            solved_at=one.solved_at,
            solution=SolutionOut(sentences=list(one.extract), is_whole=one.is_whole, source=one.source.value),
        )

    @classmethod
    def learnt(cls, one: SimilarTicket) -> "SimilarTicketOut":
        """Translate a ticket that the model was trained on."""
        return cls(
            ticket_id=one.ticket_id,
            similarity=one.similarity,
            labels=dict(one.labels),
            subject=None,
            solved_at=None,
            solution=None,
        )


class PlaceholderOut(Output):
    """A place to fill in."""

    mark: str = Field(description="As it stands in the text.")
    kind: Literal["name", "number", "link", "contact", "text"]
    examples: list[str] = Field(description="What stood there; never of names and contacts.")


class ReplySuggestionOut(Output):
    """A reply to start from."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_REPLY]})

    reply_id: str
    text: str = Field(description="With marks where something is to be filled in.")
    placeholders: list[PlaceholderOut]
    source: Literal["reply", "resolution", "macro"] = Field(description="Where the text comes from.")
    uses: int = Field(description="To how many similar tickets it was sent.")
    share: float = Field(description="Among the similar tickets' replies, nearer ones counting more.")
    ticket_ids: list[str] = Field(description="The nearest of them.")
    macro_id: str | None

    @classmethod
    def of(cls, one: ReplySuggestion) -> "ReplySuggestionOut":
        """Translate."""
        return cls(
            reply_id=one.reply_id,
            text=one.text,
            placeholders=[
                PlaceholderOut(mark=place.mark, kind=place.kind, examples=list(place.examples))  # type: ignore[arg-type]
                for place in one.placeholders
            ],
            source=one.source,  # type: ignore[arg-type]
            uses=one.uses,
            share=one.share,
            ticket_ids=list(one.ticket_ids),
            macro_id=one.macro_id,
        )


class AutoAnswerOut(Output):
    """Whether an article is to be sent as the answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_AUTO]})

    action: Literal["apply", "abstain"] = Field(description="`apply`: send it and wait for the requester.")
    reason: str | None = Field(description="What keeps it from being sent.")
    article_id: str | None
    title: str | None
    url: str | None
    chance: float | None = Field(description="That it helps.")
    expires_at: datetime = Field(description="Until when to wait; then people take over.")

    @classmethod
    def of(cls, one: AutoAnswer) -> "AutoAnswerOut":
        """Translate."""
        best = one.best
        return cls(
            action="apply" if one.reason is None else "abstain",
            reason=one.reason,
            article_id=None if best is None else best.article.article_id,
            title=None if best is None else best.article.title,
            url=None if best is None else best.article.url,
            chance=None if best is None else best.chance,
            expires_at=one.expires_at,
        )


class AutoResolutionOut(Output):
    """An article that was sent as the answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_RESOLUTION]})

    ticket_id: str
    article_id: str
    chance: float
    state: Literal["shadow", "waiting", "confirmed", "refused", "expired"]
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None

    @classmethod
    def of(cls, one: AutoResolution, now: datetime) -> "AutoResolutionOut":
        """Translate."""
        return cls(
            ticket_id=one.ticket_id,
            article_id=one.article_id,
            chance=one.chance,
            state=one.state(now),  # type: ignore[arg-type]
            created_at=one.created_at,
            expires_at=one.expires_at,
            answered_at=one.answered_at,
        )


class ConfirmationIn(Input):
    """The requester's word on an article that was sent as the answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"helped": True}]})

    helped: bool = Field(description="True closes the ticket; false leaves it with people.")
