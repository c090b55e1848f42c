"""Personal data taken out of whole tickets: the same before storing, before learning and before deciding."""

from collections.abc import Iterable
from dataclasses import replace

from features.known_names import KnownNames
from features.redaction import redact
from triage.ticket import PastTicket, Ticket

__all__ = ["TicketRedaction"]


class TicketRedaction:
    r"""Redacts tickets by what has a form (:func:`features.redaction.redact`) and by known names.

    What names the requester or the organization as such stays: it is an identity of its own, not text.

    Parameters
    ----------
    people : iterable of str, default=()
        Whose names are taken out besides the requester's own, such as all agents.

    Examples
    --------
    >>> TicketRedaction(["Eve Park"]).ticket(Ticket("T-1", "Ask Eve Park", "I am at ada@example.org")).text
    'Ask [name]\nI am at [email]'
    """

    def __init__(self, people: Iterable[str] = ()) -> None:
        self.names = KnownNames(people)

    def text(self, text: str, writer: str | None = None) -> str:
        """Redact one text; ``writer`` is who wrote it, where that is known."""
        return self.names.redact(redact(text), writer) if text else text

    def ticket(self, ticket: Ticket) -> Ticket:
        """Return a ticket with subject, body and custom fields redacted; itself where nothing changes."""
        subject, body = (self.text(one, ticket.requester) for one in (ticket.subject, ticket.body))
        custom = {name: self.text(value, ticket.requester) for name, value in ticket.custom.items()}
        if (subject, body, custom) == (ticket.subject, ticket.body, ticket.custom):
            return ticket
        return replace(ticket, subject=subject, body=body, custom=custom)

    def past(self, past: PastTicket) -> PastTicket:
        """Return a past ticket with its resolution redacted as well; labels stay."""
        ticket = self.ticket(past.ticket)
        resolution = past.resolution and self.text(past.resolution, ticket.requester)
        if ticket is past.ticket and resolution == past.resolution:
            return past
        return replace(past, ticket=ticket, resolution=resolution)
