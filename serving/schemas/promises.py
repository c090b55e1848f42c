"""How promises stand: what is due, notices of what fell due, what was kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from serving.schemas.base import Input, Output, SafeText
from triage.sla.report import DueTicket, Group, Kept
from triage.sla.standing import PromiseState
from triage.store.sla_events import Notice

__all__ = ["DueListOut", "NoticeListOut", "SeenIn", "SeenOut", "SlaReportOut"]

TargetName = Literal["response", "resolution"]
StateName = Literal["running", "paused", "overdue"]

EXAMPLE_DUE: dict[str, Any] = {
    "ticket_id": "T-1042",
    "subject": "VPN drops every few minutes",
    "policy": "gold customers",
    "target": "resolution",
    "state": "running",
    "filed_at": "2026-03-02T09:30:00Z",
    "due_at": "2026-03-02T17:30:00Z",
    "minutes_left": 95.0,
    "share_gone": 0.8,
    "breach_probability": 0.62,
    "exposure": 0.8,
    "priority": "high",
    "team": "Network",
    "assignee": "ada",
}
EXAMPLE_NOTICE: dict[str, Any] = {
    "event_id": "5f2c0e8d1b7a4c6f9e3d2a1b0c9d8e7f6a5b4c3d",
    "kind": "reminder",
    "target": "resolution",
    "ticket_id": "T-1042",
    "policy": "gold customers",
    "share": 0.75,
    "to": "assignee",
    "recipient": "ada",
    "fell_due_at": "2026-03-02T15:30:00Z",
    "due_at": "2026-03-02T17:30:00Z",
    "raised_at": "2026-03-02T15:30:09Z",
    "seen_at": None,
    "seen_by": None,
}
EXAMPLE_KEPT: dict[str, Any] = {
    "policy": "gold customers",
    "priority": None,
    "team": "Network",
    "month": None,
    "target": "resolution",
    "kept": 41,
    "missed": 3,
    "running": 6,
    "share_kept": 0.93,
}


class DueOut(Output):
    """A promise that is still to be kept."""

    ticket_id: str
    subject: str
    policy: str
    target: TargetName
    state: StateName = Field(description="`paused`: the requester is waited for, the clock stands still.")
    filed_at: datetime
    due_at: datetime = Field(description="When it runs out; of a paused one, if the pause ended now.")
    minutes_left: float = Field(description="Business time until then; negative when overdue.")
    share_gone: float = Field(description="Share of its business time that has passed; above 1: overdue.")
    breach_probability: float | None = Field(
        description="That the solution comes too late, given that the ticket is still open; null of a "
        "response, and of a ticket of which nothing was foreseen."
    )
    exposure: float = Field(description="How endangered it is: 1 is due now or certain to be missed.")
    priority: str | None = Field(description="The helpdesk's, else the one that was decided.")
    team: str | None
    assignee: str | None

    @classmethod
    def of(cls, one: DueTicket) -> "DueOut":
        """Translate."""
        plain = {
            name: getattr(one, name)
            for name in cls.model_fields
            if name not in ("minutes_left", "target", "state")
        }
        return cls(
            **plain,
            minutes_left=one.left / timedelta(minutes=1),
            target=one.target.value,
            state=one.state.value,
        )


class StateCountsOut(Output):
    """Promises that were asked for, by state, those left out of the list included."""

    running: int
    paused: int
    overdue: int


class DueListOut(Output):
    """The promises that are still to be kept, as they stand at a moment."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "as_of": "2026-03-02T15:55:00Z",
                    "counts": {"running": 1, "paused": 0, "overdue": 0},
                    "promises": [EXAMPLE_DUE],
                }
            ]
        }
    )

    as_of: datetime
    counts: StateCountsOut
    promises: list[DueOut]

    @classmethod
    def of(
        cls, found: Sequence[DueTicket], counts: Mapping[PromiseState, int], as_of: datetime
    ) -> "DueListOut":
        """Translate."""
        told = StateCountsOut(**{state.value: counts[state] for state in PromiseState})
        return cls(as_of=as_of, counts=told, promises=[DueOut.of(one) for one in found])


class NoticeOut(Output):
    """A reminder, an escalation or a breach that was raised."""

    event_id: str = Field(description="The same in the webhook that tells of it.")
    kind: Literal["reminder", "escalation", "breach"]
    target: TargetName
    ticket_id: str
    policy: str
    share: float = Field(description="Of the target that was used up when it fell due; 1 of a breach.")
    to: str = Field(description="As the policy says it: `assignee`, `team` or a name.")
    recipient: str | None = Field(description="Who that was; null when nobody knew.")
    fell_due_at: datetime
    due_at: datetime
    raised_at: datetime
    seen_at: datetime | None
    seen_by: str | None

    @classmethod
    def of(cls, one: Notice) -> "NoticeOut":
        """Translate."""
        event = one.event
        return cls(
            event_id=event.event_id,
            kind=event.kind.value,
            target=event.target.value,
            ticket_id=event.ticket_id,
            policy=event.policy,
            share=event.share,
            to=event.to,
            recipient=event.recipient,
            fell_due_at=event.fell_due_at,
            due_at=event.due_at,
            raised_at=one.raised_at,
            seen_at=one.seen_at,
            seen_by=one.seen_by,
        )


class NoticeListOut(Output):
    """What was raised, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"unseen": 1, "notices": [EXAMPLE_NOTICE]}]})

    unseen: int = Field(description="How many nobody has seen, those left out of the list included.")
    notices: list[NoticeOut]

    @classmethod
    def of(cls, found: Sequence[Notice], unseen: int) -> "NoticeListOut":
        """Translate."""
        return cls(unseen=unseen, notices=[NoticeOut.of(one) for one in found])


class SeenIn(Input):
    """Which notices were seen."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"event_ids": [EXAMPLE_NOTICE["event_id"]]}]})

    event_ids: Annotated[
        list[Annotated[SafeText, Field(min_length=1, max_length=40)]], Field(min_length=1, max_length=500)
    ]


class SeenOut(Output):
    """The notices as they stand now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "acknowledged": 1,
                    "notices": [EXAMPLE_NOTICE | {"seen_at": "2026-03-02T15:41:00Z", "seen_by": "dana"}],
                }
            ]
        }
    )

    acknowledged: int = Field(description="How many of them nobody had seen before.")
    notices: list[NoticeOut]


class KeptOut(Output):
    """How one target went of the tickets of a group; null where it was not counted by that."""

    policy: str | None
    priority: str | None
    team: str | None
    month: str | None = Field(description="Of filing, in the zone of the policy's calendar: `2026-03`.")
    target: TargetName
    kept: int = Field(description="Answered or solved in time.")
    missed: int = Field(description="Too late, or run out and still waiting.")
    running: int = Field(description="Not run out yet.")
    share_kept: float | None = Field(description="Of those that are over; null when none is.")

    @classmethod
    def of(cls, one: Kept) -> "KeptOut":
        """Translate."""
        plain = {name: getattr(one, name) for name in cls.model_fields if name != "target"}
        return cls(**plain, target=one.target.value)


class SlaReportOut(Output):
    """Which promises were kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "since": "2026-02-01T00:00:00Z",
                    "until": None,
                    "as_of": "2026-03-02T15:55:00Z",
                    "by": ["policy", "team"],
                    "groups": [EXAMPLE_KEPT],
                }
            ]
        }
    )

    since: datetime | None
    until: datetime | None
    as_of: datetime = Field(description="The moment by which running promises were judged.")
    by: list[Group]
    groups: list[KeptOut] = Field(description="In the order of the policies, then by month, team, priority.")
