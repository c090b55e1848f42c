"""What a workspace promises, as JSON: policies, calendars, states that mean waiting or done."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from serving.schemas.base import Input, Output, SafeText
from serving.schemas.sla_texts import Country, Day, Hours, Name, Recipient, Span, Statuses, Words, Zone
from triage.sla.book import DONE, WAITING, SlaBook
from triage.store.sla_books import StoredBook

__all__ = ["SlaBookIn", "SlaBookOut", "SlaImportIn"]

EXAMPLE: dict[str, Any] = {
    "policies": [
        {
            "name": "gold customers",
            "calendar": "office",
            "response": "1h",
            "resolution": "8h",
            "priority": [],
            "organization": ["Acme Kettles"],
            "category": [],
            "steps": [
                {"kind": "reminder", "at": 0.75, "to": "assignee", "target": None},
                {"kind": "escalation", "at": 0.9, "to": "duty manager", "target": "resolution"},
            ],
        }
    ],
    "calendars": [
        {
            "name": "office",
            "hours": "Mon-Fri 09:00-17:30",
            "zone": "Europe/Berlin",
            "holidays": ["2026-12-24"],
            "country": "DE-BY",
        }
    ],
    "waiting_statuses": sorted(WAITING),
    "done_statuses": sorted(DONE),
}
TABLE = "name,priority,response,resolution,hours,zone\nurgent,urgent|high,30m,4h,24/7,\nrest,,4h,40h,,\n"


TargetName = Literal["response", "resolution"]


class CalendarIn(Input):
    """Business time: weekly hours in a zone, without holidays."""

    name: Name
    hours: Hours = Field("24/7", description="As shifts are written: `Mon-Fri 09:00-17:30; Sat 10:00-14:00`.")
    zone: Zone = Field("UTC", description="IANA zone of the hours and of the holidays.")
    holidays: Annotated[list[Day], Field(max_length=10_000)] = Field(
        default_factory=list, description="Days on which no hours begin, `2026-12-24`."
    )
    country: Country | None = Field(
        None, description="ISO 3166 code (`DE-BY`) whose public holidays are added and kept up to date."
    )


class StepIn(Input):
    """Somebody is told when so much of a target has been used up."""

    kind: Literal["reminder", "escalation"]
    at: float = Field(gt=0, le=100, description="Share of the target: 0.75 is a quarter before it runs out.")
    to: Recipient = Field(description="`assignee`, `team`, or whoever else in the helpdesk's own words.")
    target: TargetName | None = Field(None, description="Null: of both targets.")


class SlaPolicyIn(Input):
    """One promise and whose tickets it is made for."""

    name: Name
    calendar: Name | None = Field(None, description="Name of the calendar; null: the first one.")
    response: Span | None = Field(None, description="Business time until the first answer: `30m`, `1h30m`.")
    resolution: Span | None = Field(None, description="Business time until the solution.")
    priority: Words = Field(default_factory=list, description="Tickets of one of these; empty: of any.")
    organization: Words = Field(default_factory=list, description="Tickets of one of these; empty: of any.")
    category: Words = Field(default_factory=list, description="Tickets of one of these; empty: of any.")
    steps: Annotated[list[StepIn], Field(max_length=50)] | None = Field(
        None, description="Null: the assignee is reminded when a quarter of the time is left."
    )

    @model_validator(mode="after")
    def _has_a_target(self) -> "SlaPolicyIn":
        if self.response is None and self.resolution is None:
            raise ValueError("Got a policy without a target; expected response, resolution or both.")
        return self


class SlaBookIn(Input):
    """All policies in their order, the first that holds for a ticket is its policy; and their calendars."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE | {"version": 3}]})

    policies: Annotated[list[SlaPolicyIn], Field(max_length=500)] = Field(
        description="Each with a name of its own; none: nothing is promised."
    )
    calendars: Annotated[list[CalendarIn], Field(max_length=100)] = Field(
        default_factory=list, description="Each with a name of its own; none: `always`, round the clock."
    )
    waiting_statuses: Statuses = Field(
        default_factory=lambda: list(WAITING),
        description="States in which the requester is waited for: the clock of the solution stands still.",
    )
    done_statuses: Statuses = Field(
        default_factory=lambda: list(DONE), description="States of tickets that nobody works on any more."
    )
    version: Annotated[int, Field(ge=0)] | None = Field(
        None, description="The version this change was made from: refused when another stands; null: any."
    )

    @model_validator(mode="after")
    def _names_fit(self) -> "SlaBookIn":
        for kind, names in (
            ("policies", [one.name for one in self.policies]),
            ("calendars", [one.name for one in self.calendars]),
        ):
            if len(set(names)) < len(names):
                raise ValueError(f"Got two {kind} of one name; expected a name of its own for each.")
        known = {one.name for one in self.calendars} or {"always"}
        for place, policy in enumerate(self.policies):
            if policy.calendar is not None and policy.calendar not in known:
                raise ValueError(
                    f"Got a calendar in policies.{place} that is not among the calendars; expected one of "
                    "their names."
                )
        return self

    def to_book(self) -> SlaBook:
        """Return the book as the heart knows it."""
        return SlaBook.from_document(self.model_dump(exclude={"version"}, exclude_none=True))


class SlaImportIn(Input):
    """Policies as a file holds them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"csv": TABLE}]})

    csv: Annotated[SafeText, Field(min_length=1, max_length=1_000_000)] | None = Field(
        None,
        description="A policy a line: `name`, and any of `priority`, `organization`, `category` (several "
        "between bars: `high|urgent`), `response`, `resolution`, `hours`, `zone`, `country`.",
    )
    toml: Annotated[SafeText, Field(min_length=1, max_length=1_000_000)] | None = Field(
        None, description="Everything that `PUT /v1/sla/policies` takes, as `[[policies]]`, `[[calendars]]`."
    )
    version: Annotated[int, Field(ge=0)] | None = Field(
        None, description="The version this change was made from: refused when another stands; null: any."
    )

    @model_validator(mode="after")
    def _is_one_of_them(self) -> "SlaImportIn":
        if (self.csv is None) == (self.toml is None):
            raise ValueError("Got both or none of csv and toml; expected one of them.")
        return self


class CalendarOut(Output):
    """Business time."""

    name: str
    hours: str
    zone: str
    holidays: list[str]
    country: str | None


class StepOut(Output):
    """Somebody is told."""

    kind: Literal["reminder", "escalation"]
    at: float
    to: str
    target: TargetName | None


class SlaPolicyOut(Output):
    """One promise."""

    name: str
    calendar: str
    response: str | None
    resolution: str | None
    priority: list[str]
    organization: list[str]
    category: list[str]
    steps: list[StepOut]


class SlaBookOut(Output):
    """What is promised as it stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                EXAMPLE
                | {
                    "version": 4,
                    "in_force_from": "2026-02-02T08:00:00Z",
                    "updated_at": "2026-03-02T10:00:00Z",
                    "updated_by": "ops",
                }
            ]
        }
    )

    policies: list[SlaPolicyOut] = Field(description="The first that holds for a ticket is its policy.")
    calendars: list[CalendarOut]
    waiting_statuses: list[str]
    done_statuses: list[str]
    version: int = Field(description="Counts the changes; 0 when nobody ever set one.")
    in_force_from: datetime | None = Field(
        description="Since when there are promises: nothing that fell due earlier is told to anybody."
    )
    updated_at: datetime | None
    updated_by: str | None

    @classmethod
    def of(cls, stored: StoredBook) -> "SlaBookOut":
        """Translate."""
        document = stored.book.to_document()
        nothing: dict[str, Any] = {name: None for name in ("response", "resolution")}
        nothing |= {name: [] for name in ("priority", "organization", "category")}
        policies = [nothing | one for one in document["policies"]]
        for one in policies:
            one["steps"] = [{"target": None} | step for step in one["steps"]]
        return cls.model_validate(
            document
            | {
                "policies": policies,
                "version": stored.version,
                "in_force_from": stored.in_force_from,
                "updated_at": stored.updated_at,
                "updated_by": stored.updated_by,
            }
        )
