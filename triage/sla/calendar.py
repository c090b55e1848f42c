"""Business time: when promises of time run, and when they stand still. Knows nothing of tickets.

Hours follow the wall clock of their zone, what is counted is real time: eight business hours from 22:00 on
the eve of a change of clocks end an hour earlier or later on the clock, never sooner or later in truth.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from triage.errors import ConfigurationError, InputError
from triage.routing.shift import Shift, parse_shift
from triage.zone import find_zone

__all__ = ["BusinessCalendar"]

PAGE = timedelta(days=28)
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Page:
    """Four weeks: when hours start, and how much business time there was by each start; then all of it."""

    starts: tuple[datetime, ...]
    before: tuple[timedelta, ...]
    total: timedelta

    def by(self, moment: datetime) -> timedelta:
        """Return the business time on this page by a moment."""
        at = bisect_right(self.starts, moment) - 1
        if at < 0:
            return NONE
        until = self.before[at + 1] if at + 1 < len(self.before) else self.total
        return min(self.before[at] + (moment - self.starts[at]), until)

    def when(self, spent: timedelta) -> datetime:
        """Return when so much business time, more than none, has passed on this page."""
        at = bisect_left(self.before, spent) - 1
        return self.starts[at] + (spent - self.before[at])


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Weekly hours in a zone, without holidays.

    Parameters
    ----------
    name : str
        What policies call it.
    hours : str, default="24/7"
        As shifts are written: ``Mon-Fri 09:00-17:30; Sat 10:00-14:00``.
    zone : str, default="UTC"
        IANA zone of the hours that name none, and in which holidays are days.
    holidays : frozenset of date
        Local days on which no hours begin.
    country : str or None, default=None
        Whose public holidays ``holidays`` holds, for whoever brings them up to date.

    Raises
    ------
    ConfigurationError
        If hours or zone cannot be read.

    Examples
    --------
    >>> office = BusinessCalendar("office", "Mon-Fri 09:00-17:00")
    >>> office.add(datetime(2026, 3, 6, 16, tzinfo=UTC), timedelta(hours=2)).isoformat()
    '2026-03-09T10:00:00+00:00'
    """

    name: str
    hours: str = "24/7"
    zone: str = "UTC"
    holidays: frozenset[date] = frozenset()
    country: str | None = None
    _shift: Shift = field(init=False, repr=False, compare=False)
    _pages: dict[int, _Page] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            find_zone(self.zone)
            shift = parse_shift(self.hours)
        except InputError as error:
            raise ConfigurationError(f"In the calendar {self.name!r}: {error}") from None
        object.__setattr__(self, "_shift", shift)

    def add(self, moment: datetime, span: timedelta) -> datetime:
        """Return when so much business time has passed since a moment, in UTC.

        Parameters
        ----------
        moment : datetime
            With a zone.
        span : timedelta
            Zero gives the moment itself, be it open or not.
        """
        if span <= NONE:
            return moment.astimezone(UTC)
        number = self._number(moment)
        left = span + self._page(number).by(moment.astimezone(UTC))
        while left > (total := self._page(number).total):
            left -= total
            number += 1
        return self._page(number).when(left)

    def between(self, since: datetime, until: datetime) -> timedelta:
        """Return how much business time lies between two moments; none where the second is not later."""
        if until <= since:
            return NONE
        first, last = self._number(since), self._number(until)
        whole = sum((self._page(number).total for number in range(first, last)), NONE)
        return (
            whole + self._page(last).by(until.astimezone(UTC)) - self._page(first).by(since.astimezone(UTC))
        )

    def open_spans(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Iterate over the open spans between two moments (with a zone), cut at them, in UTC."""
        for start, end in self._shift.presences(since, until, self.zone, self.holidays):
            first, last = max(start, since).astimezone(UTC), min(end, until).astimezone(UTC)
            if first < last:
                yield first, last

    def is_open(self, moment: datetime) -> bool:
        """Tell whether business time runs at a moment."""
        return bool(self.between(moment, moment + timedelta(microseconds=1)))

    def _number(self, moment: datetime) -> int:
        return (moment - FIRST) // PAGE

    def _page(self, number: int) -> _Page:
        """Return four weeks, read from the hours once: a list of what is due looks at the same ones often."""
        kept = self._pages.get(number)
        if kept is None:
            start, end = FIRST + number * PAGE, FIRST + (number + 1) * PAGE
            spans = [
                (max(since, start), min(until, end))
                for since, until in self._shift.presences(start, end, self.zone, self.holidays)
            ]
            before = [NONE]
            for since, until in spans:
                before.append(before[-1] + (until - since))
            kept = _Page(tuple(since for since, _ in spans), tuple(before[:-1]), before[-1])
            self._pages[number] = kept
        return kept
