"""Capacity spikes: in which futures the work of a day takes more hours than its schedule has."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from features.staffing.opening import Opening
from features.staffing.requirement import LEVELS
from features.staffing.team_work import TeamWork, gather_work
from features.staffing.work import make_streams
from triage.staffing.capacity import MARGIN, CapacityDay
from triage.staffing.setup import StaffingSetup
from triage.staffing.spread import Spread
from triage.staffing.volume import VolumeForecast

__all__ = ["capacity_days", "days_of_team", "shortage_probability"]

Array = NDArray[np.float64]


def capacity_days(
    setup: StaffingSetup, forecast: VolumeForecast, scheduled: Mapping[str, Array]
) -> list[CapacityDay]:
    """Hold the work ahead against a schedule, day by day; quicker than a whole plan.

    Parameters
    ----------
    setup : StaffingSetup
    forecast : VolumeForecast
    scheduled : Mapping of str to array of shape (n,)
        By team, people paid in each interval. Teams that are not named are left out: nobody knows their
        schedule.

    Raises
    ------
    InputError, ConfigurationError
        See :func:`features.staffing.plan.make_plan`.
    """
    openings = [Opening.of(one.calendar, forecast.starts, forecast.ends) for one in setup.teams]
    streams, _ = make_streams(setup, forecast, openings)
    found: list[CapacityDay] = []
    for at, (team, opening) in enumerate(zip(setup.teams, openings, strict=True)):
        if team.name in scheduled:
            work = gather_work(setup, at, streams, opening)
            if work.channels:
                found += days_of_team(team.name, work, scheduled[team.name], setup.percentile.level)
    return found


def days_of_team(team: str, work: TeamWork, staff: Array, level: float) -> list[CapacityDay]:
    """Return the open days of one team.

    In each future taken alone the hours needed are the fewest that keep every deadline, so work with slack
    does not count where it may be done the day after; what a short day leaves over is told of on that day,
    not again on the next.

    Parameters
    ----------
    team : str
    work : TeamWork
    staff : array, shape (n,)
        People paid in each interval.
    level : float
        Percentile at which people lack, such as 0.8.
    """
    opening, places = work.opening, work.opening.places
    if not len(places):
        return []
    begins = opening.day_begins
    length = opening.hours[places]
    needed = np.add.reduceat(work.paid[:, places] * length, begins, axis=1)
    had = np.add.reduceat(staff[places] * length, begins)
    short = (needed > _enough(had)).mean(axis=0)
    spread = np.quantile(needed, LEVELS, axis=0)
    due = np.add.reduceat(_due(work), begins)
    lacking = np.quantile(work.paid[:, places], level, axis=0) - staff[places]
    found = []
    for day, (first, last) in enumerate(zip(begins, [*begins[1:], len(places)], strict=True)):
        worst = first + int(lacking[first:last].argmax())
        found.append(
            CapacityDay(
                team=team,
                start=opening.starts[places[first]],
                end=opening.ends[places[last - 1]],
                probability=float(short[day]),
                needed=Spread(*(float(one) for one in spread[:, day])),
                scheduled_hours=float(had[day]),
                due_hours=float(due[day]),
                people_short=max(0.0, float(lacking[worst])),
                worst=opening.starts[places[worst]],
            )
        )
    return found


def shortage_probability(work: TeamWork, staff: Array) -> Array:
    """Return by interval the share of futures that take more people than are there, shape (n,)."""
    return np.asarray((work.paid > _enough(staff)).mean(axis=0))


def _enough(staff: Array) -> Array:
    return np.asarray(staff * (1.0 + MARGIN) + 1e-9)


def _due(work: TeamWork) -> Array:
    """Return by open interval the paid hours for what is open at the start and due then."""
    return np.asarray(
        sum(one.backlog / (one.channel.occupancy * one.channel.at_work) for one in work.channels)
    )
