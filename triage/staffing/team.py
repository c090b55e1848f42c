"""A team as planning sees it: what it may do, when it works, what an hour costs."""

from dataclasses import dataclass, field

from triage.errors import ConfigurationError
from triage.sla.calendar import BusinessCalendar

__all__ = ["EVERYTHING", "StaffedTeam"]

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class StaffedTeam:
    """One team.

    Parameters
    ----------
    name : str
    calendar : BusinessCalendar
        When it works.
    skills : frozenset of str, default={"*"}
        Labels that it may do; ``*``: all.
    channels : frozenset of str, default={"*"}
        Channels that it serves; ``*``: all.
    cost_per_hour : float, default=0
        Of a paid hour of one person, in whatever currency.
    agents : int or None, default=None
        Most people who can be there at once; None: no limit.
    """

    name: str
    calendar: BusinessCalendar
    skills: frozenset[str] = field(default=frozenset({EVERYTHING}))
    channels: frozenset[str] = field(default=frozenset({EVERYTHING}))
    cost_per_hour: float = 0.0
    agents: int | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ConfigurationError("Got a team without a name; expected one.")
        if not 0.0 <= self.cost_per_hour <= 1e9:
            raise ConfigurationError(
                f"Got cost_per_hour={self.cost_per_hour!r} of team {self.name!r}; expected 0 or more."
            )
        if self.agents is not None and not 1 <= self.agents <= 1_000_000:
            raise ConfigurationError(f"Got agents={self.agents!r} in team {self.name!r}; expected 1 or more.")

    def serves(self, channel: str) -> bool:
        """Tell whether the team serves a channel."""
        return EVERYTHING in self.channels or channel in self.channels

    def may_do(self, label: str, channel: str) -> bool:
        """Tell whether the team may do a label's tickets that come by a channel."""
        knows = EVERYTHING in self.skills or label in self.skills
        return knows and self.serves(channel)
