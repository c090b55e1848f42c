"""Agents and their absences, as JSON."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from serving.agent_page import AgentPage
from serving.presence import Presence
from serving.schemas.base import Input, Moment, Output, SafeText
from triage.absence import Absence
from triage.agent import Agent
from triage.agent_rows import HIGHEST_LEVEL
from triage.errors import InputError
from triage.language import language_keys
from triage.routing.shift import parse_shift
from triage.store.agents import absence_id
from triage.zone import find_zone

__all__ = [
    "AbsenceIn",
    "AbsenceListOut",
    "AbsenceOut",
    "AgentIn",
    "AgentListOut",
    "AgentOut",
]

EXAMPLE_ABSENCE: dict[str, Any] = {
    "starts_at": "2026-03-09T00:00:00+01:00",
    "ends_at": "2026-03-14T00:00:00+01:00",
}
EXAMPLE_ABSENCE_OUT: dict[str, Any] = {
    "absence_id": "0b54c6a9f54a4b2a8d0d9c3f1e8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f00",
    "starts_at": "2026-03-08T23:00:00Z",
    "ends_at": "2026-03-13T23:00:00Z",
    "from_calendar": False,
}
EXAMPLE: dict[str, Any] = {
    "team": "Network",
    "teams": ["Mail"],
    "skills": {"vpn": 3, "dns": 1},
    "capacity": 8.0,
    "shift": "Mon-Fri 09:00-17:30",
    "zone": "Europe/Berlin",
    "languages": ["de", "en"],
    "seniority": "senior",
    "active": True,
}
EXAMPLE_OUT: dict[str, Any] = (
    {"agent": "ada"}
    | EXAMPLE
    | {
        "is_there": True,
        "until": "2026-03-02T16:30:00Z",
        "next_at": None,
        "load": 4.0,
        "problem": None,
        "absences": [EXAMPLE_ABSENCE_OUT],
    }
)

Name = Annotated[SafeText, Field(min_length=1, max_length=200)]
Level = Annotated[int, Field(ge=1, le=HIGHEST_LEVEL)]
Code = Annotated[SafeText, Field(min_length=1, max_length=35)]


def _shift(written: str) -> str:
    try:
        parse_shift(written)
    except InputError as error:
        raise ValueError(_without_value(error)) from None
    return written


def _zone(name: str) -> str:
    try:
        find_zone(name)
    except InputError as error:
        raise ValueError(_without_value(error)) from None
    return name


def _without_value(error: InputError) -> str:
    """Return what was expected; what was given is not repeated over HTTP."""
    return f"Got one that cannot be read; expected {str(error).partition('; expected ')[2]}"


class AgentIn(Input):
    """An agent; what is left out is unknown or unlimited."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    team: Name | None = Field(None, description="First team.")
    teams: Annotated[list[Name], Field(max_length=100)] = Field(
        default_factory=list, description="Further teams."
    )
    skills: Annotated[dict[Name, Level], Field(max_length=200)] = Field(
        default_factory=dict, description="Skills, each with its level, 1 to 99."
    )
    capacity: Annotated[float, Field(ge=0, le=1e6)] | None = Field(
        None, description="Slots that open tickets can take at once; null: the policy's default."
    )
    shift: Annotated[SafeText, Field(min_length=1, max_length=400), AfterValidator(_shift)] | None = Field(
        None,
        description="When the agent works: `Mon-Fri 09:00-17:30 Europe/Berlin; Sat 10:00-14:00`, `24/7`; "
        "null: always.",
    )
    zone: Annotated[SafeText, Field(min_length=1, max_length=64), AfterValidator(_zone)] | None = Field(
        None, description="IANA time zone of a shift that names none; null: the workspace's."
    )
    languages: Annotated[list[Code], Field(max_length=50)] = Field(
        default_factory=list,
        description="Codes such as `de`, or names such as `German` or `Deutsch`, of which the code is "
        "stored; empty: not known.",
    )
    seniority: Annotated[SafeText, Field(min_length=1, max_length=100)] | None = Field(
        None, description="In the helpdesk's own words."
    )
    active: bool = Field(True, description="False: never given a ticket.")

    def to_agent(self, name: str, absences: tuple[Absence, ...] = ()) -> Agent:
        """Return the agent as the heart knows it."""
        return Agent(
            name,
            team=self.team,
            skills=tuple(self.skills),
            capacity=self.capacity,
            shift=self.shift,
            seniority=self.seniority,
            skill_levels={skill: level for skill, level in self.skills.items() if level > 1},
            languages=language_keys(self.languages),
            zone=self.zone,
            teams=tuple(one for one in dict.fromkeys(self.teams) if one != self.team),
            active=self.active,
            absences=absences,
        )


class AbsenceIn(Input):
    """A span of time in which an agent is away; of why nothing is kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ABSENCE]})

    starts_at: Moment | None = Field(None, description="First moment away; null: since ever.")
    ends_at: Moment | None = Field(None, description="First moment back; null: until further notice.")

    @model_validator(mode="after")
    def _has_sense(self) -> "AbsenceIn":
        try:
            self.to_absence()
        except InputError:
            raise ValueError(
                "Got an absence with neither start nor end, or the end before the start; expected one of "
                "them at least, the end after the start."
            ) from None
        return self

    def to_absence(self) -> Absence:
        """Return the absence as the heart knows it."""
        return Absence(self.starts_at, self.ends_at)


class AbsenceOut(Output):
    """An absence as it is stored."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ABSENCE_OUT]})

    absence_id: str = Field(description="Made from its content.")
    starts_at: datetime | None
    ends_at: datetime | None
    from_calendar: bool = Field(description="True: the next import of that calendar replaces it.")

    @classmethod
    def of(cls, one: Absence) -> "AbsenceOut":
        """Translate."""
        return cls(
            absence_id=absence_id(one),
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            from_calendar=one.uid is not None,
        )


class AbsenceListOut(Output):
    """The absences of one agent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"absences": [EXAMPLE_ABSENCE_OUT]}]})

    absences: list[AbsenceOut] = Field(description="By their start.")

    @classmethod
    def of(cls, agent: Agent) -> "AbsenceListOut":
        """Translate."""
        order = sorted(agent.all_absences, key=lambda one: str(one.starts_at or ""))
        return cls(absences=[AbsenceOut.of(one) for one in order])


class AgentOut(Output):
    """An agent as stored, and how it stands now."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_OUT]})

    agent: str
    team: str | None
    teams: list[str]
    skills: dict[str, int]
    capacity: float | None
    shift: str | None
    zone: str | None
    languages: list[str]
    seniority: str | None
    active: bool
    is_there: bool = Field(description="On shift and not away, now.")
    until: datetime | None = Field(description="When that ends; null when not there or not known.")
    next_at: datetime | None = Field(
        description="When there next; null when there, or not known within two weeks."
    )
    load: float = Field(description="Slots that open tickets take now.")
    problem: str | None = Field(
        description="Why the shift or zone cannot be read; such an agent is given nothing. Null: no problem."
    )
    absences: list[AbsenceOut] = Field(description="By their start.")

    @classmethod
    def of(cls, one: Presence) -> "AgentOut":
        """Translate."""
        agent = one.agent
        return cls(
            agent=agent.agent,
            team=agent.team,
            teams=list(agent.teams),
            skills={skill: agent.level(skill) for skill in agent.skills},
            capacity=agent.capacity,
            shift=agent.shift,
            zone=agent.zone,
            languages=list(agent.languages),
            seniority=agent.seniority,
            active=agent.active,
            is_there=one.is_there,
            until=one.until,
            next_at=one.next_at,
            load=one.load,
            problem=one.problem,
            absences=AbsenceListOut.of(agent).absences,
        )


class AgentListOut(Output):
    """A page of the agents of a workspace."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"agents": [EXAMPLE_OUT], "next_after": None}]})

    agents: list[AgentOut] = Field(description="By name.")
    next_after: str | None = Field(description="What `after` the next page wants; null: this is the last.")

    @classmethod
    def of(cls, page: AgentPage) -> "AgentListOut":
        """Translate."""
        return cls(agents=[AgentOut.of(one) for one in page.shown], next_after=page.next_after)
