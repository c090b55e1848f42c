"""Who should have a ticket and why, who had it, a backlog's plan."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from serving.backlog_desk import MOST, PlannedBacklog
from serving.schemas.base import Input, Output, SafeText
from triage.assignment import Assignment
from triage.store.assignments import GivenTicket

__all__ = [
    "EXAMPLE_ASSIGNMENT",
    "AssignmentOut",
    "BacklogIn",
    "BacklogOut",
    "GivenListOut",
]

EXAMPLE_ASSIGNMENT: dict[str, Any] = {
    "ticket_id": "T-1042",
    "agent": "ada",
    "team": "Network",
    "action": "apply",
    "reason": None,
    "detail": "ada: handled 14 similar tickets in 60 days, on shift until 18:00, 4 of 8 slots used",
    "choices": [
        {
            "agent": "ada",
            "team": "Network",
            "affinity": 0.58,
            "score": 0.41,
            "sentence": "handled 14 similar tickets in 60 days, on shift until 18:00, 4 of 8 slots used",
        },
        {
            "agent": "bob",
            "team": "Network",
            "affinity": 0.21,
            "score": 0.21,
            "sentence": "handled 3 similar tickets in 60 days, on shift until 17:00, 0 of 8 slots used",
        },
    ],
}
EXAMPLE_PLAN: dict[str, Any] = {
    "dry_run": True,
    "tickets": 1,
    "placed": 1,
    "placed_one_by_one": 1,
    "affinity": 0.58,
    "affinity_one_by_one": 0.58,
    "gini": 0.0,
    "gini_one_by_one": 0.0,
    "applied": 0,
    "assignments": [EXAMPLE_ASSIGNMENT],
}
EXAMPLE_GIVEN: dict[str, Any] = {
    "agent": "ada",
    "team": "Network",
    "assigned_at": "2026-03-02T09:30:01Z",
    "assigned_by": "triage",
    "reason": None,
    "affinity": 0.58,
    "detail": "ada: handled 14 similar tickets in 60 days, on shift until 18:00, 4 of 8 slots used",
    "ended_at": None,
}


class ChoiceOut(Output):
    """An agent who may have the ticket now."""

    agent: str
    team: str | None
    affinity: float = Field(
        description="Probability that this is the right one, of all who were asked about."
    )
    score: float = Field(description="What choices are ordered by: affinity, less for full hands.")
    sentence: str = Field(description="Why, for people.")


class AssignmentOut(Output):
    """Who should have one ticket."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ASSIGNMENT]})

    ticket_id: str | None
    agent: str | None = Field(description="The person; null where it stays with the team.")
    team: str | None = Field(description="Always one of the agent's where there is an agent.")
    action: Literal["apply", "suggest", "abstain"] = Field(description="What to do with the agent.")
    reason: str | None = Field(description="Why it was not applied: a fixed code, or `guardrail:<name>`.")
    detail: str = Field(description="One sentence: why this agent, or why nobody.")
    choices: list[ChoiceOut] = Field(description="Who may have it now, best first.")

    @classmethod
    def of(cls, one: Assignment) -> "AssignmentOut":
        """Translate."""
        choices = [
            ChoiceOut(
                agent=each.agent,
                team=each.team,
                affinity=each.affinity,
                score=each.score,
                sentence=each.sentence,
            )
            for each in one.choices
        ]
        return cls(
            ticket_id=one.ticket_id or None,
            agent=one.agent,
            team=one.team,
            action=one.action.value,
            reason=one.reason,
            detail=one.detail,
            choices=choices,
        )


class GivenOut(Output):
    """One assignment that was stored."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_GIVEN]})

    agent: str | None
    team: str | None
    assigned_at: datetime
    assigned_by: str = Field(description="`triage`, or who did it.")
    reason: str | None
    affinity: float | None = Field(description="What the history said of the agent then.")
    detail: str
    ended_at: datetime | None = Field(description="Null while it goes on.")

    @classmethod
    def of(cls, one: GivenTicket) -> "GivenOut":
        """Translate."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class GivenListOut(Output):
    """Who had a ticket, the first first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"assignments": [EXAMPLE_GIVEN]}]})

    assignments: list[GivenOut]

    @classmethod
    def of(cls, given: list[GivenTicket]) -> "GivenListOut":
        """Translate."""
        return cls(assignments=[GivenOut.of(one) for one in given])


class BacklogIn(Input):
    """Which backlog to plan."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ticket_ids": ["T-1042"], "dry_run": True}]})

    ticket_ids: (
        Annotated[
            list[Annotated[SafeText, Field(min_length=1, max_length=200)]],
            Field(min_length=1, max_length=MOST),
        ]
        | None
    ) = Field(
        None,
        description=f"Stored tickets; null: all open ones that nobody has, oldest first, at most {MOST:,}.",
    )
    dry_run: bool = Field(
        True, description="True: only tell. False: also store what the policy lets be applied."
    )


class BacklogOut(Output):
    """A plan, and what it gains over one ticket after another within the same room and shares."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_PLAN]})

    dry_run: bool
    tickets: int = Field(description="In the plan.")
    placed: int = Field(description="Given to somebody.")
    placed_one_by_one: int
    affinity: float = Field(description="Sum over the tickets placed.")
    affinity_one_by_one: float
    gini: float = Field(description="How uneven the tickets are spread: 0 equal, towards 1 one has all.")
    gini_one_by_one: float
    applied: int = Field(description="Assignments stored; 0 of a dry run.")
    assignments: list[AssignmentOut] = Field(description="Those of teams that are `off` are left out.")

    @classmethod
    def of(cls, planned: PlannedBacklog, *, applied: int | None) -> "BacklogOut":
        """Translate; ``applied`` is None of a dry run."""
        plan = planned.plan
        return cls(
            dry_run=applied is None,
            tickets=planned.tickets,
            placed=plan.placed,
            placed_one_by_one=plan.one_by_one_placed,
            affinity=plan.affinity,
            affinity_one_by_one=plan.one_by_one_affinity,
            gini=plan.gini,
            gini_one_by_one=plan.one_by_one_gini,
            applied=applied or 0,
            assignments=[AssignmentOut.of(one) for one in plan.assignments],
        )
