"""What the helpdesk tells of a ticket after filing: its assignee, first response, status, end."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from serving.schemas.base import FieldName, Input, Moment, Output, SafeText
from triage.store.progress import FirstResponse, ToldStatus
from triage.store.work import Handover

__all__ = [
    "AssigneeIn",
    "AssigneeOut",
    "CloseIn",
    "CloseOut",
    "FirstResponseIn",
    "FirstResponseOut",
    "StatusIn",
    "StatusOut",
]

EXAMPLE_ASSIGNEE: dict[str, Any] = {"agent": "ada", "team": "Network", "by": "zoe"}
EXAMPLE_ASSIGNED: dict[str, Any] = {
    "ticket_id": "T-1042",
    "agent": "ada",
    "previous": "bob",
    "changed": True,
    "load": 5.0,
}
EXAMPLE_RESPONDED: dict[str, Any] = {
    "ticket_id": "T-1042",
    "first_response_at": "2026-03-02T09:48:00Z",
    "changed": True,
}
EXAMPLE_STATUS: dict[str, Any] = {
    "ticket_id": "T-1042",
    "status": "pending",
    "previous": "open",
    "waiting_since": "2026-03-02T10:12:00Z",
    "changed": True,
}
EXAMPLE_CLOSE: dict[str, Any] = {
    "values": {"category": "network", "assignee": "ada"},
    "status": "solved",
    "resolution": "Renewed the VPN profile.",
}
EXAMPLE_CLOSED: dict[str, Any] = {
    "ticket_id": "T-1042",
    "status": "solved",
    "values": {"category": "network", "team": "Network", "assignee": "ada"},
}

Label = Annotated[SafeText, Field(min_length=1, max_length=400)]


class AssigneeIn(Input):
    """Who has a ticket from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ASSIGNEE]})

    agent: Annotated[SafeText, Field(min_length=1, max_length=320)] | None = Field(
        description="The value of the helpdesk's field `assignee`; null: taken back, nobody has it."
    )
    team: Annotated[SafeText, Field(min_length=1, max_length=200)] | None = Field(
        None, description="For which team; null: the ticket's own."
    )
    by: Annotated[SafeText, Field(min_length=1, max_length=320)] | None = Field(
        None, description="Who assigned it; by default the key's name."
    )
    at: Moment | None = Field(None, description="When; by default now.")


class AssigneeOut(Output):
    """What telling an assignee came to."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ASSIGNED]})

    ticket_id: str
    agent: str | None
    previous: str | None = Field(description="Who had it before.")
    changed: bool = Field(description="False where that was known already: then nothing was stored.")
    load: float | None = Field(
        description="Slots that the agent's open tickets take now; null for nobody, and for no agent of ours."
    )

    @classmethod
    def of(cls, ticket_id: str, agent: str | None, done: Handover, load: float | None) -> "AssigneeOut":
        """Translate."""
        return cls(
            ticket_id=ticket_id, agent=agent, previous=done.previous, changed=done.is_changed, load=load
        )


class FirstResponseIn(Input):
    """That somebody responded to a ticket's requester."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"at": "2026-03-02T09:48:00Z"}]})

    at: Moment | None = Field(None, description="When; by default now.")


class FirstResponseOut(Output):
    """When a ticket's requester first got a response."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_RESPONDED]})

    ticket_id: str
    first_response_at: datetime = Field(description="As it is stored: the earliest that was told.")
    changed: bool = Field(description="False where an earlier one was known: then nothing was stored.")

    @classmethod
    def of(cls, ticket_id: str, done: FirstResponse) -> "FirstResponseOut":
        """Translate."""
        return cls(ticket_id=ticket_id, first_response_at=done.first_response_at, changed=done.is_changed)


class StatusIn(Input):
    """The status of an open ticket from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "pending"}]})

    status: Annotated[SafeText, Field(min_length=1, max_length=100)] = Field(
        description="In the helpdesk's own words. In the SLA book's `waiting_statuses` (`pending`, ...) the "
        "requester is waited for; its `done_statuses` are told by closing."
    )
    at: Moment | None = Field(None, description="Since when; by default now.")


class StatusOut(Output):
    """What telling a ticket's status came to."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_STATUS]})

    ticket_id: str
    status: str
    previous: str | None = Field(description="The status before.")
    waiting_since: datetime | None = Field(
        description="Since when the requester is waited for and the clock of the solution stands still; "
        "null: it runs."
    )
    changed: bool = Field(description="False where that was known already: then nothing was stored.")

    @classmethod
    def of(cls, ticket_id: str, status: str, done: ToldStatus) -> "StatusOut":
        """Translate."""
        return cls(
            ticket_id=ticket_id,
            status=status,
            previous=done.previous,
            waiting_since=done.waiting_since,
            changed=done.is_changed,
        )


class CloseIn(Input):
    """What a ticket came to in the end."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_CLOSE]})

    values: dict[FieldName, Label | None] = Field(
        default_factory=dict,
        description="Final value by field; null: it has none. Fields not named keep what is stored. "
        "`assignee` is who resolved it.",
    )
    status: Annotated[SafeText, Field(min_length=1, max_length=100)] = Field(
        "closed", description="In the helpdesk's own words."
    )
    resolution: Annotated[SafeText, Field(max_length=500_000)] | None = Field(
        None, description="What solved it: shown beside similar tickets, never an input of a decision."
    )
    at: Moment | None = Field(None, description="When; by default now.")


class CloseOut(Output):
    """A ticket's final values as stored."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_CLOSED]})

    ticket_id: str
    status: str
    values: dict[FieldName, str]
