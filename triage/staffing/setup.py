"""What planning is told: channels, teams, handle times, and how sure the plan shall be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from triage.errors import ConfigurationError
from triage.staffing.channel import Channel
from triage.staffing.handle_time import HandleTime, HandleTimes
from triage.staffing.paths import OVER_TIME
from triage.staffing.team import StaffedTeam

__all__ = ["Percentile", "ShiftRules", "StaffingSetup"]

_ROUNDING = 1e-6
"""So that 0.7 + 0.2 + 0.1 is no more than 1."""


class Percentile(StrEnum):
    """How sure a plan is: enough people in so many of a hundred futures, interval by interval."""

    P50 = "P50"
    P80 = "P80"
    P95 = "P95"

    @property
    def level(self) -> float:
        """As a share."""
        return int(self.value[1:]) / 100.0


@dataclass(frozen=True, slots=True)
class ShiftRules:
    """What shifts may be proposed.

    Parameters
    ----------
    starts : tuple of int
        Minutes after local midnight at which one may begin; 06:00 to 22:00, hour by hour, by default.
    hours : tuple of float, default=(8,)
        Lengths, in paid hours.
    days : int, default=5
        Days a person works in a week, one after the other.
    """

    starts: tuple[int, ...] = tuple(range(6 * 60, 23 * 60, 60))
    hours: tuple[float, ...] = (8.0,)
    days: int = 5

    def __post_init__(self) -> None:
        if not self.starts or not all(0 <= one < 1440 for one in self.starts):
            raise ConfigurationError("Got starts of shifts that are none; expected times such as '08:00'.")
        if not self.hours or not all(0.5 <= one <= 24.0 for one in self.hours):
            raise ConfigurationError(f"Got hours={list(self.hours)} of shifts; expected 0.5 to 24 each.")
        if not 1 <= self.days <= 7:
            raise ConfigurationError(f"Got days={self.days!r} of shifts; expected 1 to 7 a week.")
        if len(self.starts) * len(self.hours) > 200:
            raise ConfigurationError("Got more than 200 kinds of shifts; expected fewer starts or lengths.")


@dataclass(frozen=True, slots=True)
class StaffingSetup:
    """Everything that a plan rests on besides the forecast.

    Parameters
    ----------
    teams : tuple of StaffedTeam
        At least one.
    channels : tuple of Channel
        At least one; by default one of deferred work to be done on the same day.
    by : str, default="category"
        Field whose series carry the work; ``total``: one series.
    handle_times : HandleTimes
        By label of ``by``.
    percentile : Percentile, default="P80"
        What is planned for. At P80 rather than the point forecast, replayed emergency and booking series went
        from 74-86 % to 98-99 % done on the same day (``benchmarks/staffing.py`` has tickets).
    zone : str, default="UTC"
        In which shifts start.
    paths : int, default=400
        Futures that are played through.
    seed : int, default=0
        Of the futures.
    correlation : float, default=0.3
        Of a series' errors between intervals; see :data:`triage.staffing.paths.OVER_TIME`.
    shifts : ShiftRules
        For proposed shifts.

    Raises
    ------
    ConfigurationError
        If a name stands twice, shares of a label add up to more than 1, or a value lies outside its bounds.
    """

    teams: tuple[StaffedTeam, ...]
    channels: tuple[Channel, ...] = (Channel("tickets"),)
    by: str = "category"
    handle_times: HandleTimes = field(default_factory=HandleTimes)
    percentile: Percentile = Percentile.P80
    zone: str = "UTC"
    paths: int = 400
    seed: int = 0
    correlation: float = OVER_TIME
    shifts: ShiftRules = field(default_factory=ShiftRules)

    def __post_init__(self) -> None:
        for what, names in (
            ("team", [one.name for one in self.teams]),
            ("channel", [one.name for one in self.channels]),
        ):
            if not names:
                raise ConfigurationError(f"Got no {what}; expected one at least.")
            if len(set(names)) < len(names):
                raise ConfigurationError(f"Got two {what}s of one name; expected a name of its own for each.")
        known = {one.name for one in self.channels}
        for team in self.teams:
            strange = sorted(team.channels - known - {"*"})
            if strange:
                raise ConfigurationError(
                    f"Got channel {strange[0]!r} in team {team.name!r}; expected one of "
                    f"{', '.join(sorted(known))}."
                )
        self._refuse_shares_above_one()
        if not 50 <= self.paths <= 10_000:
            raise ConfigurationError(f"Got paths={self.paths!r}; expected 50 to 10,000.")
        if not 0.0 <= self.correlation <= 1.0:
            raise ConfigurationError(f"Got correlation={self.correlation!r}; expected 0 to 1.")
        if self.seed < 0:
            raise ConfigurationError(f"Got seed={self.seed!r}; expected 0 or more.")

    def _refuse_shares_above_one(self) -> None:
        plain = [one for one in self.channels if one.series is None]
        named = {label for one in plain for label in one.shares}
        for label in sorted(named):
            self.refuse_more_than_come(label)
        # Where every channel names shares of its own, the forecast says which labels are left.
        if any(not one.shares for one in plain) and sum(one.share for one in plain) > 1.0 + _ROUNDING:
            self.refuse_more_than_come(None)

    def refuse_more_than_come(self, label: str | None) -> None:
        """Refuse a label whose shares by all channels are more than its tickets; None: labels not named.

        Raises
        ------
        ConfigurationError
            If they add up to more than 1.
        """
        shares = {
            one.name: one.share if label is None else one.share_of(label)
            for one in self.channels
            if one.series is None
        }
        if sum(shares.values()) > 1.0 + _ROUNDING:
            told = " + ".join(f"{share:g} ({name})" for name, share in shares.items() if share)
            raise ConfigurationError(
                f"Got shares of {'each label' if label is None else repr(label)} that add up to "
                f"{sum(shares.values()):g}: {told}; expected 1 at most, since a ticket comes one way; lower "
                "the share of a channel, which is 1 where none is written."
            )

    def handle_time(self, label: str, channel: Channel) -> HandleTime:
        """Return how long a label's tickets take that come by a channel."""
        return channel.handle_time or self.handle_times.of(label)

    def teams_for(self, label: str, channel: str) -> tuple[StaffedTeam, ...]:
        """Return the teams that may do a label's tickets that come by a channel."""
        return tuple(one for one in self.teams if one.may_do(label, channel))

    def may_do(self, team: StaffedTeam, label: str, channel: Channel) -> bool:
        """Tell whether a team may do a label's tickets that come by a channel.

        Who serves a channel that has a series of its own takes whatever comes: calls have no label yet.
        """
        return team.serves(channel.name) if channel.series is not None else team.may_do(label, channel.name)

    def shares(self) -> Mapping[str, float]:
        """Return by channel what share of the tickets comes that way, labels of their own left aside."""
        return {one.name: one.share for one in self.channels}
