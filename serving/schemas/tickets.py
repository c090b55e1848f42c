"""A ticket as it comes in."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from serving.schemas.base import AddressId, FieldName, Input, Moment, SafeText
from triage.ticket import Ticket

__all__ = ["EXAMPLE_TICKET", "BatchIn", "TicketIn"]

MAX_BATCH = 256

EXAMPLE_TICKET: dict[str, Any] = {
    "ticket_id": "T-1042",
    "created_at": "2026-03-02T09:30:00Z",
    "subject": "VPN drops every few minutes",
    "body": "Since this morning the VPN disconnects whenever I open the ERP. Windows 11, home office.",
    "requester": "dana@example.org",
    "organization": "Sales",
    "channel": "email",
    "product": "VPN client",
    "language": "en",
    "tags": ["remote"],
    "custom": {"site": "Bern"},
    "values": {},
}


class TicketIn(Input):
    """One ticket as it was filed. Only what was known then: nothing that was decided later."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_TICKET]})

    ticket_id: Annotated[AddressId, Field(min_length=1, max_length=200)] | None = Field(
        None, description="Its id in the helpdesk. With an id the ticket is stored; without, only decided."
    )
    created_at: Moment | None = Field(None, description="When it was filed; by default now.")
    subject: Annotated[SafeText, Field(max_length=4_000)] = Field("", description="The subject line.")
    body: Annotated[SafeText, Field(max_length=500_000)] = Field("", description="The requester's words.")
    requester: Annotated[SafeText, Field(max_length=320)] | None = Field(None, description="Who filed it.")
    organization: Annotated[SafeText, Field(max_length=320)] | None = Field(
        None, description="Where they belong."
    )
    channel: Annotated[SafeText, Field(max_length=100)] | None = Field(None, description="How it came in.")
    product: Annotated[SafeText, Field(max_length=200)] | None = Field(None, description="What it is about.")
    language: Annotated[SafeText, Field(max_length=35)] | None = Field(
        None, description="BCP 47 tag of the text's language."
    )
    tags: Annotated[list[Annotated[SafeText, Field(max_length=200)]], Field(max_length=100)] = Field(
        default_factory=list, description="Tags at filing time."
    )
    custom: Annotated[
        dict[Annotated[SafeText, Field(max_length=200)], Annotated[SafeText, Field(max_length=4_000)]],
        Field(max_length=200),
    ] = Field(default_factory=dict, description="Custom fields by name.")
    values: dict[FieldName, Annotated[SafeText, Field(max_length=400)]] = Field(
        default_factory=dict,
        description="Values of predicted fields that a person has set; they are never overwritten. The "
        "answer names those that nothing goes by (`unknown_values`).",
    )
    suggestion_id: Annotated[SafeText, Field(max_length=40)] | None = Field(
        None,
        description="What `POST /v1/suggest` had shown to the requester, who files all the same; without it, "
        "suggestions to the same requester within the policy's `match_hours` count.",
    )

    def to_ticket(self) -> Ticket:
        """Return the ticket as the heart knows it; one without a time was filed now."""
        return Ticket(
            ticket_id=self.ticket_id or "",
            subject=self.subject,
            body=self.body,
            created_at=self.created_at or datetime.now(UTC),
            requester=self.requester,
            organization=self.organization,
            channel=self.channel,
            product=self.product,
            language=self.language,
            tags=tuple(self.tags),
            custom=dict(self.custom),
            values={str(name): value for name, value in self.values.items()},
        )


class BatchIn(Input):
    """Several tickets, decided independently of each other."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tickets": [EXAMPLE_TICKET]}]})

    tickets: Annotated[list[TicketIn], Field(min_length=1, max_length=MAX_BATCH)] = Field(
        description=f"1 to {MAX_BATCH} tickets."
    )
