"""A ticket as it was filed, and a past ticket with what became of it.

Only what was known when the ticket was filed stands on :class:`Ticket`; what was decided or
happened later stands on :class:`PastTicket`, so that a feature cannot leak the answer.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

__all__ = ["FIELDS", "PastTicket", "Ticket"]

FIELDS: tuple[str, ...] = ("category", "subcategory", "impact", "urgency", "priority", "team", "assignee")
"""The fields that triage predicts, in the order in which people read them."""

LABEL_DELAY = timedelta(hours=1)
"""When nothing tells when a ticket's labels became known, an hour after filing (design contract)."""


@dataclass(frozen=True, slots=True)
class Ticket:
    r"""What was known about one ticket when it was filed.

    Parameters
    ----------
    ticket_id : str
        Identity in the helpdesk; may be empty for a ticket that is not filed yet.
    subject, body : str
        The requester's words; either may be empty.
    created_at : datetime or None
        Time of filing, with a zone.
    requester, organization, channel, product, language : str or None
        Known circumstances; None when unknown.
    tags : tuple of str
        Tags that the ticket had when it was filed.
    custom : Mapping of str to str
        Custom fields (``field.<name>`` in a history table) by name.
    values : Mapping of str to str
        Values of predicted fields that a person has already set; triage never overwrites them.

    Examples
    --------
    >>> Ticket("T-1", subject="VPN down", body="It drops every hour.").text
    'VPN down\nIt drops every hour.'
    """

    ticket_id: str
    subject: str = ""
    body: str = ""
    created_at: datetime | None = None
    requester: str | None = None
    organization: str | None = None
    channel: str | None = None
    product: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    custom: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Subject and body, a line break between them."""
        return f"{self.subject}\n{self.body}".strip()

    @property
    def text_hash(self) -> str:
        """SHA-256 of the text in hex: names the text without holding it."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class PastTicket:
    """A ticket together with what became of it.

    Parameters
    ----------
    ticket : Ticket
        The ticket as filed.
    labels : Mapping of str to str
        Final value by field (see :data:`FIELDS`); a missing field was never set.
    status, resolution : str or None
        State and the text of what solved it; retrieval content, never a feature.
    assigned_at, first_response_at, resolved_at, closed_at : datetime or None
        When it happened, with a zone.
    reopened, reassignments : int or None
        How often.
    made_sla : bool or None
        Whether the helpdesk kept its promise, as it says itself; None when it does not say.
    source_values : Mapping of str to str
        The helpdesk's own value of a label that was brought onto our scale, by field
        (``priority``: ``1 - Critical`` beside ``urgent``). As telling as the label: never a feature.
    """

    ticket: Ticket
    labels: Mapping[str, str] = field(default_factory=dict)
    status: str | None = None
    resolution: str | None = None
    assigned_at: datetime | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    reopened: int | None = None
    reassignments: int | None = None
    made_sla: bool | None = None
    source_values: Mapping[str, str] = field(default_factory=dict)

    @property
    def labels_known_at(self) -> datetime | None:
        """When the labels became known: assigned, else first response, else resolved, else an hour on."""
        for moment in (self.assigned_at, self.first_response_at, self.resolved_at):
            if moment is not None:
                return moment
        return None if self.ticket.created_at is None else self.ticket.created_at + LABEL_DELAY
