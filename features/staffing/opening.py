"""When a team is open, interval by interval, and when work that arrives then is due."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from features.business_time import public_holidays
from triage.sla.calendar import BusinessCalendar
from triage.staffing.channel import DayDeadline
from triage.zone import find_zone

__all__ = ["Opening", "overlap_hours", "with_holidays"]

Array = NDArray[np.float64]


def with_holidays(calendar: BusinessCalendar, first: datetime, last: datetime) -> BusinessCalendar:
    """Return a calendar that knows the public holidays of its country around a span of time."""
    if calendar.country is None:
        return calendar
    edge = timedelta(days=40)
    known = public_holidays(calendar.country, (first - edge).date(), (last + edge).date())
    return replace(calendar, holidays=calendar.holidays | known)


def overlap_hours(
    spans: list[tuple[datetime, datetime]], starts: tuple[datetime, ...], ends: tuple[datetime, ...]
) -> Array:
    """Return how many hours of some spans lie in each interval; spans may overlap and then count twice.

    Parameters
    ----------
    spans : list of (datetime, datetime)
    starts, ends : tuple of datetime
        Consecutive intervals.
    """
    edges = np.array([one.timestamp() for one in (*starts, ends[-1])])
    begin = np.array([one[0].timestamp() for one in spans])[:, None]
    end = np.array([one[1].timestamp() for one in spans])[:, None]
    if not len(spans):
        return np.zeros(len(starts))
    covered = np.clip(edges[None, :], begin, np.maximum(begin, end)) - begin
    return np.asarray(np.diff(covered.sum(axis=0)) / 3_600.0)


@dataclass(frozen=True, slots=True)
class Opening:
    """A team's open hours over a plan's intervals.

    Parameters
    ----------
    calendar : BusinessCalendar
        With its holidays.
    starts, ends : tuple of datetime
        Of all intervals.
    hours : array, shape (n,)
        Open hours in each.
    """

    calendar: BusinessCalendar
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    hours: Array

    @classmethod
    def of(
        cls, calendar: BusinessCalendar, starts: tuple[datetime, ...], ends: tuple[datetime, ...]
    ) -> "Opening":
        """Look when a team is open, public holidays of its country left out."""
        known = with_holidays(calendar, starts[0], ends[-1])
        spans = list(known.open_spans(starts[0], ends[-1]))
        return cls(known, starts, ends, overlap_hours(spans, starts, ends))

    @property
    def places(self) -> NDArray[np.intp]:
        """The intervals in which the team is open at all."""
        return np.flatnonzero(self.hours > 1e-9)

    @property
    def day_begins(self) -> NDArray[np.intp]:
        """Places, among the open intervals, at which a local day begins."""
        days = self._days(self.places)
        return np.flatnonzero(np.diff(days, prepend=days[:1] - 1))

    def due(self, deadline: timedelta | DayDeadline) -> NDArray[np.intp]:
        """Return for each open interval the open interval by whose end its work is due.

        Parameters
        ----------
        deadline : timedelta or DayDeadline
            A span of business time counts from the end of the interval: planning by the day takes 0 h and
            ``same day`` for the same, and hours matter only with shorter intervals.

        Returns
        -------
        array of int, shape (open intervals,)
            Places among the open intervals; as many as there are for "after the last".
        """
        places = self.places
        if isinstance(deadline, DayDeadline):
            return self._by_day(places, 0 if deadline is DayDeadline.SAME_DAY else 1)
        begins = np.array([self.starts[i].timestamp() for i in places])
        edge = self.ends[-1]
        found = []
        for k, i in enumerate(places):
            moment = self.calendar.add(self.ends[i], deadline)
            last = int(np.searchsorted(begins, moment.timestamp(), side="left")) - 1
            found.append(len(places) if moment > edge else max(k, last))
        return np.array(found, dtype=np.intp)

    def due_of_age(self, deadline: timedelta | DayDeadline, age: timedelta) -> int:
        """Return the open interval in which work is due that is so old when the plan begins."""
        if isinstance(deadline, DayDeadline):
            # Work of the day before is due today; of a "next day" too, unless it is fresh.
            days = self._by_day(self.places, 0)
            is_fresh = deadline is DayDeadline.NEXT_DAY and age == timedelta(0)
            return int(self._by_day(self.places, 1)[0] if is_fresh else days[0])
        left = max(timedelta(0), deadline - age)
        moment = self.calendar.add(self.starts[0], left)
        begins = np.array([self.starts[i].timestamp() for i in self.places])
        return max(0, int(np.searchsorted(begins, moment.timestamp(), side="left")) - 1)

    def _by_day(self, places: NDArray[np.intp], later: int) -> NDArray[np.intp]:
        days = self._days(places)
        each, last = np.unique(days[::-1], return_index=True)
        last = len(days) - 1 - last
        at = np.searchsorted(each, days) + later
        return np.where(at < len(each), last[np.minimum(at, len(each) - 1)], len(places)).astype(np.intp)

    def _days(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        zone = find_zone(self.calendar.zone)
        return np.array([self.starts[i].astimezone(zone).toordinal() for i in places], dtype=np.intp)

    def age_hours(self, arrived: NDArray[np.intp]) -> Array:
        """Return the business hours between the start of intervals of arrival and the end of each interval.

        Parameters
        ----------
        arrived : array of int, shape (paths, n)
            For each interval, in which one something arrived.
        """
        before = np.concatenate([[0.0], np.cumsum(self.hours)])
        return np.asarray(before[1:] - before[arrived])
