"""What comes to a team by each channel, and how many people it would take in every single future."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.staffing.opening import Opening
from features.staffing.work import Stream
from triage.staffing.channel import Channel
from triage.staffing.deferred import level_capacity
from triage.staffing.live import agents_needed, paid
from triage.staffing.setup import StaffingSetup

__all__ = ["ChannelWork", "TeamWork", "gather", "gather_work", "loads"]

Array = NDArray[np.float64]

_STEPS = 256
"""Steps of load at which live requirements are worked out; a future's load counts as the next step above."""
_WHOLE = 1e-9


@dataclass(frozen=True, slots=True)
class ChannelWork:
    """What comes to a team by one channel.

    Parameters
    ----------
    channel : Channel
    counts, hours : array, shape (paths, n)
        Tickets, and hours of one person's work.
    handle_s : float
        Mean handle time of these.
    backlog : array, shape (open intervals,)
        Hours open at the start, by the open interval in which they are due.
    paid : array, shape (paths, n)
        People to be paid for it, in each future.
    base : array, shape (paths, n)
        Of these, on the floor.
    manned : array, shape (n,)
        1 where the channel is live, the team is open and contacts come in any of the futures: one person has
        to be there, whether or not somebody calls, and does tickets in between. Else 0.
    """

    channel: Channel
    counts: Array
    hours: Array
    handle_s: float
    backlog: Array
    paid: Array
    base: Array
    manned: Array


@dataclass(frozen=True, slots=True)
class TeamWork:
    """A team's work by channel, and when it is open."""

    opening: Opening
    channels: tuple[ChannelWork, ...]

    @property
    def counts(self) -> Array:
        """Tickets that come, shape (paths, n)."""
        return np.asarray(sum(one.counts for one in self.channels))

    @property
    def hours(self) -> Array:
        """Hours of work that come, shape (paths, n)."""
        return np.asarray(sum(one.hours for one in self.channels))

    @property
    def paid(self) -> Array:
        """People to be paid in each future, shape (paths, n): no fewer than open live channels take."""
        least = sum(one.manned * paid(1.0, one.channel.shrinkage) for one in self.channels)
        return np.asarray(np.maximum(sum(one.paid for one in self.channels), least))

    @property
    def base(self) -> Array:
        """Of these, on the floor."""
        least = sum(one.manned for one in self.channels)
        return np.asarray(np.maximum(sum(one.base for one in self.channels), least))


def gather_work(setup: StaffingSetup, team: int, streams: list[Stream], opening: Opening) -> TeamWork:
    """Gather a team's work, and work out how many people it takes in every future taken alone.

    Parameters
    ----------
    setup : StaffingSetup
    team : int
        Which of its teams.
    streams : list of Stream
    opening : Opening
        Of the team.
    """
    found = []
    for channel in setup.channels:
        mine = [one for one in streams if one.channel is channel and one.shares[team].any()]
        if not mine:
            continue
        counts = np.asarray(sum(one.counts * one.shares[team] for one in mine))
        hours = np.asarray(sum(one.hours * one.shares[team] for one in mine))
        places = channel.live.concurrency if channel.live else 1
        total = float(counts.sum())
        handle_s = float(hours.sum() * places * 3_600.0 / total) if total else mine[0].handle.mean_s
        backlog, manned = np.zeros(len(opening.places)), np.zeros(counts.shape[1])
        if channel.live is None:
            backlog = _backlog(setup, channel, team, streams, opening)
            base = _deferred(channel, hours, backlog, opening)
            people = base / channel.at_work
        else:
            base, people = _live(channel, counts, handle_s, opening)
            manned = np.where(base.any(axis=0), 1.0, 0.0)
        found.append(ChannelWork(channel, counts, hours, handle_s, backlog, people, base, manned))
    return TeamWork(opening, tuple(found))


def _backlog(
    setup: StaffingSetup, channel: Channel, team: int, streams: list[Stream], opening: Opening
) -> Array:
    """Return hours of open work by the open interval in which they are due; the team gets its share."""
    found = np.zeros(len(opening.places))
    if not len(found):
        return found
    mine = [one for one in streams if one.channel is channel]
    volume = np.array([float(one.counts.mean(axis=0).sum()) for one in mine])
    for open_work in channel.backlog:
        if open_work.label is None:
            weights = volume / volume.sum() if volume.sum() else np.full(len(mine), 1.0 / max(len(mine), 1))
        else:
            weights = np.array([float(one.label == open_work.label) for one in mine])
        due = min(opening.due_of_age(channel.deadline, open_work.age), len(found) - 1)
        for one, weight in zip(mine, weights, strict=True):
            share = float(one.shares[team, 0])
            found[due] += open_work.tickets * weight * share * one.handle.mean_s / 3_600.0
    return found


def _live(channel: Channel, counts: Array, handle_s: float, opening: Opening) -> tuple[Array, Array]:
    assert channel.live is not None
    load = loads(counts, handle_s, opening)
    top = float(load.max())
    if top == 0.0:
        return np.zeros_like(load), np.zeros_like(load)
    grid = top * np.arange(_STEPS + 1) / _STEPS
    needed = np.array([agents_needed(float(one), handle_s, channel.live) for one in grid], dtype=float)
    step = np.ceil(load / top * _STEPS - _WHOLE).astype(np.intp)
    people = np.array([paid(one, channel.shrinkage) for one in needed], dtype=float)
    return needed[step], people[step]


def loads(counts: Array, handle_s: float, opening: Opening) -> Array:
    """Return the load in busy places: contacts per open hour x handle time; none while closed."""
    with np.errstate(divide="ignore", invalid="ignore"):
        per_hour = np.where(opening.hours > 0, counts / opening.hours, 0.0)
    return np.asarray(per_hour * handle_s / 3_600.0)


def gather(values: Array, opening: Opening) -> Array:
    """Add what comes while closed to the next open interval; what comes after the last one stays out.

    Parameters
    ----------
    values : array, shape (paths, n)
    opening : Opening

    Returns
    -------
    array, shape (paths, open intervals)
    """
    places = opening.places
    until = np.searchsorted(places, np.arange(values.shape[1]), side="left")
    found = np.zeros((values.shape[0], len(places) + 1))
    np.add.at(found.T, until, values.T)
    return found[:, :-1]


def _deferred(channel: Channel, hours: Array, backlog: Array, opening: Opening) -> Array:
    base = np.zeros_like(hours)
    places = opening.places
    if len(places):
        work, due = gather(hours, opening), opening.due(channel.deadline)
        length = opening.hours[places]
        capacity = np.stack([level_capacity(one, due, length, backlog=backlog) for one in work])
        base[:, places] = capacity / (length * channel.occupancy)
    return base
