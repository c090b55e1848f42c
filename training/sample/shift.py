"""How long a piece of work takes in hours of presence: the presences of one agent over a span.

Shifts are read by :mod:`triage.routing.shift`; daylight saving is settled while a roster is built. It
assigns nothing.
"""

from bisect import bisect_right
from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from triage.routing.shift import Shift


class Roster:
    """The presences of one agent over a span.

    Parameters
    ----------
    shift : Shift
    zone : ZoneInfo
        The zone in which times are meant where the shift names none.
    first, last : date
        The days covered, both included.
    days_off : collection of date
        Days on which no shift begins (holidays and absences).
    """

    def __init__(
        self, shift: Shift, zone: ZoneInfo, first: date, last: date, days_off: Collection[date]
    ) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._worked: list[int] = []
        worked = 0
        since = datetime(first.year, first.month, first.day, tzinfo=zone)
        until = datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1)
        for begin, finish in shift.presences(since, until, zone.key, days_off):
            start, end = int(begin.timestamp()), int(finish.timestamp())
            if start < since.timestamp():
                continue
            self._starts.append(start)
            self._ends.append(end)
            self._worked.append(worked)
            worked += end - start

    def is_present(self, at: int) -> bool:
        """Say whether the agent is at work at a UTC time in epoch seconds."""
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and at < self._ends[index]

    def advance(self, at: int, work_s: float) -> int | None:
        """Return when ``work_s`` seconds of presence have passed since ``at``, ``None`` past the end.

        A result is always a moment of presence: with ``work_s=0`` it is ``at`` itself or the start of
        the next shift.
        """
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            done = 0.0
        else:
            done = self._worked[index] + min(at, self._ends[index]) - self._starts[index]
        target = done + max(work_s, 0.0)
        index = bisect_right(self._worked, target) - 1
        if index < 0:
            return None
        moment = int(self._starts[index] + target - self._worked[index])
        return moment if moment < self._ends[index] else None
