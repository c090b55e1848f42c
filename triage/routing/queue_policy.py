"""The admin's word on the order in which an agent's tickets are worked on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["QueuePolicy"]

DOUBLING: Mapping[str, float] = {"low": 1.0, "normal": 2.0, "high": 4.0, "urgent": 8.0}
"""Each priority weighs twice the one below: a convention, so that two normal tickets weigh a high one."""


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """How much priority, a nearing due time and waiting count; see :mod:`triage.routing.queue`.

    Parameters
    ----------
    priorities : Mapping of str to float
        Weight by priority; one that is not named weighs as ``normal`` does, else 1.
    exposure : float, default=1.0
        How many times its priority's weight a ticket gains until it is due.
    per_day : float, default=1.0
        What each day of waiting adds, so that nothing waits for ever.
    """

    priorities: Mapping[str, float] = field(default_factory=lambda: dict(DOUBLING))
    exposure: float = 1.0
    per_day: float = 1.0

    def weight(self, priority: str | None) -> float:
        """Return the weight of a priority."""
        usual = self.priorities.get("normal", 1.0)
        return usual if priority is None else self.priorities.get(priority, usual)

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"priorities": dict(self.priorities), "exposure": self.exposure, "per_day": self.per_day}
