"""Times as exports write them become moments with a zone; day and month are never guessed.

Understood without help: ISO 8601 and its looser cousins (a space for the T, ``+0000``, nine digits of
fraction, ``UTC``), seconds or milliseconds since 1970, and dates that name the month
(``30/Jul/18 23:33``, ``30/Oct/26 5:00 PM``, ``Jul 30, 2018``). Dates in numbers with the year last
are ambiguous: :class:`DateOrder` is decided over a whole column, or given.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Any

from triage.errors import ConfigurationError

__all__ = ["AmbiguousDateError", "DateOrder", "Evidence", "is_day", "parse_moment"]

FIRST_YEAR, LAST_YEAR = 1970, 2100


class DateOrder(StrEnum):
    """What comes first in ``03/04/2026``."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class AmbiguousDateError(ValueError):
    """Raised when a date in numbers was read without knowing which comes first, day or month."""


_TAIL = (
    r"(?:[ ,T]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
)
_NUMBERS = re.compile(
    r"^(?P<a>\d{1,2})(?P<sep>[/.\-])(?P<b>\d{1,2})(?P=sep)(?P<year>\d{4}|\d{2})" + _TAIL, re.I
)
_NAMED = re.compile(
    r"^(?P<day>\d{1,2})[/.\- ]+(?P<month>[^\W\d_]{3,10})\.?[/.\- ,]+(?P<year>\d{4}|\d{2})" + _TAIL, re.I
)
_MONTH_AHEAD = re.compile(
    r"^(?:[^\W\d_]+,\s*)?(?P<month>[^\W\d_]{3,10})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})" + _TAIL, re.I
)
_YEAR_AHEAD = re.compile(r"^(?P<year>\d{4})[/.\-](?P<month>\d{1,2})[/.\-](?P<day>\d{1,2})" + _TAIL, re.I)
_CLOCK = re.compile(r":|\dT\d", re.I)
_SINCE_1970 = re.compile(r"^\d{10}(?:\d{3})?(?:\.0+)?$")

# English, German, French, Spanish, Portuguese, Italian and Dutch months by how they begin.
_MONTHS: tuple[tuple[str, int], ...] = tuple(
    (name, number)
    for number, names in enumerate(
        (
            "jan ene gen",
            "feb fév fev",
            "mar mär maa mrz",
            "apr avr abr",
            "may mai mag mei",
            "jun juin giu",
            "jul juil lug",
            "aug août aou ago",
            "sep set",
            "oct okt oto out ott",
            "nov",
            "dec dez déc dic",
        ),
        start=1,
    )
    for name in names.split()
)


@dataclass(slots=True)
class Evidence:
    """What a column's dates in numbers say about their order.

    Parameters
    ----------
    day_first, month_first : int
        Dates that can only be read so, because the other number exceeds 12.
    either : int
        Dates that can be read both ways.
    dotted : int
        Of those, the ones with dots, which are written day first wherever dots are used.
    """

    day_first: int = 0
    month_first: int = 0
    either: int = 0
    dotted: int = 0

    def add(self, value: Any) -> None:
        """Count one value; whatever is not a date in numbers is passed over."""
        match = _NUMBERS.match(value.strip()) if isinstance(value, str) else None
        if match is None:
            return
        a, b = int(match["a"]), int(match["b"])
        if a > 12 >= b:
            self.day_first += 1
        elif b > 12 >= a:
            self.month_first += 1
        elif a != b and a <= 12:
            self.either += 1
            self.dotted += match["sep"] == "."

    @property
    def order(self) -> DateOrder | None:
        """The one order that all dates allow; None when both, or neither, is possible."""
        if self.day_first and not self.month_first:
            return DateOrder.DAY_FIRST
        if self.month_first and not self.day_first:
            return DateOrder.MONTH_FIRST
        if not self.day_first and not self.month_first and self.either == self.dotted:
            return DateOrder.DAY_FIRST
        return None

    @property
    def is_contradictory(self) -> bool:
        """True when some dates can only be day-first and others only month-first."""
        return bool(self.day_first and self.month_first)


def parse_moment(value: Any, order: DateOrder | None = None, pattern: str | None = None) -> datetime:
    """Read one time; the result has a zone only if the value has one.

    Parameters
    ----------
    value : str, datetime, date, int or float
        As it stands in the file.
    order : DateOrder or None, default=None
        How to read dates in numbers.
    pattern : str or None, default=None
        A ``strptime`` pattern, tried before everything else.

    Raises
    ------
    AmbiguousDateError
        If the order is needed and not given.
    ValueError
        If it is no time, or not in the years 1970 to 2100.

    Examples
    --------
    >>> parse_moment("30/Jul/18 23:33").isoformat()
    '2018-07-30T23:33:00'
    >>> parse_moment("6/21/2025 16:14", DateOrder.MONTH_FIRST).isoformat()
    '2025-06-21T16:14:00'
    """
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    else:
        moment = _parse_text(str(value).strip(), order, pattern)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"is not in the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment


def is_day(value: Any, moment: datetime) -> bool:
    """Tell whether a value names a day without a time; ``moment`` is what :func:`parse_moment` made of it.

    Examples
    --------
    >>> [is_day(text, parse_moment(text)) for text in ("2026-11-30", "30 Nov 2026", "2026-11-30 00:00")]
    [True, True, False]
    """
    if isinstance(value, date):
        return not isinstance(value, datetime)
    text = str(value).strip()
    has_clock = _CLOCK.search(text) or _SINCE_1970.match(text)
    return not has_clock and moment == datetime.combine(moment.date(), time(), moment.tzinfo)


def _parse_text(text: str, order: DateOrder | None, pattern: str | None) -> datetime:
    if pattern is not None:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            pass  # A column may hold ISO times beside the given pattern.
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if _SINCE_1970.match(text):
        seconds = int(text.partition(".")[0])
        return datetime.fromtimestamp(seconds / 1000 if seconds >= 10**12 else seconds, UTC)
    if match := _NUMBERS.match(text):
        a, b = int(match["a"]), int(match["b"])
        if order is None and a != b:
            raise AmbiguousDateError(text)
        day, month = (b, a) if order is DateOrder.MONTH_FIRST else (a, b)
        return _moment(match, month, day)
    if match := _YEAR_AHEAD.match(text):
        return _moment(match, int(match["month"]), int(match["day"]))
    if match := _NAMED.match(text) or _MONTH_AHEAD.match(text):
        name = match["month"].lower()
        for beginning, month in _MONTHS:
            if name.startswith(beginning):
                return _moment(match, month, int(match["day"]))
    raise ValueError("is not a time")


def _moment(match: re.Match[str], month: int, day: int) -> datetime:
    year = int(match["year"])
    if year < 100:
        year += 2000 if year < 70 else 1900
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("is not a time")
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    zone = None
    if mark := match["zone"]:
        if mark[0] in "+-":
            offset = timedelta(hours=int(mark[1:3]), minutes=int(mark[-2:]))
            zone = timezone(-offset if mark[0] == "-" else offset)
        else:
            zone = UTC
    return datetime(year, month, day, hour, int(match["minute"] or 0), int(match["second"] or 0), tzinfo=zone)


def date_format(given: str | None) -> tuple[dict[str, DateOrder], str | None]:
    """Return what a mapping says of dates: their order in every column (``*``), or a pattern.

    Raises
    ------
    ConfigurationError
        If it is neither.
    """
    if given is None:
        return {}, None
    if "%" in given:
        return {}, given
    try:
        return {"*": DateOrder(given)}, None
    except ValueError:
        raise ConfigurationError(
            f"Got date_format = {given!r}; expected day-first, month-first or a pattern such as "
            "%d.%m.%Y %H:%M."
        ) from None


def which_first(column: str, what: str) -> str:
    """Say that a column's dates cannot be read without being told what comes first, and how to tell it."""
    return (
        f"Got dates in {column} that {what}; they are not guessed. "
        'Say date_format = "day-first" or "month-first" in a mapping file, or a pattern such as '
        '"%d/%m/%Y %H:%M".'
    )
