"""Tables of agents and calendars of absences that come in, and what their import came to."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import ConfigDict, Field

from serving.schemas.base import Input, Output, SafeText
from triage.absence import Absence

__all__ = ["AgentImportIn", "AgentImportOut", "CalendarImportIn", "CalendarImportOut"]

TABLE = "agent,team,skills,capacity,shift\nada,Network,vpn:3;dns,8,Mon-Fri 09:00-17:30 Europe/Berlin\n"
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\n"
    "DTSTART;VALUE=DATE:20260309\r\nDTEND;VALUE=DATE:20260314\r\nATTENDEE:mailto:ada@example.org\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


class AgentImportIn(Input):
    """An agents table."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"csv": TABLE}]})

    csv: Annotated[SafeText, Field(min_length=1, max_length=5_000_000)] = Field(
        description="CSV with a header: `agent`, and any of `team`, `teams`, `skills` (`vpn:3;dns`), "
        "`capacity`, `shift`, `zone`, `languages`, `seniority`, `active`, `absent_from`, `absent_to`. "
        "A repeated agent adds another absence."
    )


class AgentImportOut(Output):
    """What an import of agents came to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"agents": ["ada"], "new": 1}]})

    agents: list[str] = Field(description="Stored, in the order of the table.")
    new: int = Field(description="How many of them were not there before.")


class CalendarImportIn(Input):
    """A calendar with absences."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"calendar": CALENDAR, "agent": None}]})

    calendar: Annotated[SafeText, Field(min_length=1, max_length=5_000_000)] = Field(
        description="iCalendar (RFC 5545). Titles and descriptions are not read."
    )
    agent: Annotated[SafeText, Field(min_length=1, max_length=320)] | None = Field(
        None, description="Whose calendar it is; null: each event is of the agents among its attendees."
    )


class CalendarImportOut(Output):
    """What an import of absences came to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"agents": {"ada": 1}, "unmatched": 0}]})

    agents: dict[str, int] = Field(description="Absences stored, by agent; earlier ones are replaced.")
    unmatched: int = Field(description="Absences of people who are no agents.")

    @classmethod
    def of(cls, mine: Mapping[str, list[Absence]], unmatched: int) -> "CalendarImportOut":
        """Translate."""
        return cls(agents={name: len(absences) for name, absences in mine.items()}, unmatched=unmatched)
