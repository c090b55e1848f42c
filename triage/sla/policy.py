"""What is promised to whom: targets for response and resolution, and who is told as they run out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from triage.errors import ConfigurationError
from triage.organization import is_among
from triage.ticket import Ticket

__all__ = ["DEFAULT_STEPS", "SlaPolicy", "Step", "StepKind", "Target"]


class Target(StrEnum):
    """What a promise is about: the first answer, or the solution."""

    RESPONSE = "response"
    RESOLUTION = "resolution"


class StepKind(StrEnum):
    """What happens as a target runs out; ``breach`` is when it has run out."""

    REMINDER = "reminder"
    ESCALATION = "escalation"
    BREACH = "breach"


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody is told when so much of a target has been used up.

    Parameters
    ----------
    kind : StepKind
        ``reminder`` or ``escalation``; breaches need no step.
    at : float
        Share of the target: 0.75 is a quarter before it runs out, 1.5 half of it later.
    to : str
        ``assignee``, ``team``, or whoever else in the helpdesk's own words.
    target : Target or None, default=None
        None: of both targets.
    """

    kind: StepKind
    at: float
    to: str
    target: Target | None = None

    def __post_init__(self) -> None:
        if self.kind is StepKind.BREACH:
            raise ConfigurationError("Got a step of kind 'breach'; expected reminder or escalation.")
        if not 0 < self.at <= 100:
            raise ConfigurationError(
                f"Got at={self.at!r} in a step; expected a share of the target, such as 0.75."
            )
        if not self.to.strip():
            raise ConfigurationError("Got a step without 'to'; expected assignee, team or a name.")


DEFAULT_STEPS = (Step(StepKind.REMINDER, 0.75, "assignee"),)
"""A policy that names no steps reminds the assignee when a quarter of the time is left."""


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """One promise and whose tickets it is made for.

    Parameters
    ----------
    name : str
        What answers and events call it.
    calendar : str
        Name of the calendar in whose time the targets are.
    response, resolution : timedelta or None
        Business time allowed until the first answer and until the solution; one of them at least.
    priorities, organizations, categories : frozenset of str
        Tickets of one of these; an empty set asks for nothing. Of organizations case and space around them
        do not count.
    steps : tuple of Step
        Who is told, and when.
    """

    name: str
    calendar: str
    response: timedelta | None = None
    resolution: timedelta | None = None
    priorities: frozenset[str] = frozenset()
    organizations: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = field(default=DEFAULT_STEPS)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ConfigurationError("Got an SLA policy without a name; expected one.")
        if self.response is None and self.resolution is None:
            raise ConfigurationError(
                f"Got the SLA policy {self.name!r} without a target; expected response, resolution or both."
            )

    @property
    def targets(self) -> dict[Target, timedelta]:
        """The targets that are promised."""
        given = {Target.RESPONSE: self.response, Target.RESOLUTION: self.resolution}
        return {name: span for name, span in given.items() if span is not None}

    def holds_for(self, ticket: Ticket, values: Mapping[str, str]) -> bool:
        """Tell whether a ticket is one of those that the promise is made for.

        Parameters
        ----------
        ticket : Ticket
            As filed.
        values : Mapping of str to str
            What is known of its fields: set by a person or decided.
        """
        return (
            (not self.priorities or values.get("priority") in self.priorities)
            and (not self.organizations or is_among(ticket.organization, self.organizations))
            and (not self.categories or values.get("category") in self.categories)
        )
