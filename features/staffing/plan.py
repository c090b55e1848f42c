"""The plan of all teams, from a setup and a forecast: what the command, the API and the console call."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from features.staffing.capacity import days_of_team, shortage_probability
from features.staffing.opening import Opening
from features.staffing.outcome import Outcome, follow
from features.staffing.requirement import LEVELS, require
from features.staffing.team_work import TeamWork, gather_work
from features.staffing.work import Stream, make_streams
from triage.errors import InputError
from triage.staffing.capacity import CapacityDay
from triage.staffing.plan import Plan, PlanRow, TeamTotals
from triage.staffing.setup import StaffingSetup
from triage.staffing.spread import Spread
from triage.staffing.team import EVERYTHING, StaffedTeam
from triage.staffing.volume import VolumeForecast

__all__ = ["make_plan"]

Array = NDArray[np.float64]


def make_plan(
    setup: StaffingSetup, forecast: VolumeForecast, *, scheduled: Mapping[str, Array] | None = None
) -> Plan:
    """Say how many people each team needs in each interval, and what becomes of the work.

    Parameters
    ----------
    setup : StaffingSetup
    forecast : VolumeForecast
    scheduled : Mapping of str to array of shape (n,), optional
        By team, people paid in each interval, on the mean of its open hours. Teams that are not named have
        nobody; without it all have whom the plan requires.

    Raises
    ------
    InputError
        If the forecast does not carry the plan, or a schedule is of a team that is not there.
    ConfigurationError
        If there is work that nobody may do.
    """
    if scheduled is not None:
        strange = sorted(set(scheduled) - {one.name for one in setup.teams})
        if strange:
            raise InputError(
                f"Got a schedule of team {strange[0]!r}; expected one of "
                f"{', '.join(one.name for one in setup.teams)}."
            )
    openings = [Opening.of(one.calendar, forecast.starts, forecast.ends) for one in setup.teams]
    streams, notes = make_streams(setup, forecast, openings)
    notes += _skills_without_labels(setup, forecast)
    unheard = _unheard(streams)
    if unheard >= 0.5:
        notes.append(
            f"About {unheard:.0f} live contacts come while nobody is open who may take them; nobody is "
            "planned for them."
        )
    rows: list[PlanRow] = []
    totals: list[TeamTotals] = []
    days: list[CapacityDay] = []
    for at, (team, opening) in enumerate(zip(setup.teams, openings, strict=True)):
        work = gather_work(setup, at, streams, opening)
        if not work.channels:
            notes.append(f"{team.name} has no work in this forecast.")
            continue
        if not len(opening.places):
            notes.append(f"{team.name} is never open in this forecast; its work waits.")
        had = None if scheduled is None else scheduled.get(team.name, np.zeros(forecast.n))
        if had is not None and not had.any():
            notes.append(f"Nobody of {team.name} is scheduled.")
        mine, total, reached = _team(setup, team, work, forecast, had)
        notes += _below_promise(team.name, work, reached)
        rows += mine
        totals.append(total)
        if had is not None:
            days += days_of_team(team.name, work, had, setup.percentile.level)
    return Plan(tuple(rows), tuple(totals), setup.percentile, forecast.origin, tuple(notes), tuple(days))


def _team(
    setup: StaffingSetup, team: StaffedTeam, work: TeamWork, forecast: VolumeForecast, had: Array | None
) -> tuple[list[PlanRow], TeamTotals, Mapping[str, float]]:
    level = setup.percentile.level
    opening = work.opening
    needs = [require(work, one) for one in LEVELS]
    # Found by halving, each for itself: a higher percentile asks for no fewer.
    people = np.maximum.accumulate(np.stack([one.paid for one in needs]))
    wanted = people[LEVELS.index(level)]
    staff = wanted if had is None else had
    outcome = follow(work, staff)
    volume, load = _quantiles(work.counts), _quantiles(work.hours)
    base = np.maximum.accumulate(np.stack([one.base for one in needs]))
    tickets = work.counts.mean(axis=0)
    seconds = sum(one.counts.mean(axis=0) * one.handle_s for one in work.channels) / np.where(
        tickets > 0, tickets, 1.0
    )
    backlog, oldest = outcome.backlog.mean(axis=0), np.quantile(outcome.oldest_hours, level, axis=0)
    has_live = any(one.channel.live is not None for one in work.channels)
    # An hour is paid whether or not it lies within the open hours: those of a schedule as they are.
    cost = staff * opening.hours * team.cost_per_hour
    short = None if had is None else shortage_probability(work, had)
    rows = [
        PlanRow(
            team=team.name,
            start=forecast.starts[t],
            end=forecast.ends[t],
            open_hours=float(opening.hours[t]),
            volume=_spread(volume, t),
            handle_s=float(seconds[t]),
            workload_hours=_spread(load, t),
            required=_spread(base, t),
            required_paid=_spread(people, t),
            scheduled=None if had is None else float(had[t]),
            net=None if had is None else float(had[t] - wanted[t]),
            shortage_probability=None if short is None else float(short[t]),
            service_level=_optional(outcome.service_level[t]) if has_live else None,
            backlog=float(backlog[t]),
            oldest_age_hours=float(oldest[t]),
            breach_probability=float(outcome.breach[t]),
            cost=float(cost[t]),
        )
        for t in range(forecast.n)
    ]
    totals = _totals(team, opening, people, wanted, had, outcome, float(cost.sum()))
    return rows, totals, outcome.reached


def _totals(
    team: StaffedTeam,
    opening: Opening,
    people: Array,
    wanted: Array,
    had: Array | None,
    outcome: Outcome,
    cost: float,
) -> TeamTotals:
    hours = opening.hours
    net = None if had is None else (had - wanted) * hours
    return TeamTotals(
        team=team.name,
        paid_hours=Spread(*(float(one @ hours) for one in people)),
        peak=float(wanted.max()),
        scheduled_hours=None if had is None else float(had @ hours),
        hours_over=None if net is None else float(np.maximum(net, 0.0).sum()),
        hours_under=None if net is None else float(np.maximum(-net, 0.0).sum()),
        cost=cost,
        on_time=1.0 - outcome.late / outcome.due if outcome.due > 0 else None,
        service_level=outcome.answered / outcome.contacts if outcome.contacts > 0 else None,
    )


def _skills_without_labels(setup: StaffingSetup, forecast: VolumeForecast) -> list[str]:
    """Return a note for each team with skills that no label of the forecast has: likely another spelling."""
    known = {*forecast.labels(setup.by), EVERYTHING}
    found = []
    for team in setup.teams:
        strange = sorted(team.skills - known)
        if strange:
            told = ", ".join(map(repr, strange[:5])) + (" ..." if len(strange) > 5 else "")
            found.append(f"{team.name} has skills that no label of {setup.by} in this forecast has: {told}.")
    return found


def _below_promise(team: str, work: TeamWork, reached: Mapping[str, float]) -> list[str]:
    """Return a note for each live channel on which fewer are answered in time than is promised."""
    found = []
    for one in work.channels:
        share = reached.get(one.channel.name)
        # As much below as would be seen in the figure.
        if one.channel.live is not None and share is not None:
            promised = one.channel.live.service_level
            if share < promised - 0.0005:
                found.append(
                    f"{team} answers {share:.1%} of the live contacts by {one.channel.name} in time; "
                    f"{promised:.1%} are promised."
                )
    return found


def _unheard(streams: list[Stream]) -> float:
    """Return how many live contacts come while no team is open that may take them, on the mean."""
    return float(
        sum(
            (one.counts.mean(axis=0) * (1.0 - one.shares.sum(axis=0))).sum()
            for one in streams
            if one.channel.live is not None
        )
    )


def _quantiles(paths: Array) -> Array:
    return np.asarray(np.quantile(paths, LEVELS, axis=0))


def _spread(quantiles: Array, t: int) -> Spread:
    return Spread(*(float(one) for one in quantiles[:, t]))


def _optional(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
