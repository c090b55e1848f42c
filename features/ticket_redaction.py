"""Personal data taken out of whole tickets: the same before storing, before learning and before deciding."""

from collections.abc import Iterable
from dataclasses import replace

from features.known_names import KnownNames
from features.redaction import redact
from triage.ticket import PastTicket, Ticket

__all__ = ["TicketRedaction"]


class TicketRedaction:
    r"""Redacts tickets by what has a form (:func:`features.redaction.redact`) and by known names.

    All that a helpdesk's users can write freely is gone through: subject, body, resolution, values of custom
    fields, tags, product and channel. What names the requester or the organization as such stays: it is an
    identity of its own, not text. So do labels and the names of custom fields, by which tickets are routed.

    Parameters
    ----------
    people : iterable of str, default=()
        Whose names are taken out besides the requester's own, such as all agents.

    Examples
    --------
    >>> TicketRedaction(["Eve Park"]).ticket(Ticket("T-1", "Ask Eve Park", "I am at ada@example.org")).text
    'Ask [name]\nI am at [email]'
    """

    reaches_circumstances = False
    """What a model learnt that was kept from before: it saw tags, product and channel as they were sent."""

    def __init__(self, people: Iterable[str] = ()) -> None:
        self.names = KnownNames(people)
        self.reaches_circumstances = True

    def text(self, text: str, writer: str | None = None) -> str:
        """Redact one text; ``writer`` is who wrote it, where that is known."""
        return self.names.redact(redact(text), writer) if text else text

    def ticket(self, ticket: Ticket) -> Ticket:
        """Return a ticket with all free text redacted; itself where nothing changes."""

        def clean(text: str) -> str:
            return self.text(text, ticket.requester)

        done = replace(
            ticket,
            subject=clean(ticket.subject),
            body=clean(ticket.body),
            custom={name: clean(value) for name, value in ticket.custom.items()},
        )
        if self.reaches_circumstances:
            done = replace(
                done,
                tags=tuple(dict.fromkeys(map(clean, ticket.tags))),  # Two may have become one.
                product=ticket.product and clean(ticket.product),
                channel=ticket.channel and clean(ticket.channel),
            )
        return ticket if done == ticket else done

    def past(self, past: PastTicket) -> PastTicket:
        """Return a past ticket with its resolution redacted as well; labels stay."""
        ticket = self.ticket(past.ticket)
        resolution = past.resolution and self.text(past.resolution, ticket.requester)
        if ticket is past.ticket and resolution == past.resolution:
            return past
        return replace(past, ticket=ticket, resolution=resolution)
