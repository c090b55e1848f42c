"""What becomes of a team's work under a number of people, in every future."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from features.staffing.opening import Opening
from features.staffing.team_work import ChannelWork, TeamWork, gather, loads
from triage.staffing.deferred import Worked, work_off
from triage.staffing.live import LivePromise, queue_figures

__all__ = ["Outcome", "days_missed", "follow", "levels_reached"]

Array = NDArray[np.float64]

_LOADS = 9
"""Futures that stand for all of an interval's when a service level is expected, each for as many contacts."""
_WHOLE = 1e-9


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a team's work.

    Parameters
    ----------
    service_level : array, shape (n,)
        Expected share of live contacts answered in time; nan without any.
    answered, contacts : float
        Live contacts expected to be answered in time, and all in open hours.
    reached : Mapping of str to float
        By live channel that contacts come by, the share of them expected to be answered in time.
    backlog : array, shape (paths, n)
        Deferred tickets open at the end of each interval.
    oldest_hours : array, shape (paths, n)
        Business hours since the oldest of them came.
    breach : array, shape (n,)
        Probability that something due then is not done.
    late, due : float
        Expected hours of deferred work that miss their deadline, and all that is due within the plan.
    """

    service_level: Array
    answered: float
    contacts: float
    reached: Mapping[str, float]
    backlog: Array
    oldest_hours: Array
    breach: Array
    late: float
    due: float


def follow(work: TeamWork, staff: Array) -> Outcome:
    """Play all futures through with a given number of people.

    Parameters
    ----------
    work : TeamWork
    staff : array, shape (n,)
        People paid in each interval.
    """
    opening = work.opening
    n, paths = len(opening.starts), work.channels[0].counts.shape[0] if work.channels else 1
    shared = _share_out(work, staff)
    answered, contacts = np.zeros(n), np.zeros(n)
    backlog, oldest = np.zeros((paths, n)), np.zeros((paths, n))
    fine = np.ones(n)
    reached: dict[str, float] = {}
    late = due = 0.0
    for one, people in zip(work.channels, shared, strict=True):
        if one.channel.live is not None:
            in_time, come = _answered(one, people, opening)
            answered, contacts = answered + in_time, contacts + come
            if come.any():
                reached[one.channel.name] = float(in_time.sum() / come.sum())
            continue
        tickets, age, missed, lost, all_due = _deferred_outcome(one, people, opening)
        backlog += tickets
        oldest = np.maximum(oldest, age)
        fine *= 1.0 - missed
        late, due = late + lost, due + all_due
    with np.errstate(invalid="ignore", divide="ignore"):
        service = np.where(contacts > 0, answered / contacts, np.nan)
    total = float(answered.sum()), float(contacts.sum())
    return Outcome(service, *total, reached, backlog, oldest, 1.0 - fine, late, due)


def _share_out(work: TeamWork, staff: Array) -> list[Array]:
    """Return who does what in each future, shape (paths, n) by channel.

    Live channels get whom they need on the day, deferred work the others; without deferred work, whoever is
    left over is there for live channels, too.
    """
    wanted = [one.paid for one in work.channels]
    left = np.broadcast_to(staff, wanted[0].shape)
    given = [np.zeros_like(one) for one in wanted]
    for i, one in enumerate(work.channels):
        if one.channel.live is not None:
            given[i] = np.minimum(left, wanted[i])
            left = left - given[i]
    deferred = [i for i, one in enumerate(work.channels) if one.channel.live is None]
    takers = deferred or list(range(len(wanted)))
    total = np.asarray(sum(wanted[i] for i in takers))
    for i in takers:
        share = np.where(total > 0, wanted[i] / np.where(total > 0, total, 1.0), 1.0 / len(takers))
        given[i] = given[i] + left * share
    return given


def levels_reached(work: TeamWork, staff: Array) -> dict[str, float]:
    """Return by live channel the share of all contacts in open hours expected to be answered in time.

    Parameters
    ----------
    work : TeamWork
    staff : array, shape (n,)
        People paid in each interval.
    """
    found = {}
    for one, people in zip(work.channels, _share_out(work, staff), strict=True):
        if one.channel.live is not None:
            answered, come = _answered(one, people, work.opening)
            if come.any():
                found[one.channel.name] = float(answered.sum() / come.sum())
    return found


def _answered(work: ChannelWork, people: Array, opening: Opening) -> tuple[Array, Array]:
    """Return live contacts expected to be answered in time, and all that come in open hours."""
    assert work.channel.live is not None
    n = people.shape[1]
    found = np.zeros(n)
    come = np.where(opening.hours > 0, work.counts.mean(axis=0), 0.0)
    load = loads(work.counts, work.handle_s, opening)
    order = np.argsort(load, axis=0, kind="stable")
    so_far = np.cumsum(np.take_along_axis(load, order, axis=0), axis=0)
    # Each ninth of the contacts, by how busy it is when they come, is stood for by the future in its middle:
    # futures without a contact say nothing of how contacts fare.
    middles = (np.arange(_LOADS) + 0.5) / _LOADS
    for t in opening.places:
        if so_far[-1, t] <= 0.0:
            continue
        for place in np.searchsorted(so_far[:, t], middles * so_far[-1, t]):
            path = order[place, t]
            there = float(people[path, t]) * work.channel.at_work
            agents = max(1, int(there + _WHOLE))
            level = _level(round(float(load[path, t]), 3), agents, work.handle_s, work.channel.live)
            # Less than one on the floor is one for a part of the time.
            found[t] += min(1.0, there) * level / _LOADS
    return come * found, come


@lru_cache(maxsize=65_536)
def _level(load: float, agents: int, handle_s: float, promise: LivePromise) -> float:
    return queue_figures(load, agents, handle_s, promise).service_level


def _deferred_outcome(
    work: ChannelWork, people: Array, opening: Opening
) -> tuple[Array, Array, Array, float, float]:
    """Return tickets open, age of the oldest, probability of a breach, hours late, hours due."""
    paths, n = work.hours.shape
    places, start = opening.places, float(work.backlog.sum())
    arrived = start + np.cumsum(work.hours, axis=1)
    done = np.zeros((paths, n))
    missed = np.zeros(n)
    late = due_hours = 0.0
    if len(places):
        hours, due, worked = _worked(work, people, opening)
        finished = start + np.cumsum(hours, axis=1) - worked.backlog
        after = np.searchsorted(places, np.arange(n), side="right") - 1
        done = np.where(after >= 0, finished[:, np.maximum(after, 0)], 0.0)
        missed[places] = worked.missed.mean(axis=0)
        late = float(worked.late.mean(axis=0).sum())
        due_hours = start + float(hours.mean(axis=0)[due < len(places)].sum())
    open_hours = np.maximum(0.0, arrived - done)
    first = np.stack(
        [np.searchsorted(row, until + 1e-9, side="right") for row, until in zip(arrived, done, strict=True)]
    )
    is_old = done < start - 1e-9
    # What was open at the start counts from the start; its age before that is the setup's word.
    since = np.where(is_old, 0, np.minimum(first, np.arange(n)))
    age = np.where(open_hours > 1e-9, opening.age_hours(since), 0.0)
    before = max((one.age for one in work.channel.backlog), default=timedelta(0)) / timedelta(hours=1)
    age = np.where(is_old, age + before, age)
    return open_hours * 3_600.0 / work.handle_s, age, missed, late, due_hours


def days_missed(work: TeamWork, staff: Array) -> float:
    """Return the share of days and futures on which something due is late, weighed by the hours due.

    Parameters
    ----------
    work : TeamWork
    staff : array, shape (n,)
        People paid in each interval.
    """
    opening = work.opening
    days = opening.day_begins
    missed: NDArray[np.bool_] | None = None
    weight = np.zeros(len(opening.places))
    for one, people in zip(work.channels, _share_out(work, staff), strict=True):
        if one.channel.live is None:
            hours, due, worked = _worked(one, people, opening)
            inside = due < len(due)
            weight += np.bincount(due[inside], weights=hours.mean(axis=0)[inside], minlength=len(due))
            weight += one.backlog
            missed = worked.missed if missed is None else missed | worked.missed
    if missed is None or not weight.any():
        return 0.0
    on_day = np.logical_or.reduceat(missed, days, axis=1).mean(axis=0)
    return float(np.average(on_day, weights=np.add.reduceat(weight, days)))


def _worked(work: ChannelWork, people: Array, opening: Opening) -> tuple[Array, NDArray[np.intp], Worked]:
    """Return the work of the open intervals, when it is due, and what becomes of it."""
    places = opening.places
    hours, due = gather(work.hours, opening), opening.due(work.channel.deadline)
    capacity = people[:, places] * work.channel.at_work * work.channel.occupancy * opening.hours[places]
    return hours, due, work_off(hours, capacity, due, backlog=work.backlog, strict=False)
