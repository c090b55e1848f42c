"""How work comes in: channels that wait for nobody, and those whose work can wait a while."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from triage.errors import ConfigurationError
from triage.staffing.handle_time import HandleTime
from triage.staffing.live import LivePromise

__all__ = ["Channel", "DayDeadline", "OpenWork"]


class DayDeadline(StrEnum):
    """Deadlines by local days in which the team works: by the end of the same one, or of the next."""

    SAME_DAY = "same day"
    NEXT_DAY = "next day"


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Tickets that are open when the plan begins.

    Parameters
    ----------
    tickets : float
        How many.
    label : str or None, default=None
        Of which label; None: spread like the volume ahead.
    age : timedelta, default 0
        How much of the deadline is used up, in business time.
    """

    tickets: float
    label: str | None = None
    age: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        if not 0.0 <= self.tickets <= 1e9:
            raise ConfigurationError(f"Got a backlog of {self.tickets!r} tickets; expected 0 or more.")
        if self.age < timedelta(0):
            raise ConfigurationError(f"Got a backlog of age {self.age}; expected 0 or more business hours.")


@dataclass(frozen=True, slots=True)
class Channel:
    """One way in.

    Parameters
    ----------
    name : str
        What the plan calls it.
    live : LivePromise or None, default=None
        What is promised to contacts that wait in a line; None: the work is deferred.
    deadline : timedelta or DayDeadline, default="same day"
        Of deferred work: business time of the team, or a day's end.
    share : float, default=1
        Of the tickets of each label, those that come this way; 0 to 1.
    shares : Mapping of str to float
        The same, of single labels.
    shrinkage : float, default=0.30
        Share of paid time that is spent elsewhere: leave, illness, training, breaks; 0 or more, below 1. 30
        to 50 % is usual within companies, 20 to 30 % at service providers.
    occupancy : float, default=0.85
        Of the time on the floor, what deferred work may fill; live channels have theirs in ``live``.
    handle_time : HandleTime or None, default=None
        Of everything that comes this way; None: by label.
    backlog : tuple of OpenWork
        Of deferred work, what is open when the plan begins.
    series : str or None, default=None
        Series of the forecast that comes this way, such as ``channel=phone``, or a queue of a telephone
        system: volume and hours of the day are its own. ``share`` is then a share of it. None: a share of the
        tickets of each label.
    """

    name: str
    live: LivePromise | None = None
    deadline: timedelta | DayDeadline = DayDeadline.SAME_DAY
    share: float = 1.0
    shares: Mapping[str, float] = field(default_factory=dict)
    shrinkage: float = 0.30
    occupancy: float = 0.85
    handle_time: HandleTime | None = None
    backlog: tuple[OpenWork, ...] = ()
    series: str | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ConfigurationError("Got a channel without a name; expected one.")
        for name, value in (("share", self.share), *((f"shares.{k}", v) for k, v in self.shares.items())):
            if not 0.0 <= value <= 1.0:
                raise ConfigurationError(f"Got {name}={value!r} in channel {self.name!r}; expected 0 to 1.")
        if not 0.0 <= self.shrinkage <= 0.95:
            raise ConfigurationError(
                f"Got shrinkage={self.shrinkage!r} in channel {self.name!r}; expected a share such as 0.3."
            )
        if not 0.05 <= self.occupancy <= 1.0:
            raise ConfigurationError(
                f"Got occupancy={self.occupancy!r} in channel {self.name!r}; expected a share such as 0.85."
            )
        if isinstance(self.deadline, timedelta) and self.deadline < timedelta(0):
            raise ConfigurationError(f"Got a negative deadline in channel {self.name!r}; expected 0 or more.")
        if self.series is not None and self.shares:
            raise ConfigurationError(
                f"Got shares of labels in channel {self.name!r}, which has the series {self.series!r}; "
                "expected one of them: a series of its own has no labels."
            )
        if self.live is not None and self.backlog:
            raise ConfigurationError(
                f"Got a backlog in the live channel {self.name!r}; expected it in a deferred one: who calls "
                "and is not answered is gone."
            )

    @property
    def at_work(self) -> float:
        """Share of paid time that is on the floor: 1 - shrinkage."""
        return 1.0 - self.shrinkage

    @property
    def own_label(self) -> str | None:
        """What the plan calls the work of a series of its own: ``phone`` of ``channel=phone``; else None."""
        return None if self.series is None else self.series.partition("=")[2] or self.series

    def share_of(self, label: str) -> float:
        """Return the share of a label's tickets that come this way; none where the channel has a series."""
        return 0.0 if self.series is not None else self.shares.get(label, self.share)
