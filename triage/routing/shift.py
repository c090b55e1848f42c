"""When an agent works: weekly hours in a time zone, read from one line of text.

``Mon-Fri 09:00-17:30 Europe/Berlin; Sat 10:00-14:00``: parts between semicolons, each with days, hours and,
where it differs, a zone. An end at or before its start lies on the next day. Knows no holidays but those
handed in and no absences.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from triage.errors import InputError
from triage.zone import find_zone

__all__ = ["ALWAYS", "LOOKED_AHEAD", "Hours", "Shift", "parse_shift"]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"([A-Za-z, -]+?)\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})(?:\s+(\S+))?")
_ALWAYS_WRITTEN = ("24/7", "always")
_DAY_MINUTES = 24 * 60
LOOKED_AHEAD = timedelta(days=14)
"""How far ahead the end of work and its next beginning are looked for."""
_LOOKS = (timedelta(days=2), LOOKED_AHEAD)
"""Mostly both are near, and a long look costs seven times as much."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The same hours on some days of the week.

    Parameters
    ----------
    weekdays : frozenset of int
        Days on which they begin; Monday is 0.
    start_minute : int
        Minutes after midnight, 0 to 1439, on the wall clock.
    end_minute : int
        Minutes after the same midnight, later than the start; above 1440 on the next day.
    zone : str or None, default=None
        IANA zone of the clock; None: the one that is handed in.
    """

    weekdays: frozenset[int]
    start_minute: int
    end_minute: int
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """All hours of a week; of an agent without a written shift see :data:`ALWAYS`."""

    hours: tuple[Hours, ...]

    @property
    def weekdays(self) -> frozenset[int]:
        """The days on which hours begin; Monday is 0."""
        return frozenset(day for one in self.hours for day in one.weekdays)

    def presences(
        self, since: datetime, until: datetime, zone: str, holidays: Collection[date] = ()
    ) -> Iterator[tuple[datetime, datetime]]:
        """Iterate over the spans of work that touch a span of time, in order, in UTC.

        Spans that touch or overlap come as one. Where clocks jump, hours follow the wall clock: a night
        shift over the spring change is an hour shorter.

        Parameters
        ----------
        since, until : datetime
            With a zone; spans are not cut at them.
        zone : str
            IANA zone of the hours that name none.
        holidays : collection of date
            Local days on which no hours begin.
        """
        found: list[tuple[datetime, datetime]] = []
        for one in self.hours:
            clock = find_zone(one.zone or zone)
            # Hours reach into the next day, so the day before may matter too.
            day = since.astimezone(clock).date() - timedelta(days=1)
            last = until.astimezone(clock).date()
            while day <= last:
                if day.weekday() in one.weekdays and day not in holidays:
                    span = (_moment(day, one.start_minute, clock), _moment(day, one.end_minute, clock))
                    if span[0] < until and span[1] > since and span[0] < span[1]:
                        found.append(span)
                day += timedelta(days=1)
        yield from _joined(sorted(found))

    def end_of_work(self, moment: datetime, zone: str, holidays: Collection[date] = ()) -> datetime | None:
        """Return when the work that goes on at a moment ends, None when nobody works then.

        Looks two weeks ahead: work that goes on for longer ends there.
        """
        for ahead in _LOOKS:
            limit = moment + ahead
            spans = self.presences(moment, limit, zone, holidays)
            end = next((end for start, end in spans if start <= moment < end), None)
            if end is None or end < limit:
                return end
        return limit

    def next_start(self, moment: datetime, zone: str, holidays: Collection[date] = ()) -> datetime | None:
        """Return when work begins next after a moment, None when it does not within two weeks."""
        for ahead in _LOOKS:
            spans = self.presences(moment, moment + ahead, zone, holidays)
            begin = next((start for start, _ in spans if start > moment), None)
            if begin is not None:
                return begin
        return None


ALWAYS = Shift((Hours(frozenset(range(7)), 0, _DAY_MINUTES),))
"""Every hour of every day: what ``24/7`` means, and an agent of whom no shift is known."""


def parse_shift(text: str) -> Shift:
    """Read a shift.

    Parameters
    ----------
    text : str
        ``Mon-Fri 08:00-16:30``, ``Tue,Thu 12:00-20:00 Europe/Berlin; Sat 10:00-14:00``,
        ``Fri-Mon 22:00-06:00`` or ``24/7``. A zone holds for the parts after it, too.

    Raises
    ------
    InputError
        For anything else, or for a zone that does not exist.
    """
    if text.strip().lower() in _ALWAYS_WRITTEN:
        return ALWAYS
    hours: list[Hours] = []
    zone: str | None = None
    for part in text.split(";"):
        if not part.strip():
            continue
        match = _PART.fullmatch(part.strip())
        weekdays = _weekdays(match.group(1)) if match else frozenset()
        if match is None or not weekdays:
            raise _wrong(text)
        start, end = (
            _minutes(match.group(hour), match.group(minute), text) for hour, minute in ((2, 3), (4, 5))
        )
        zone = match.group(6) or zone
        if zone is not None:
            find_zone(zone)
        if start == _DAY_MINUTES:
            raise _wrong(text)
        hours.append(Hours(weekdays, start, end if end > start else end + _DAY_MINUTES, zone))
    if not hours:
        raise _wrong(text)
    return Shift(tuple(hours))


def _minutes(hour: str, minute: str, text: str) -> int:
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > _DAY_MINUTES:
        raise _wrong(text)
    return total


def _weekdays(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if first not in _DAYS or (dash and last not in _DAYS):
            return frozenset()
        day, end = _DAYS.index(first), _DAYS.index(last or first)
        days.add(day)
        while day != end:
            day = (day + 1) % 7
            days.add(day)
    return frozenset(days)


def _moment(day: date, minute: int, clock: ZoneInfo) -> datetime:
    naive = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    return naive.replace(tzinfo=clock).astimezone(UTC)


def _joined(spans: list[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    pending: tuple[datetime, datetime] | None = None
    for start, end in spans:
        if pending is None:
            pending = (start, end)
        elif start <= pending[1]:
            pending = (pending[0], max(pending[1], end))
        else:
            yield pending
            pending = (start, end)
    if pending is not None:
        yield pending


def _wrong(text: str) -> InputError:
    return InputError(
        f"Got the shift {text!r}; expected days and times such as 'Mon-Fri 08:00-16:30', with a zone where "
        "needed ('Europe/Berlin'), several parts between semicolons, or '24/7'."
    )
