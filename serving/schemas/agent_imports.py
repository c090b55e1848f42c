"""Tables of agents and files of absences that come in, and what their import came to."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from features.absence_calendar import LEAST_HOURS, AgentAbsences
from serving.schemas.base import Input, Output, SafeText

__all__ = ["AbsenceImportIn", "AbsenceImportOut", "AgentImportIn", "AgentImportOut", "LeftOutOut"]

MOST_LEFT_OUT = 200

TABLE = "agent,team,skills,capacity,shift\nada,Network,vpn:3;dns,8,Mon-Fri 09:00-17:30 Europe/Berlin\n"
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//EN\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\n"
    "DTSTART;VALUE=DATE:20260309\r\nDTEND;VALUE=DATE:20260314\r\nATTENDEE:mailto:ada@example.org\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)
ABSENCES = "agent,start,end,reason\nada,2026-03-09,2026-03-13,vacation\n"
EXAMPLE_LEFT_OUT: dict[str, Any] = {
    "line": 12,
    "uid": "2@example.org",
    "reason": "short",
    "detail": "It takes less than 4 hours: a meeting, not an absence.",
}


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


class AbsenceImportIn(Input):
    """A calendar or a table with absences: one of the two."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"calendar": CALENDAR}, {"csv": ABSENCES}]})

    calendar: Annotated[SafeText, Field(min_length=1, max_length=5_000_000)] | None = Field(
        None,
        description="iCalendar (RFC 5545). Titles are read only to find whose an event is, descriptions not.",
    )
    csv: Annotated[SafeText, Field(min_length=1, max_length=5_000_000)] | None = Field(
        None,
        description="CSV with a header: `agent` (or `person`), `start`, `end`; other columns, a reason among "
        "them, are not read. An `end` that is a day is the last day away; without one, until further notice.",
    )
    agent: Annotated[SafeText, Field(min_length=1, max_length=320)] | None = Field(
        None, description="Whose absences they are; null: of the agents who are named."
    )
    least_hours: Annotated[float, Field(ge=0, le=24)] = Field(
        LEAST_HOURS,
        description="Events of a calendar that are shorter are meetings, unless they are whole days or "
        "marked as out of office.",
    )

    @model_validator(mode="after")
    def _is_one(self) -> "AbsenceImportIn":
        if (self.calendar is None) == (self.csv is None):
            raise ValueError("Got both or neither of calendar and csv; expected one of them.")
        return self


class LeftOutOut(Output):
    """An event or row that does not count."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_LEFT_OUT]})

    line: int = Field(description="Where it begins, from 1.")
    uid: str = Field(description="Of an event; empty for rows, and for events without one.")
    reason: str = Field(
        description="`unusable` (a time, zone or rule that cannot be read), `nobody`, `ambiguous`, `short` "
        "(a meeting), `not_away` (free, tentative, elsewhere, busy), `cancelled`, `superseded` (by a later "
        "version)."
    )
    detail: str = Field(description="In a sentence, without a word of what stood there.")


class AbsenceImportOut(Output):
    """What an import of absences came to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agents": {"ada": 1},
                    "unmatched": 0,
                    "reasons": {"short": 1},
                    "left_out": [EXAMPLE_LEFT_OUT],
                }
            ]
        }
    )

    agents: dict[str, int] = Field(
        description="Absences by agent. Those of a calendar replace what an earlier calendar said."
    )
    unmatched: int = Field(description="Absences of people who are no agents, or not one in particular.")
    reasons: dict[str, int] = Field(description="Events or rows that do not count, by reason.")
    left_out: list[LeftOutOut] = Field(
        description=f"Those, in the order of the file; at most {MOST_LEFT_OUT}."
    )

    @classmethod
    def of(cls, found: AgentAbsences) -> "AbsenceImportOut":
        """Translate."""
        return cls(
            agents={name: len(absences) for name, absences in found.by_agent.items()},
            unmatched=found.unmatched,
            reasons=found.reasons,
            left_out=[
                LeftOutOut(line=one.line, uid=one.uid[:400], reason=one.reason, detail=one.detail)
                for one in found.left_out[:MOST_LEFT_OUT]
            ],
        )
