"""Suspected incidents, and parents of tickets, as JSON."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from serving.incident_view import IncidentView
from serving.schemas.base import Input, Output, SafeText
from triage.incident import Incident
from triage.store.parents import ParentLink

__all__ = [
    "AcceptIn",
    "FamilyOut",
    "IncidentListOut",
    "IncidentOut",
    "ParentIn",
    "ParentLinkOut",
    "StateName",
]

StateName = Literal["suspected", "accepted", "dismissed"]

EXAMPLE_PARENT_LINK: dict[str, Any] = {
    "ticket_id": "T-1043",
    "parent_id": "T-1042",
    "kind": "duplicate",
    "incident_id": None,
    "linked_at": "2026-03-02T10:05:00Z",
    "linked_by": "dana",
}
EXAMPLE_INCIDENT: dict[str, Any] = {
    "incident_id": "2a5d0a3c9c0f4f0a8b7e6d5c4b3a2910",
    "state": "suspected",
    "raised_at": "2026-03-02T09:40:00Z",
    "raised_by": "T-1050",
    "first_at": "2026-03-02T08:58:00Z",
    "last_at": "2026-03-02T10:01:00Z",
    "surprise": 7.4,
    "words": [{"word": "vpn", "tickets": 9, "expected": 0.8, "surprise": 7.4, "hours": 3.0}],
    "volume": {"tickets": 61, "expected": 52.5},
    "n_tickets": 11,
    "ticket_ids": ["T-1042", "T-1050"],
    "examples": [
        {"ticket_id": "T-1042", "filed_at": "2026-03-02T08:58:00Z", "subject": "VPN drops every minute"}
    ],
    "growth": {"step_hours": 1.0, "points": [{"start": "2026-03-02T08:00:00Z", "tickets": 2}]},
    "parent_id": None,
    "suggested_parent": "T-1042",
    "judged_at": None,
    "judged_by": None,
}

TicketName = Annotated[SafeText, Field(min_length=1, max_length=200, examples=["T-1042"])]


class WordOut(Output):
    """A word that more people used than usual."""

    word: str = Field(description="As people write it.")
    tickets: int = Field(description="How many requesters used it within `hours`.")
    expected: float = Field(description="How many usually do in these hours of the week.")
    surprise: float = Field(description="Minus the decimal logarithm of the probability of so many or more.")
    hours: float


class VolumeOut(Output):
    """All tickets of the 24 hours before an incident was raised, and how many are usual then."""

    tickets: int
    expected: float


class ExampleOut(Output):
    """One of the tickets that show best what it is about."""

    ticket_id: str
    filed_at: datetime
    subject: str


class PointOut(Output):
    """How many tickets an incident got in one step."""

    start: datetime
    tickets: int


class GrowthOut(Output):
    """An incident's tickets over time; steps without any are there too."""

    step_hours: float
    points: list[PointOut]


class IncidentOut(Output):
    """Look-alike tickets that arrived together."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_INCIDENT]})

    incident_id: str
    state: StateName
    raised_at: datetime = Field(description="When the ticket was filed that made it too improbable.")
    raised_by: str = Field(description="That ticket.")
    first_at: datetime
    last_at: datetime
    surprise: float = Field(description="Of its most surprising word so far: 5 is once in 100,000.")
    words: list[WordOut] = Field(description="Most telling first.")
    volume: VolumeOut
    n_tickets: int
    ticket_ids: list[str] = Field(description="In order of filing.")
    examples: list[ExampleOut]
    growth: GrowthOut
    parent_id: str | None = Field(description="The ticket that the others are children of, once accepted.")
    suggested_parent: str | None = Field(
        description="The ticket that accepting makes it where none is named: of those with most of the words "
        "the earliest that is nobody's child. Null once accepted."
    )
    judged_at: datetime | None
    judged_by: str | None

    @classmethod
    def of(cls, view: IncidentView) -> "IncidentOut":
        """Translate."""
        one = view.incident
        return cls(
            incident_id=one.incident_id,
            state=one.state.value,
            raised_at=one.raised_at,
            raised_by=one.raised_by,
            first_at=one.first_at,
            last_at=one.last_at,
            surprise=round(one.surprise, 2),
            words=_words(one),
            volume=VolumeOut(tickets=one.volume.tickets, expected=round(one.volume.expected, 1)),
            n_tickets=len(one.members),
            ticket_ids=[member.ticket_id for member in one.members],
            examples=[
                ExampleOut(ticket_id=each.ticket_id, filed_at=each.filed_at, subject=each.subject)
                for each in view.examples
            ],
            growth=GrowthOut(
                step_hours=view.step.total_seconds() / 3600,
                points=[PointOut(start=start, tickets=count) for start, count in view.growth],
            ),
            parent_id=one.parent_id,
            suggested_parent=view.suggested_parent,
            judged_at=one.judged_at,
            judged_by=one.judged_by,
        )


class IncidentListOut(Output):
    """Incidents, the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"incidents": [EXAMPLE_INCIDENT]}]})

    incidents: list[IncidentOut]


class AcceptIn(Input):
    """That it is an incident, and the ticket that the others are children of."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"parent_id": "T-1042"}]})

    parent_id: TicketName | None = Field(
        default=None, description="A stored ticket; null: `suggested_parent` of the incident."
    )


class ParentIn(Input):
    """The ticket that another is a duplicate of."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"parent_id": "T-1042"}]})

    parent_id: TicketName


class ParentLinkOut(Output):
    """A ticket, its parent, why and by whom."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_PARENT_LINK]})

    ticket_id: str
    parent_id: str
    kind: Literal["duplicate", "incident"]
    incident_id: str | None
    linked_at: datetime
    linked_by: str

    @classmethod
    def of(cls, link: ParentLink) -> "ParentLinkOut":
        """Translate."""
        return cls.model_validate({name: getattr(link, name) for name in ParentLink.__slots__})


class FamilyOut(Output):
    """A ticket's parent and its children; one of both is always missing."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"parent": EXAMPLE_PARENT_LINK, "children": []}]}
    )

    parent: ParentLinkOut | None
    children: list[ParentLinkOut] = Field(description="By ticket.")


def _words(one: Incident) -> list[WordOut]:
    return [
        WordOut(
            word=word,
            tickets=burst.tickets,
            expected=round(burst.expected, 2),
            surprise=round(burst.surprise, 2),
            hours=burst.hours,
        )
        for word, burst in zip(one.words, one.bursts, strict=True)
    ]
