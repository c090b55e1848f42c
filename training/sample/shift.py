"""When an agent is at work, and how long a piece of work takes in hours of presence.

A roster is a list of presences in UTC; daylight saving is settled while it is built. It assigns nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from triage.errors import InputError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHIFT = re.compile(r"^([A-Za-z, -]+?)\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$")


@dataclass(frozen=True)
class Shift:
    """Weekdays (Monday is 0) and minutes since midnight; an end at or before the start is on the next day."""

    weekdays: frozenset[int]
    start_minute: int
    end_minute: int


def parse_shift(text: str) -> Shift:
    """Read a shift such as ``Mon-Fri 08:00-16:30``, ``Tue,Thu 12:00-20:00`` or ``Fri-Mon 22:00-06:00``.

    Raises
    ------
    InputError
        For anything else.
    """
    match = _SHIFT.match(text.strip())
    if match:
        start, end = (int(match.group(i)) * 60 + int(match.group(i + 1)) for i in (2, 4))
        weekdays = _weekdays(match.group(1))
        if weekdays and start < 24 * 60 and end <= 24 * 60:
            return Shift(frozenset(weekdays), start, end)
    raise InputError(f"Got the shift '{text}'; expected days and times such as 'Mon-Fri 08:00-16:30'.")


def _weekdays(text: str) -> set[int]:
    days: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if first not in _DAYS or (dash and last not in _DAYS):
            return set()
        day, end = _DAYS.index(first), _DAYS.index(last or first)
        days.add(day)
        while day != end:
            day = (day + 1) % 7
            days.add(day)
    return days


class Roster:
    """The presences of one agent over a span.

    Parameters
    ----------
    shift : Shift
    zone : ZoneInfo
        The zone in which the shift's times are meant.
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
        worked, day = 0, first
        length = shift.end_minute - shift.start_minute
        length += 24 * 60 if length <= 0 else 0
        while day <= last:
            if day.weekday() in shift.weekdays and day not in days_off:
                midnight = datetime(day.year, day.month, day.day)
                start, end = (
                    int(
                        (midnight + timedelta(minutes=minute))
                        .replace(tzinfo=zone)
                        .astimezone(UTC)
                        .timestamp()
                    )
                    for minute in (shift.start_minute, shift.start_minute + length)
                )
                self._starts.append(start)
                self._ends.append(end)
                self._worked.append(worked)
                worked += end - start
            day += timedelta(days=1)

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
