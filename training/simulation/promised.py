"""Whether a ticket of a simulation was answered and solved as promised: by hours, or by an SLA book."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from triage.sla.book import SlaBook
from triage.sla.clock import due_at
from triage.sla.policy import Target
from triage.ticket import PastTicket

__all__ = ["ByBook", "ByHours", "Promised"]


class Promised(Protocol):
    """What is promised, for judging past tickets."""

    def is_kept(self, past: PastTicket, target: Target, reached_at: datetime) -> bool | None:
        """Tell whether a target was reached in time; None where nothing is promised."""
        ...


@dataclass(frozen=True, slots=True)
class ByHours:
    """Hours on the wall clock from filing to the solution, by priority."""

    hours: Mapping[str, float]

    def is_kept(self, past: PastTicket, target: Target, reached_at: datetime) -> bool | None:
        """Tell whether a ticket was solved within the hours of its priority."""
        filed, hours = past.ticket.created_at, self.hours.get(past.labels.get("priority", ""))
        if target is not Target.RESOLUTION or filed is None or hours is None:
            return None
        return reached_at - filed <= timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class ByBook:
    """An SLA book, by the values that a ticket had in the end; pauses of the past are not known."""

    book: SlaBook

    def is_kept(self, past: PastTicket, target: Target, reached_at: datetime) -> bool | None:
        """Tell whether a target was reached within its business time."""
        filed = past.ticket.created_at
        policy = self.book.policy_for(past.ticket, past.labels)
        if filed is None or policy is None or target not in policy.targets:
            return None
        due = due_at(self.book.calendar_of(policy), filed, policy.targets[target], now=reached_at)
        return reached_at <= due
