"""How things stand at the moment of assigning: who is there, with how much in hand, under which policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage.assignment import SureFrom
from triage.policy import Policy
from triage.routing.roster import Roster

__all__ = ["Held", "Situation"]


@dataclass(frozen=True, slots=True)
class Held:
    """Who has a ticket already.

    Parameters
    ----------
    agent : str or None
        Who; None: a person took the ticket back, and who gets it is left to people.
    team : str or None
        For which team.
    """

    agent: str | None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """How things stand.

    Parameters
    ----------
    now : datetime
        The moment, with a zone.
    roster : Roster
        The agents and their presence.
    policy : Policy
        The admin's word, read fresh.
    loads : Mapping of str to float
        Slots that open tickets take, by agent; zero where not named.
    given : Mapping of str to (Mapping of str to int)
        By team: tickets assigned within the policy's fairness window by agent, whoever assigned them.
    sure_from : SureFrom
        What was learnt of when an agent can be trusted to be the right one.
    held : Mapping of str to Held
        By ticket id: tickets sent again that somebody has, or that were taken back.
    """

    now: datetime
    roster: Roster
    policy: Policy = field(default_factory=Policy)
    loads: Mapping[str, float] = field(default_factory=dict)
    given: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sure_from: SureFrom = field(default_factory=SureFrom)
    held: Mapping[str, Held] = field(default_factory=dict)

    def load(self, agent: str) -> float:
        """Return how many slots an agent's open tickets take."""
        return self.loads.get(agent, 0.0)
