"""A staffing plan: for each team and interval how much work, how many people, and what would become of it.

A plan is made by :mod:`features.staffing.plan`; this file says what it consists of.
"""

from dataclasses import dataclass, fields
from datetime import datetime

from triage.staffing.capacity import CapacityDay
from triage.staffing.setup import Percentile
from triage.staffing.spread import Spread

__all__ = ["Plan", "PlanRow", "Spread", "TeamTotals"]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One team in one interval.

    Parameters
    ----------
    team : str
    start, end : datetime
        UTC.
    open_hours : float
        Hours in which the team works; 0 in closed intervals, whose work waits (or, if live, goes away).
    volume : Spread
        Tickets that arrive for the team.
    handle_s : float
        Mean handle time of these, in seconds.
    workload_hours : Spread
        Hours of work that arrive.
    required : Spread
        People on the floor.
    required_paid : Spread
        People to be paid, shrinkage included.
    scheduled : float or None
        People paid by the schedule, on the mean of the open hours; None where there is no schedule.
    net : float or None
        Scheduled less those required and paid at the plan's percentile: below 0 is short.
    shortage_probability : float or None
        That the work takes more people than are scheduled, by more than 5 %; None where there is no schedule.
    service_level : float or None
        Share of live contacts expected to be answered in time; None without any.
    backlog : float
        Deferred tickets expected to be open at the end.
    oldest_age_hours : float
        How old the oldest of them is, in business hours, at the plan's percentile.
    breach_probability : float
        That some deferred work due in this interval is not done by its end.
    cost : float
        Of the people scheduled, or required and paid where there is no schedule.

    The last five hold if the schedule is kept, or, without one, the requirement at the plan's percentile.
    """

    team: str
    start: datetime
    end: datetime
    open_hours: float
    volume: Spread
    handle_s: float
    workload_hours: Spread
    required: Spread
    required_paid: Spread
    scheduled: float | None
    net: float | None
    shortage_probability: float | None
    service_level: float | None
    backlog: float
    oldest_age_hours: float
    breach_probability: float
    cost: float


@dataclass(frozen=True, slots=True)
class TeamTotals:
    """One team over the whole plan.

    Parameters
    ----------
    team : str
    paid_hours : Spread
        Hours paid if each interval is staffed at the percentile.
    peak : float
        Most people paid in an interval, at the plan's percentile.
    scheduled_hours : float or None
        Hours paid by the schedule.
    hours_over, hours_under : float or None
        Of these, beyond what is required, and what lacks.
    cost : float
        Of the plan at hand.
    on_time : float or None
        Share of deferred work expected to be done by its deadline; None without any.
    service_level : float or None
        Share of live contacts expected to be answered in time, of all that arrive in open hours.
    """

    team: str
    paid_hours: Spread
    peak: float
    scheduled_hours: float | None
    hours_over: float | None
    hours_under: float | None
    cost: float
    on_time: float | None
    service_level: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All teams over all intervals.

    Parameters
    ----------
    rows : tuple of PlanRow
        By team, then time.
    totals : tuple of TeamTotals
        By team.
    percentile : Percentile
    origin : datetime
        End of the history that the forecast was made from.
    notes : tuple of str
        What somebody who relies on the plan should know.
    days : tuple of CapacityDay
        By team, then time, how likely the work takes more hours than are scheduled; empty without a schedule.
    """

    rows: tuple[PlanRow, ...]
    totals: tuple[TeamTotals, ...]
    percentile: Percentile
    origin: datetime
    notes: tuple[str, ...] = ()
    days: tuple[CapacityDay, ...] = ()

    @property
    def cost(self) -> float:
        """Of all teams."""
        return sum(one.cost for one in self.totals)

    def of_team(self, team: str) -> tuple[PlanRow, ...]:
        """Return the rows of a team."""
        return tuple(row for row in self.rows if row.team == team)


COLUMNS = tuple(
    f"{one.name}_{part}" if one.type in (Spread, "Spread") else one.name
    for one in fields(PlanRow)
    for part in (("p50", "p80", "p95") if one.type in (Spread, "Spread") else ("",))
)
"""Columns of PLAN.csv, in their order."""
