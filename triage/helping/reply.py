"""Replies that tickets got, and macros: texts that agents keep ready."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Macro", "Reply"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply to a ticket.

    Parameters
    ----------
    ticket_id, reply_id : str
        Which ticket, and which of its replies.
    body : str
        The reply's words.
    created_at : datetime or None, default=None
        When it was sent, with a zone; None when unknown.
    agent : str or None, default=None
        Who wrote it.
    by_requester : bool, default=False
        Whether the requester wrote it: never suggested as a reply.
    is_solution : bool, default=False
        Whether it was marked as what solved the ticket.
    helpful, unhelpful : int, default=0
        How many people said that it helped, or did not.
    """

    ticket_id: str
    reply_id: str
    body: str
    created_at: datetime | None = None
    agent: str | None = None
    by_requester: bool = False
    is_solution: bool = False
    helpful: int = 0
    unhelpful: int = 0


@dataclass(frozen=True, slots=True)
class Macro:
    """A reply that agents keep ready.

    Parameters
    ----------
    macro_id : str
        Identity in the helpdesk.
    title, body : str
        Its name and its words.
    """

    macro_id: str
    title: str
    body: str
