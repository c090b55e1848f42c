"""An agent's queue."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from serving.agent_queue import AgentQueue
from serving.schemas.base import Output
from triage.sla.standing import Standing

__all__ = ["QueueOut"]

EXAMPLE_QUEUE: dict[str, Any] = {
    "agent": "ada",
    "tickets": [
        {
            "ticket_id": "T-1042",
            "subject": "VPN drops every few minutes",
            "priority": "high",
            "filed_at": "2026-03-02T09:30:00Z",
            "score": 6.9,
            "because": "high, resolution due in 60 minutes, 62% likely to miss its target, "
            "waiting for 3 hours",
            "promise": {
                "target": "resolution",
                "due_at": "2026-03-02T13:30:00Z",
                "state": "running",
                "share_gone": 0.75,
                "breach_probability": 0.62,
            },
        }
    ],
}


class PressingOut(Output):
    """The most endangered promise of a ticket."""

    target: Literal["response", "resolution"]
    due_at: datetime
    state: Literal["running", "paused", "overdue"]
    share_gone: float = Field(description="Share of its business time that has passed; above 1: overdue.")
    breach_probability: float | None = Field(
        description="That the solution comes too late, given that the ticket is still open."
    )

    @classmethod
    def of(cls, one: Standing) -> "PressingOut":
        """Translate."""
        return cls(
            target=one.target.value,
            due_at=one.due_at,
            state=one.state.value,
            share_gone=one.share_gone,
            breach_probability=one.breach_probability,
        )


class QueuedOut(Output):
    """A ticket at its place."""

    ticket_id: str
    subject: str
    priority: str | None = Field(description="The helpdesk's, else the one that was decided.")
    filed_at: datetime
    score: float = Field(description="What the order is by.")
    because: str = Field(description="Why, for people.")
    promise: PressingOut | None = Field(
        description="The SLA promise that is most endangered; null without one that is still to be kept."
    )


class QueueOut(Output):
    """An agent's open tickets in the order in which to work on them."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_QUEUE]})

    agent: str
    tickets: list[QueuedOut] = Field(description="The first first.")

    @classmethod
    def of(cls, queue: AgentQueue) -> "QueueOut":
        """Translate."""
        tickets = [
            QueuedOut(
                ticket_id=one.ticket_id,
                subject=queue.held[one.ticket_id].subject,
                priority=queue.priorities[one.ticket_id],
                filed_at=queue.held[one.ticket_id].filed_at,
                score=one.score,
                because=one.because,
                promise=PressingOut.of(queue.promises[one.ticket_id])
                if one.ticket_id in queue.promises
                else None,
            )
            for one in queue.order
        ]
        return cls(agent=queue.agent, tickets=tickets)
