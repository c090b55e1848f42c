"""Hours as the clock on the wall counts them, so that eight in the morning stays eight all year.

Where the clocks go forward an hour is missing, and nothing is counted in it; where they go back an hour comes
twice, and what comes in either counts half, so that it is as long as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from triage.zone import find_zone

__all__ = ["WallClock"]

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class WallClock:
    """Hours of a zone's wall clock, counted from a first one.

    Parameters
    ----------
    first : datetime
        Without a zone: the hour on the wall that has the number 0.
    zone : ZoneInfo
    """

    first: datetime
    zone: ZoneInfo

    @classmethod
    def since(cls, moment: datetime, zone: str) -> WallClock:
        """Return the clock that begins with the hour of a moment (with a zone)."""
        known = find_zone(zone)
        local = moment.astimezone(known).replace(tzinfo=None)
        return cls(local.replace(minute=0, second=0, microsecond=0, fold=0), known)

    def hour(self, moment: datetime) -> int:
        """Return the number of the hour that a moment lies in."""
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        return int((local - self.first) // HOUR)

    def place(self, moment: datetime) -> tuple[int, float]:
        """Return the number of a moment's hour, and what a thing in it counts: half where it comes twice."""
        local = moment.astimezone(self.zone)
        # The same time on the wall, taken once as the earlier and once as the later of two.
        comes_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return self.hour(moment), 0.5 if comes_twice else 1.0

    def instant(self, hour: int) -> datetime:
        """Return when an hour begins, in UTC; the first of two, and of none the one after."""
        return (self.first + hour * HOUR).replace(tzinfo=self.zone).astimezone(UTC)

    def weekdays(self, n: int) -> NDArray[np.intp]:
        """Return the weekday of the first ``n`` hours, Monday 0 to Sunday 6."""
        begin = self.first.weekday() * 24 + self.first.hour
        return np.asarray((begin + np.arange(n)) // 24 % 7, dtype=np.intp)
