"""The work of a plan: which tickets come by which channel, in every possible future, and who gets them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.staffing.flow import split_day
from features.staffing.opening import Opening
from triage.errors import ConfigurationError, InputError
from triage.staffing.channel import Channel
from triage.staffing.handle_time import HandleTime
from triage.staffing.paths import sample_counts
from triage.staffing.setup import StaffingSetup
from triage.staffing.volume import VolumeForecast
from triage.zone import find_zone

__all__ = ["Stream", "make_streams"]

Array = NDArray[np.float64]

MOST_CELLS = 60_000_000
"""Paths x series x intervals that are held at once: half a gigabyte."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Tickets of one label that come by one channel.

    Parameters
    ----------
    label : str
    channel : Channel
    handle : HandleTime
    counts : array, shape (paths, n)
        Tickets.
    hours : array, shape (paths, n)
        Hours of one person's work that they are: handle times drawn for deferred work, their mean for live
        contacts (Erlang's formulas know the spread), over the contacts handled at a time.
    shares : array, shape (teams, n)
        Who gets them.
    """

    label: str
    channel: Channel
    handle: HandleTime
    counts: Array
    hours: Array
    shares: Array


def make_streams(
    setup: StaffingSetup, forecast: VolumeForecast, openings: list[Opening]
) -> tuple[list[Stream], list[str]]:
    """Draw the futures and share the work out.

    Parameters
    ----------
    setup : StaffingSetup
    forecast : VolumeForecast
    openings : list of Opening
        By team, in the setup's order.

    Returns
    -------
    streams : list of Stream
    notes : list of str
        What did not go as one would expect.

    Raises
    ------
    InputError
        If the forecast lacks the series, or is too large for so many paths.
    ConfigurationError
        If nobody may do some of the work.
    """
    work = _work(setup, forecast)
    if not work:
        fields = sorted({name.partition("=")[0] for name in forecast.names})
        raise InputError(
            f"Got a forecast without series of {setup.by!r}; it has {', '.join(fields)}; forecast by "
            f"{setup.by} as well, or set 'by' in the staffing setup to what is there."
        )
    rows = list(dict.fromkeys(row for _, row, _ in work))
    if setup.paths * len(rows) * forecast.n > MOST_CELLS:
        raise InputError(
            f"Got {setup.paths} paths of {len(rows)} series over {forecast.n} intervals; expected at most "
            f"{MOST_CELLS:,} in all; set fewer paths, or forecast a shorter horizon."
        )
    counts = sample_counts(forecast, rows, paths=setup.paths, seed=setup.seed, over_time=setup.correlation)
    draw = np.random.default_rng((setup.seed, 1))
    parts: list[tuple[str, Channel, HandleTime, Array, Array]] = []
    for label, row, channel in work:
        if not any(setup.may_do(team, label, channel) for team in setup.teams):
            raise ConfigurationError(
                f"Got work of {label!r} by {channel.name!r} that no team may do; expected one with that "
                f"skill and channel; add {label!r} to a team's skills, or '*'."
            )
        handle = setup.handle_time(label, channel)
        mine = counts[rows.index(row)] * (
            channel.share_of(label) if channel.series is None else channel.share
        )
        parts.append((label, channel, handle, mine, _hours(draw, mine, handle, channel)))
    shares, notes = _shares(setup, forecast, openings, parts)
    return [Stream(*part, share) for part, share in zip(parts, shares, strict=True)], notes


def _work(setup: StaffingSetup, forecast: VolumeForecast) -> list[tuple[str, int, Channel]]:
    """Return what comes by which channel: label, series and channel.

    A channel takes its share of every label, or the whole of a series of its own.
    """
    labels = forecast.labels(setup.by)
    for label in labels:
        setup.refuse_more_than_come(label)
    found = [
        (label, row, channel)
        for label, row in labels.items()
        for channel in setup.channels
        if channel.share_of(label) > 0.0
    ]
    for channel in setup.channels:
        if channel.series is None:
            continue
        if channel.series not in forecast.names:
            raise InputError(
                f"Got a forecast without the series {channel.series!r} of channel {channel.name!r}; it has "
                f"{', '.join(forecast.names[:10])}; forecast with it, or give the channel a share instead."
            )
        found.append((channel.own_label or channel.name, forecast.names.index(channel.series), channel))
    return found


def _hours(draw: np.random.Generator, counts: Array, handle: HandleTime, channel: Channel) -> Array:
    """Return hours of work; a sum of v handle times is about a gamma of their mean and variance."""
    if channel.live is not None:
        return np.asarray(counts * handle.mean_s / 3_600.0 / channel.live.concurrency)
    if handle.spread_s == 0.0:
        return np.asarray(counts * handle.mean_s / 3_600.0)
    scale = handle.spread_s**2 / handle.mean_s / 3_600.0
    shape = counts * (handle.mean_s / handle.spread_s) ** 2
    return np.asarray(draw.standard_gamma(np.maximum(shape, 1e-12)) * scale)


def _shares(
    setup: StaffingSetup,
    forecast: VolumeForecast,
    openings: list[Opening],
    parts: list[tuple[str, Channel, HandleTime, Array, Array]],
) -> tuple[list[Array], list[str]]:
    """Return by part who gets which share of it, interval by interval."""
    zone = find_zone(setup.zone)
    days = np.array([one.astimezone(zone).toordinal() for one in forecast.starts])
    teams, n = len(setup.teams), forecast.n
    hours = np.stack([opening.hours for opening in openings])
    allowed = np.array(
        [[setup.may_do(one, part[0], part[1]) for one in setup.teams] for part in parts], dtype=bool
    )
    at_level = np.stack([np.quantile(part[4], setup.percentile.level, axis=0) for part in parts])
    per_hour = np.array([1.0 / (part[1].at_work * _occupancy(part[1])) for part in parts])
    cost = np.array([one.cost_per_hour for one in setup.teams])
    limit = np.array([np.inf if one.agents is None else one.agents for one in setup.teams])
    found = [np.zeros((teams, n)) for _ in parts]
    short: set[str] = set()
    for day in np.unique(days):
        here = days == day
        open_hours = hours[:, here].sum(axis=1)
        # Who is closed all day gets nothing of it, unless nobody who may is open.
        today = allowed & (open_hours > 0)
        today = np.where(today.any(axis=1, keepdims=True), today, allowed)
        room = np.where(np.isfinite(limit), np.where(np.isfinite(limit), limit, 0.0) * open_hours, np.inf)
        wanted = at_level[:, here].sum(axis=1) * per_hour
        shares = split_day(wanted, today, cost, np.where(open_hours > 0, room, np.inf))
        used = (shares * wanted[:, None]).sum(axis=0)
        short |= {setup.teams[i].name for i in np.flatnonzero(used > room * (1 + 1e-6) + 1e-6)}
        for i, part in enumerate(parts):
            mine = np.repeat(shares[i][:, None], int(here.sum()), axis=1)
            if part[1].live is not None:
                mine = _to_the_open(mine, today[i], hours[:, here])
            found[i][:, here] = mine
    notes = [
        f"{name} has more work on some days than its agents have hours, and nobody else can take it."
        for name in sorted(short)
    ]
    return found, notes


def _to_the_open(shares: Array, allowed: NDArray[np.bool_], hours: Array) -> Array:
    """Give contacts to the teams that are open when they come, in the proportion of the day."""
    is_open = (hours > 0) & allowed[:, None]
    mine = shares * is_open
    total = mine.sum(axis=0)
    # Where those who should are closed and others who may are open, the others take them.
    spare = is_open / np.maximum(is_open.sum(axis=0), 1)
    return np.asarray(np.where(total > 1e-12, mine / np.where(total > 1e-12, total, 1.0), spare))


def _occupancy(channel: Channel) -> float:
    return channel.occupancy if channel.live is None else channel.live.occupancy
