"""Replies that tickets got, and macros."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from serving.schemas.base import Input, Moment, Output, SafeText
from triage.helping.reply import Macro, Reply

__all__ = ["MacroIn", "MacroListOut", "MacroOut", "ReplyIn", "ReplyOut"]

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
