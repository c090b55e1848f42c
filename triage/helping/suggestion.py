"""What was offered for one ticket or question, and what people did with it. Silence is not agreement."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.errors import InputError

__all__ = [
    "Audience",
    "ItemFeedback",
    "ItemKind",
    "ItemVerdict",
    "Offered",
    "SuggestionRecord",
    "judged_item",
]


class Audience(StrEnum):
    """To whom something was offered."""

    AGENT = "agent"
    REQUESTER = "requester"


class ItemKind(StrEnum):
    """What was offered."""

    ARTICLE = "article"
    SOLVED = "solved"
    """A similar solved ticket."""
    REPLY = "reply"


class ItemVerdict(StrEnum):
    """What a person did with it. For a requester, ``accepted`` says that it helped."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DISMISSED = "dismissed"

    @property
    def is_good(self) -> bool:
        """Whether it was of use."""
        return self is not ItemVerdict.DISMISSED


@dataclass(frozen=True, slots=True)
class Offered:
    """One thing that was offered.

    Parameters
    ----------
    kind : ItemKind
        What it is.
    item_id : str
        Id of the article, the ticket or the reply.
    rank : int
        From 1, among things of its kind.
    score : float
        What it was ranked by.
    chance : float or None, default=None
        Calibrated chance that it helps, where one was given.
    """

    kind: ItemKind
    item_id: str
    rank: int
    score: float
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class SuggestionRecord:
    """What was offered at once. Holds no text: a hash names it.

    Parameters
    ----------
    suggestion_id : str
        Identity; for an agent the decision's.
    audience : Audience
        To whom.
    ticket_id : str or None
        The ticket; None before one is filed.
    requester : str or None
        Who asked.
    text_hash : str
        Names the text.
    items : tuple of Offered
        By kind, best first; empty where nothing fits.
    chance : float or None
        For a requester: that the first article helps, offered or not.
    created_at : datetime
        When.
    filed_ticket_id, filed_at, matched_by : optional
        The ticket that the requester filed all the same, when, and whether that is known by the suggestion's
        ``id`` or by the ``requester`` alone.
    """

    suggestion_id: str
    audience: Audience
    ticket_id: str | None
    requester: str | None
    text_hash: str
    items: tuple[Offered, ...]
    chance: float | None
    created_at: datetime
    filed_ticket_id: str | None = None
    filed_at: datetime | None = None
    matched_by: str | None = None


@dataclass(frozen=True, slots=True)
class ItemFeedback:
    """One person's word on one thing that was offered."""

    feedback_id: str
    suggestion_id: str
    kind: ItemKind
    item_id: str
    rank: int
    verdict: ItemVerdict
    actor: str
    created_at: datetime


def judged_item(record: SuggestionRecord, kind: ItemKind, item_id: str) -> Offered:
    """Return what a word is about.

    Raises
    ------
    InputError
        If that was not offered.
    """
    for one in record.items:
        if one.kind is kind and one.item_id == item_id:
            return one
    if not record.items:
        raise InputError(
            "Got feedback on a suggestion that offered nothing; expected one that offered something."
        )
    known = ", ".join(f"{one.kind.value} {one.item_id}" for one in record.items)
    raise InputError(f"Got feedback on something that was not offered; expected one of: {known}.")
