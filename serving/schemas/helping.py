"""What helps with a ticket: solved tickets, replies, an article as the answer; and what people said of it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from serving.help_desk import AutoAnswer
from serving.schemas.base import Input, Moment, Output, SafeText
from triage.helping.auto_resolve import AutoResolution
from triage.helping.reply import Macro, Reply
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
    "MacroIn",
    "MacroListOut",
    "MacroOut",
    "ReplyIn",
    "ReplyOut",
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
EXAMPLE_SENT: dict[str, Any] = {
    "reply_id": "R-1",
    "body": "Please update the VPN client to 5.2 and sign in again.",
    "agent": "ada",
    "at": "2026-03-02T10:12:00Z",
    "is_solution": True,
}
EXAMPLE_MACRO: dict[str, Any] = {
    "title": "VPN: update the client",
    "body": "Please update the VPN client to 5.2 and sign in again.",
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


class ReplyIn(Input):
    """A reply that was sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_SENT]})

    reply_id: Annotated[SafeText, Field(min_length=1, max_length=200)] | None = Field(
        None, description="Its id in the helpdesk, by which it can be replaced; by default a new one."
    )
    body: Annotated[SafeText, Field(min_length=1, max_length=500_000)] = Field(description="Its words.")
    agent: Annotated[SafeText, Field(min_length=1, max_length=320)] | None = Field(
        None, description="Who wrote it."
    )
    at: Moment | None = Field(None, description="When it was sent; by default now.")
    by_requester: bool = Field(False, description="Whether the requester wrote it.")
    is_solution: bool = Field(False, description="Whether it is marked as what solved the ticket.")
    helpful: Annotated[int, Field(ge=0, le=1_000_000)] = Field(0, description="People it helped.")
    unhelpful: Annotated[int, Field(ge=0, le=1_000_000)] = Field(0, description="People it did not help.")


class ReplyOut(Output):
    """A reply as it is stored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"ticket_id": "T-1042", "reply_id": "R-1", "is_solution": True, "by_requester": False}
            ]
        }
    )

    ticket_id: str
    reply_id: str
    is_solution: bool
    by_requester: bool

    @classmethod
    def of(cls, one: Reply) -> "ReplyOut":
        """Translate."""
        return cls(
            ticket_id=one.ticket_id,
            reply_id=one.reply_id,
            is_solution=one.is_solution,
            by_requester=one.by_requester,
        )


class MacroIn(Input):
    """A reply that agents keep ready."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_MACRO]})

    title: Annotated[SafeText, Field(min_length=1, max_length=1_000)] = Field(description="Its name.")
    body: Annotated[SafeText, Field(min_length=1, max_length=100_000)] = Field(description="Its words.")


class MacroOut(Output):
    """A macro as it is stored."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"macro_id": "M-1"} | EXAMPLE_MACRO]})

    macro_id: str
    title: str
    body: str

    @classmethod
    def of(cls, one: Macro) -> "MacroOut":
        """Translate."""
        return cls(macro_id=one.macro_id, title=one.title, body=one.body)


class MacroListOut(Output):
    """All macros, by id."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"macros": [{"macro_id": "M-1"} | EXAMPLE_MACRO]}]}
    )

    macros: list[MacroOut]
