"""A team's day held against its schedule: how likely the work takes more hours than are planned.

A capacity spike is a day on which it does. It counts hours of work, not tickets: a quiet day on which half of
the team is away is one, a busy day with enough people is none.
"""

from dataclasses import dataclass
from datetime import datetime

from triage.staffing.spread import Spread

__all__ = ["MARGIN", "CapacityDay"]

MARGIN = 0.05
"""Less than 5 % short is as good as met, here and in the colours of the console."""


@dataclass(frozen=True, slots=True)
class CapacityDay:
    """One local day of one team, as far as the plan reaches.

    Parameters
    ----------
    team : str
    start, end : datetime
        Of the intervals of the day, with a zone.
    probability : float
        Share of futures in which the work takes more paid hours than are scheduled, by more than `MARGIN`.
    needed : Spread
        Paid hours that it takes: the fewest that keep every deadline and the promise to live contacts.
    scheduled_hours : float
        Paid hours in which somebody is planned and the team is open.
    due_hours : float
        Of those needed, for tickets that are open when the plan begins and due on this day.
    people_short : float
        People who lack at the worst time of the day, at the plan's percentile; 0 or more.
    worst : datetime
        When that time begins.
    """

    team: str
    start: datetime
    end: datetime
    probability: float
    needed: Spread
    scheduled_hours: float
    due_hours: float
    people_short: float
    worst: datetime
