"""What solved a past ticket: the text, and how it is known. Nothing is ever written anew.

How a solution is cut to an extract is :mod:`features.extracts`'s business.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.helping.reply import Reply
from triage.ticket import PastTicket

__all__ = ["Solution", "SolvedTicket", "Source", "solution_of"]


class Source(StrEnum):
    """How it is known that a text solved a ticket."""

    MARKED = "marked"
    """A reply that was marked as the solution."""
    HELPFUL = "helpful"
    """The reply that most people called helpful."""
    RESOLUTION = "resolution"
    """What was written down when the ticket was closed."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The text that solved a ticket.

    Parameters
    ----------
    text : str
        As written.
    source : Source
        How it is known.
    reply_id : str or None, default=None
        The reply it is; None for a resolution.
    """

    text: str
    source: Source
    reply_id: str | None = None


@dataclass(frozen=True, slots=True)
class SolvedTicket:
    """A past ticket that reads like the one asked about, with an extract of what solved it.

    Parameters
    ----------
    ticket_id : str
        Which.
    similarity : float
        Cosine, at most 1.
    labels : tuple of (str, str)
        What became of it, by field.
    subject : str
        Of the ticket, personal data taken out.
    extract : tuple of str
        Sentences of the solution as they stand there, in their order, personal data taken out.
    is_whole : bool
        Whether the extract is all of the solution.
    source : Source
        How the solution is known.
    solved_at : datetime or None
        When.
    """

    ticket_id: str
    similarity: float
    labels: tuple[tuple[str, str], ...]
    subject: str
    extract: tuple[str, ...]
    is_whole: bool
    source: Source
    solved_at: datetime | None


def solution_of(past: PastTicket, replies: Iterable[Reply]) -> Solution | None:
    """Say what solved a ticket; None where nothing tells.

    A reply that is marked as the solution comes first (of several the last), then the reply of somebody
    else than the requester that most people called helpful, if more did than did not; then the resolution.

    Parameters
    ----------
    past : PastTicket
        The ticket.
    replies : iterable of Reply
        Its replies, in the order in which they were sent.

    Examples
    --------
    >>> from triage.ticket import Ticket
    >>> past = PastTicket(Ticket("T-1", "VPN drops"), resolution="Renewed the profile.")
    >>> solution_of(past, []).source.value
    'resolution'
    >>> solution_of(past, [Reply("T-1", "R-1", "Update the client.", helpful=2)]).text
    'Update the client.'
    """
    written = [one for one in replies if one.body.strip()]
    marked = [one for one in written if one.is_solution]
    if marked:
        return Solution(marked[-1].body, Source.MARKED, marked[-1].reply_id)
    praised = [one for one in written if one.helpful > one.unhelpful and not one.by_requester]
    if praised:
        best = max(praised, key=lambda one: one.helpful - one.unhelpful)
        return Solution(best.body, Source.HELPFUL, best.reply_id)
    if past.resolution and past.resolution.strip():
        return Solution(past.resolution, Source.RESOLUTION)
    return None
