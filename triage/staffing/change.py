"""What if: changes to a plan's forecast and setup, applied without touching either."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.errors import ConfigurationError, InputError
from triage.staffing.channel import Channel, DayDeadline
from triage.staffing.handle_time import HandleTime, HandleTimes
from triage.staffing.setup import Percentile, StaffingSetup
from triage.staffing.volume import VolumeForecast

__all__ = ["Change", "ChannelChange", "Event"]

LEAST, MOST = -99.0, 1_000.0


@dataclass(frozen=True, slots=True)
class ChannelChange:
    """A new promise of one channel; None leaves what stands."""

    service_level: float | None = None
    within_s: float | None = None
    patience_s: float | None = None
    occupancy: float | None = None
    shrinkage: float | None = None
    deadline: timedelta | DayDeadline | None = None

    def apply(self, channel: Channel) -> Channel:
        """Return the channel with the new promise.

        Raises
        ------
        ConfigurationError
            If a live channel is given a deadline, or a deferred one a time to answer.
        """
        own = {
            name: value
            for name in ("service_level", "within_s", "patience_s")
            if (value := getattr(self, name)) is not None
        }
        outer: dict[str, Any] = {
            name: value for name in ("occupancy", "shrinkage") if (value := getattr(self, name)) is not None
        }
        if channel.live is None:
            if own:
                raise ConfigurationError(
                    f"Got {next(iter(own))} for the deferred channel {channel.name!r}; expected deadline, "
                    "occupancy or shrinkage."
                )
            if self.deadline is not None:
                outer["deadline"] = self.deadline
            return replace(channel, **outer)
        if self.deadline is not None:
            raise ConfigurationError(
                f"Got a deadline for the live channel {channel.name!r}; expected service_level, within_s, "
                "patience_s, occupancy or shrinkage."
            )
        if self.occupancy is not None:
            own["occupancy"] = self.occupancy
        return replace(channel, **outer, live=replace(channel.live, **own))


@dataclass(frozen=True, slots=True)
class Event:
    """Something known to come: so much more or less volume in a span of time.

    Parameters
    ----------
    start, end : datetime
        With a zone; an interval counts by the part of it that lies within.
    percent : float
        Change of the volume then, from -99 to 1000.
    labels : frozenset of str, default=all
        Whose volume.
    """

    start: datetime
    end: datetime
    percent: float
    labels: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise InputError("Got an event without a time zone; expected times such as 2026-03-02T09:00Z.")
        if self.end <= self.start:
            raise InputError(
                f"Got an event from {self.start.isoformat()} to {self.end.isoformat()}; expected the end "
                "after the start."
            )
        _check_percent("an event", self.percent)


@dataclass(frozen=True, slots=True)
class Change:
    """What is assumed to be otherwise.

    Parameters
    ----------
    volume_percent : float, default=0
        Of all work; -10 is what one ticket in ten that is deflected or answered by itself saves.
    label_percents : Mapping of str to float
        On top, of single labels.
    handle_time_percent : float, default=0
    absence_percent : float, default=0
        Of the people who would be there, those who are not; 0 to 95.
    percentile : Percentile or None, default=None
    channels : Mapping of str to ChannelChange
    events : tuple of Event

    Raises
    ------
    InputError
        If a percentage lies outside its bounds.
    """

    volume_percent: float = 0.0
    label_percents: Mapping[str, float] = field(default_factory=dict)
    handle_time_percent: float = 0.0
    absence_percent: float = 0.0
    percentile: Percentile | None = None
    channels: Mapping[str, ChannelChange] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        _check_percent("volume_percent", self.volume_percent)
        _check_percent("handle_time_percent", self.handle_time_percent)
        for label, percent in self.label_percents.items():
            _check_percent(f"label_percents of {label!r}", percent)
        if not 0.0 <= self.absence_percent <= 95.0:
            raise InputError(f"Got absence_percent={self.absence_percent!r}; expected 0 to 95.")

    @property
    def is_none(self) -> bool:
        """Whether nothing is changed."""
        return self == Change()

    def of_setup(self, setup: StaffingSetup) -> StaffingSetup:
        """Return the setup as it would be.

        Raises
        ------
        ConfigurationError
            If it names a channel that is not there, or a promise that it cannot have.
        """
        strange = sorted(set(self.channels) - {one.name for one in setup.channels})
        if strange:
            known = ", ".join(one.name for one in setup.channels)
            raise ConfigurationError(f"Got channel {strange[0]!r} in a change; expected one of {known}.")
        channels = []
        for one in setup.channels:
            if one.name in self.channels:
                one = self.channels[one.name].apply(one)
            away = one.shrinkage + (1.0 - one.shrinkage) * self.absence_percent / 100.0
            channels.append(
                replace(
                    one,
                    shrinkage=min(0.95, away),
                    handle_time=None if one.handle_time is None else self._slower(one.handle_time),
                )
            )
        times = setup.handle_times
        return replace(
            setup,
            channels=tuple(channels),
            handle_times=HandleTimes(
                self._slower(times.default),
                {label: self._slower(one) for label, one in times.labels.items()},
            ),
            percentile=self.percentile or setup.percentile,
        )

    def of_forecast(self, forecast: VolumeForecast, by: str) -> VolumeForecast:
        """Return the forecast as it would be; ``total`` follows changes of single labels by their weight.

        Raises
        ------
        InputError
            If it names a label that the forecast does not have.
        """
        labels = forecast.labels(by)
        named = {*self.label_percents, *(label for event in self.events for label in event.labels)}
        strange = sorted(named - set(labels))
        if strange:
            raise InputError(
                f"Got label {strange[0]!r} in a change; expected one of the forecast's: "
                f"{', '.join(sorted(labels)[:20])}."
            )
        factor = np.full(forecast.mean.shape, 1.0 + self.volume_percent / 100.0)
        for label, row in labels.items():
            factor[row] *= 1.0 + self.label_percents.get(label, 0.0) / 100.0
            for event in self.events:
                if not event.labels or label in event.labels:
                    factor[row] *= 1.0 + event.percent / 100.0 * _inside(event, forecast)
        if by != "total" and labels and "total" in forecast.names:
            rows = list(labels.values())
            before = forecast.mean[rows].sum(axis=0)
            after = (forecast.mean[rows] * factor[rows]).sum(axis=0)
            total = forecast.names.index("total")
            factor[total] = np.where(before > 0, after / np.where(before > 0, before, 1.0), factor[total])
        return replace(
            forecast, mean=forecast.mean * factor, quantiles=forecast.quantiles * factor[:, :, None]
        )

    def _slower(self, one: HandleTime) -> HandleTime:
        factor = 1.0 + self.handle_time_percent / 100.0
        spread = None if one.sd_s is None else one.sd_s * factor
        return HandleTime(one.mean_s * factor, spread, one.tickets)


def _inside(event: Event, forecast: VolumeForecast) -> NDArray[np.float64]:
    shares = []
    for start, end in zip(forecast.starts, forecast.ends, strict=True):
        overlap = min(end, event.end) - max(start, event.start)
        shares.append(max(0.0, overlap / (end - start)))
    return np.array(shares)


def _check_percent(name: str, percent: float) -> None:
    if not LEAST <= percent <= MOST:
        raise InputError(f"Got {name}={percent!r}; expected a change in percent, {LEAST:g} to {MOST:g}.")
