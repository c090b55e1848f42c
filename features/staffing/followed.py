"""Had the plan been followed: the tickets that really came, worked off by the people who were planned."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.staffing.opening import Opening
from features.staffing.outcome import follow
from features.staffing.team_work import gather_work
from features.staffing.work import make_streams
from triage.staffing.handle_time import HandleTime, HandleTimes
from triage.staffing.setup import StaffingSetup
from triage.staffing.volume import VolumeForecast

__all__ = ["Followed", "had_been_followed"]

Array = NDArray[np.float64]

FEW_PATHS = 50
"""All the same, since what came is known; the fewest that a setup takes."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One team's plan against what came.

    Parameters
    ----------
    team : str
    tickets : float
        That came for the team.
    work_hours : float
        That they were, by the handle times of the setup.
    paid_hours : float
        That were planned.
    hours_over, hours_under : float
        Of these, more than what came took, and what lacked, interval by interval.
    on_time : float or None
        Share of deferred work done by its deadline; None without any.
    service_level : float or None
        Share of live contacts that the people planned would have answered in time.
    backlog : float
        Deferred tickets open at the end.
    """

    team: str
    tickets: float
    work_hours: float
    paid_hours: float
    hours_over: float
    hours_under: float
    on_time: float | None
    service_level: float | None
    backlog: float


def had_been_followed(
    setup: StaffingSetup, actual: VolumeForecast, staff: Mapping[str, Array]
) -> list[Followed]:
    """Say what would have become of the tickets that came.

    Parameters
    ----------
    setup : StaffingSetup
        Of the plan. Handle times count with their means: how long each ticket took is not asked.
    actual : VolumeForecast
        What came; its quantiles are all the counts themselves.
    staff : Mapping of str to array of shape (n,)
        By team, people paid in each interval.
    """
    times = setup.handle_times
    plain = replace(
        setup,
        paths=FEW_PATHS,
        handle_times=HandleTimes(
            HandleTime(times.default.mean_s, 0.0),
            {label: HandleTime(one.mean_s, 0.0) for label, one in times.labels.items()},
        ),
        channels=tuple(
            one
            if one.handle_time is None
            else replace(one, handle_time=HandleTime(one.handle_time.mean_s, 0.0))
            for one in setup.channels
        ),
    )
    openings = [Opening.of(one.calendar, actual.starts, actual.ends) for one in plain.teams]
    streams, _ = make_streams(plain, actual, openings)
    found = []
    for at, (team, opening) in enumerate(zip(plain.teams, openings, strict=True)):
        work = gather_work(plain, at, streams, opening)
        if not work.channels:
            continue
        people = np.asarray(staff.get(team.name, np.zeros(actual.n)), dtype=float)
        outcome = follow(work, people)
        net = (people - work.paid[0]) * opening.hours
        found.append(
            Followed(
                team=team.name,
                tickets=float(work.counts[0].sum()),
                work_hours=float(work.hours[0].sum()),
                paid_hours=float(people @ opening.hours),
                hours_over=float(np.maximum(net, 0.0).sum()),
                hours_under=float(np.maximum(-net, 0.0).sum()),
                on_time=1.0 - outcome.late / outcome.due if outcome.due > 0 else None,
                service_level=outcome.answered / outcome.contacts if outcome.contacts > 0 else None,
                backlog=float(outcome.backlog[0, -1]),
            )
        )
    return found
