"""Public holidays for calendars of business time, from the holidays library; the heart only knows dates."""

from dataclasses import replace
from datetime import date

import numpy as np

from features.calendar import day_range, holiday_days
from triage.sla.book import SlaBook
from triage.sla.calendar import BusinessCalendar

__all__ = ["public_holidays", "with_public_holidays"]

YEARS_AHEAD = 2
"""Holidays are written down to the end of the year after next: no target reaches further."""


def public_holidays(country: str, first: date, last: date) -> frozenset[date]:
    """Return the public holidays of a country between two days, both included.

    Parameters
    ----------
    country : str
        ISO 3166 code, with a subdivision where wanted: ``US``, ``DE-BY``.
    first, last : date
        The days.

    Raises
    ------
    InputError
        When the ``holidays`` library is not installed or does not know the country.
    """
    days = day_range(np.datetime64(first), np.datetime64(last))
    return frozenset(days[holiday_days(country, days)].tolist())


def with_public_holidays(book: SlaBook, today: date) -> SlaBook:
    """Return a book whose calendars with a country know its holidays from last year on.

    Days that an admin wrote down stay; so do those of earlier years, by which past tickets are judged.
    """
    first, last = date(today.year - 1, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    calendars: dict[str, BusinessCalendar] = {}
    for name, one in book.calendars.items():
        known = public_holidays(one.country, first, last) if one.country else frozenset()
        calendars[name] = replace(one, holidays=one.holidays | known)
    return replace(book, calendars=calendars)
