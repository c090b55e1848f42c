"""Business time: when promises of time run, and when they stand still. Knows nothing of tickets.

Hours follow the wall clock of their zone, what is counted is real time: eight business hours from 22:00 on
the eve of a change of clocks end an hour earlier or later on the clock, never sooner or later in truth.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from triage.errors import ConfigurationError, InputError
from triage.routing.shift import Shift, parse_shift
from triage.zone import find_zone

__all__ = ["BusinessCalendar"]

WINDOW = timedelta(days=14)


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
        left = span
        if left <= timedelta(0):
            return moment.astimezone(UTC)
        for start, end in self._spans(moment, None):
            if left <= end - start:
                return start + left
            left -= end - start
        raise AssertionError("Hours come round every week.")  # pragma: no cover

    def between(self, since: datetime, until: datetime) -> timedelta:
        """Return how much business time lies between two moments; none where the second is not later."""
        return sum((end - start for start, end in self._spans(since, until)), timedelta(0))

    def open_spans(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Iterate over the open spans between two moments (with a zone), cut at them, in UTC."""
        return self._spans(since, until)

    def is_open(self, moment: datetime) -> bool:
        """Tell whether business time runs at a moment."""
        return bool(self.between(moment, moment + timedelta(microseconds=1)))

    def _spans(self, since: datetime, until: datetime | None) -> Iterator[tuple[datetime, datetime]]:
        """Iterate over the open spans between two moments, cut at them; for ever where there is no end."""
        at = since.astimezone(UTC)
        while until is None or at < until:
            edge = at + WINDOW if until is None else min(at + WINDOW, until.astimezone(UTC))
            for start, end in self._shift.presences(at, edge, self.zone, self.holidays):
                yield max(start, at), min(end, edge)
            at = edge
