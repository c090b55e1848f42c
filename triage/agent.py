"""An agent: a person who can be given tickets. Says nothing of whom to choose (that is routing)."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Agent"]


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who can be a ticket's assignee.

    Parameters
    ----------
    agent : str
        Identity, the value that stands in the field ``assignee``.
    team : str or None, default=None
        The team that the agent belongs to.
    skills : tuple of str, default=()
        What the agent can do, in the helpdesk's own words.
    capacity : float or None, default=None
        Open tickets that the agent can hold at once; None when unlimited or unknown.
    shift : str or None, default=None
        When the agent works, as written in the agents table.
    absent_from, absent_to : datetime or None, default=None
        Start (inclusive) and end (exclusive) of the known absence, with a zone; an absence without
        an end lasts until further notice.
    seniority : str or None, default=None
        Level of experience, in the helpdesk's own words.

    Examples
    --------
    >>> Agent("ada", team="Network", skills=("vpn",)).skills
    ('vpn',)
    """

    agent: str
    team: str | None = None
    skills: tuple[str, ...] = ()
    capacity: float | None = None
    shift: str | None = None
    absent_from: datetime | None = None
    absent_to: datetime | None = None
    seniority: str | None = None

    def is_absent(self, moment: datetime) -> bool:
        """Tell whether the known absence covers a moment (with a zone)."""
        if self.absent_from is None and self.absent_to is None:
            return False
        has_begun = self.absent_from is None or self.absent_from <= moment
        is_over = self.absent_to is not None and self.absent_to <= moment
        return has_begun and not is_over
