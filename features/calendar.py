"""Time becomes numbers here, and nowhere else.

Days and shorter intervals are cut in the workspace's zone: a local day runs from one local midnight to the
next, so it has 23 or 25 hours when the clocks change, and hours are real hours counted from that midnight.
The same file says what a forecaster may know about a day in advance: weekday, public holidays, the days
beside them, the turn of the year, the season.

Instants are numpy ``datetime64[s]`` in UTC; local days are ``datetime64[D]`` without a zone. Nothing here
knows of tickets or of models, and pandas is not needed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from triage.errors import InputError
from triage.routing.policy import RoutingPolicy
from triage.zone import find_zone

INTERVAL_SECONDS = {"day": 86_400, "hour": 3_600, "30min": 1_800}
"""The intervals that volume is counted in, with their usual length in seconds."""

Days = NDArray[np.datetime64]
Instants = NDArray[np.datetime64]


def interval_seconds(interval: str) -> int:
    """Return the usual length of ``interval`` in seconds.

    Raises
    ------
    InputError
        When ``interval`` is none of ``day``, ``hour``, ``30min``.
    """
    if interval not in INTERVAL_SECONDS:
        raise InputError(
            f"Got interval {interval!r}; expected one of {', '.join(INTERVAL_SECONDS)}; choose one of them."
        )
    return INTERVAL_SECONDS[interval]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # Where clocks jump over midnight, fold=0 lands on the first instant of the day that exists.
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def day_starts(days: Days, zone: str) -> Instants:
    """Return the instant at which each local day begins.

    Parameters
    ----------
    days : array of datetime64[D], shape (n,)
    zone : str
        IANA name.

    Returns
    -------
    array of datetime64[s], shape (n,), UTC
    """
    tz = find_zone(zone)
    stamps = [int(_midnight(day, tz).timestamp()) for day in days.astype("datetime64[D]").tolist()]
    return np.array(stamps, dtype="datetime64[s]")


def day_range(first: np.datetime64, last: np.datetime64) -> Days:
    """Return every day from ``first`` to ``last``, both included."""
    step = np.timedelta64(1, "D")
    return np.arange(first.astype("datetime64[D]"), last.astype("datetime64[D]") + step, step)


def local_days(instants: Instants, zone: str) -> Days:
    """Return the local day that each instant falls on.

    Parameters
    ----------
    instants : array of datetime64, shape (n,), UTC
    zone : str
        IANA name.
    """
    if len(instants) == 0:
        return np.array([], dtype="datetime64[D]")
    # A zone is never more than a day away from UTC, so this range holds every midnight that is needed.
    margin = np.timedelta64(2, "D")
    days = day_range(
        instants.min().astype("datetime64[D]") - margin, instants.max().astype("datetime64[D]") + margin
    )
    starts = day_starts(days, zone)
    return days[np.searchsorted(starts, instants.astype("datetime64[s]"), side="right") - 1]


def interval_starts(
    days: Days, interval: str, zone: str
) -> tuple[Instants, NDArray[np.intp], NDArray[np.intp]]:
    """Cut consecutive local days into intervals.

    Parameters
    ----------
    days : array of datetime64[D], shape (n_days,)
        Consecutive days.
    interval : {"day", "hour", "30min"}
    zone : str
        IANA name.

    Returns
    -------
    starts : array of datetime64[s], shape (n,), UTC
        Where each interval begins.
    day_index : array of int, shape (n,)
        Position in ``days`` of the day that the interval belongs to.
    slot : array of int, shape (n,)
        Place of the interval on that day's wall clock (hour 0-23, half hour 0-47; 0 for days). When the
        clocks go back two intervals share a slot; when they go forward a slot is missing.
    """
    seconds = interval_seconds(interval)
    bounds = day_starts(np.append(days, days[-1:] + np.timedelta64(1, "D")), zone)
    if interval == "day":
        n = np.arange(len(days))
        return bounds[:-1], n, np.zeros(len(days), dtype=np.intp)
    tz = find_zone(zone)
    stamps = bounds.astype("int64")
    starts, day_index, slots = [], [], []
    for i, (low, high) in enumerate(pairwise(stamps)):
        inside = np.arange(low, high, seconds)
        starts.append(inside)
        day_index.append(np.full(len(inside), i))
        if high - low == 86_400:
            slots.append(np.arange(len(inside)))
        else:
            clock = (datetime.fromtimestamp(int(stamp), tz) for stamp in inside)
            slots.append(np.array([(c.hour * 3600 + c.minute * 60) // seconds for c in clock]))
    return (
        np.concatenate(starts).astype("datetime64[s]"),
        np.concatenate(day_index).astype(np.intp),
        np.concatenate(slots).astype(np.intp),
    )


def weekdays(days: Days) -> NDArray[np.intp]:
    """Return the weekday of each day, Monday 0 to Sunday 6."""
    return ((days.astype("datetime64[D]").astype("int64") + 3) % 7).astype(np.intp)


def holiday_days(country: str, days: Days) -> NDArray[np.bool_]:
    """Say which days are public holidays.

    Parameters
    ----------
    country : str
        ISO 3166 code, with a subdivision where wanted: ``US``, ``DE-BY``.
    days : array of datetime64[D], shape (n,)

    Raises
    ------
    InputError
        When the ``holidays`` library is not installed or does not know the country.
    """
    try:
        import holidays
    except ImportError as error:
        raise InputError(
            f"Got country {country!r}, but the 'holidays' library is not installed; expected it for public "
            "holidays; install triage again: pip install triage."
        ) from error
    code, _, subdivision = country.upper().partition("-")
    plain = days.astype("datetime64[D]").tolist()
    try:
        known = holidays.country_holidays(
            code, subdiv=subdivision or None, years=sorted({day.year for day in plain})
        )
    except NotImplementedError as error:
        raise InputError(
            f"Got country {country!r}; expected a code that the holidays library knows, such as 'US' or "
            "'DE-BY'; leave the country out to forecast without holidays."
        ) from error
    return np.array([day in known for day in plain], dtype=bool)


def team_holidays(
    routing: RoutingPolicy, country: str | None, since: datetime, until: datetime
) -> dict[str | None, frozenset[date]]:
    """Return the public holidays of a span of time that hold in each team.

    Parameters
    ----------
    routing : RoutingPolicy
        Names the teams whose country is another than the workspace's.
    country : str or None
        The workspace's, as ISO 3166 code; None: no holidays there.
    since, until : datetime
        With a zone. A month more on both sides is looked at: shifts are looked ahead for.

    Returns
    -------
    dict of (str or None) to frozenset of date
        By team; under None those of all other teams.

    Raises
    ------
    InputError
        When a country is not known.
    """
    month = timedelta(days=30)
    near = day_range(np.datetime64((since - month).date()), np.datetime64((until + month).date()))
    countries: dict[str | None, str] = {} if country is None else {None: country}
    countries |= {team: one.country for team, one in routing.teams.items() if one.country is not None}
    return {team: frozenset(near[holiday_days(one, near)].tolist()) for team, one in countries.items()}


def day_matrix(days: Days, *, country: str | None = None, fourier_pairs: int = 0) -> NDArray[np.float64]:
    """Describe each day by what is known about it in advance.

    Columns: 1; six weekdays against Monday; public holiday, the day before, the day after (zero without a
    country); 23 December to 2 January; sine and cosine of the day of the year, ``fourier_pairs`` times.
    The choice of columns is measured in the project's forecasting reference, section 4 ("GLM").

    Parameters
    ----------
    days : array of datetime64[D], shape (n,)
    country : str, optional
        ISO 3166 code, see `holiday_days`.
    fourier_pairs : int, default 0

    Returns
    -------
    array of float, shape (n, 11 + 2 * fourier_pairs)
    """
    columns = [np.ones(len(days))]
    weekday = weekdays(days)
    columns += [(weekday == k).astype(float) for k in range(1, 7)]
    columns += _holiday_columns(days, country)
    months = days.astype("datetime64[M]")
    month = months.astype("int64") % 12 + 1
    day_of_month = (days - months.astype("datetime64[D]")).astype("int64") + 1
    turn = ((month == 12) & (day_of_month >= 23)) | ((month == 1) & (day_of_month <= 2))
    columns.append(turn.astype(float))
    day_of_year = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype("int64")
    angle = 2 * np.pi * day_of_year / 365.25
    for k in range(1, fourier_pairs + 1):
        columns += [np.sin(k * angle), np.cos(k * angle)]
    return np.column_stack(columns)


def _holiday_columns(days: Days, country: str | None) -> list[NDArray[np.float64]]:
    if country is None or len(days) == 0:
        return [np.zeros(len(days))] * 3
    one = np.timedelta64(1, "D")
    # One query over a range that is a day wider on both sides, so that the neighbours are known too.
    wide = day_range(days.min() - one, days.max() + one)
    is_holiday = holiday_days(country, wide)
    at = (days - wide[0]).astype("int64")
    holiday, tomorrow, yesterday = is_holiday[at], is_holiday[at + 1], is_holiday[at - 1]
    before = tomorrow & ~holiday
    after = yesterday & ~holiday
    return [column.astype(float) for column in (holiday, before, after)]


def hours_in_day(day: date, zone: str) -> float:
    """Return how many hours the local day has: 24, or 23 or 25 when the clocks change."""
    tz = find_zone(zone)
    return (_midnight(day + timedelta(days=1), tz) - _midnight(day, tz)) / timedelta(hours=1)
