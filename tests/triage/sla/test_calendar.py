from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import ConfigurationError
from triage.sla.calendar import BusinessCalendar

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessCalendar("office", "Mon-Fri 09:00-17:00", "Europe/Berlin")
CALENDARS = [
    OFFICE,
    BusinessCalendar("always"),
    BusinessCalendar("night", "Mon-Fri 22:00-06:00", "America/New_York"),
    BusinessCalendar("split", "Mon-Thu 08:00-12:00; Mon-Thu 13:00-17:30; Fri 08:00-14:00", "Asia/Kolkata"),
]
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda one: one.replace(tzinfo=UTC))


def at(*parts):
    return datetime(*parts, tzinfo=BERLIN)


def test_a_weekend_does_not_count():
    assert OFFICE.add(at(2026, 3, 6, 16), timedelta(hours=2)) == at(2026, 3, 9, 10)


def test_time_that_begins_outside_of_hours_counts_from_their_start():
    assert OFFICE.add(at(2026, 3, 7, 3), timedelta(minutes=30)) == at(2026, 3, 9, 9, 30)


def test_a_span_that_fits_ends_with_the_day():
    assert OFFICE.add(at(2026, 3, 6, 9), timedelta(hours=8)) == at(2026, 3, 6, 17)


def test_a_holiday_does_not_count():
    office = BusinessCalendar("office", "Mon-Fri 09:00-17:00", "Europe/Berlin", frozenset({date(2026, 3, 9)}))
    assert office.add(at(2026, 3, 6, 16), timedelta(hours=2)) == at(2026, 3, 10, 10)
    assert not office.is_open(at(2026, 3, 9, 12))


def test_hours_follow_the_wall_clock_over_a_change_of_clocks():
    # Clocks go forward on 29 March 2026: office hours stay at nine.
    assert OFFICE.add(at(2026, 3, 27, 16), timedelta(hours=2)) == at(2026, 3, 30, 10)


def test_round_the_clock_counts_real_hours_over_a_change_of_clocks():
    always = BusinessCalendar("always", zone="Europe/Berlin")
    assert always.add(at(2026, 3, 28, 12), timedelta(hours=24)) == at(2026, 3, 29, 13)
    assert always.between(at(2026, 10, 24, 12), at(2026, 10, 25, 12)) == timedelta(hours=25)


@given(st.sampled_from(CALENDARS), MOMENTS, st.integers(1, 200_000))
def test_what_is_added_lies_between(calendar, moment, seconds):
    span = timedelta(seconds=seconds)
    assert calendar.between(moment, calendar.add(moment, span)) == span


@given(st.sampled_from(CALENDARS), MOMENTS, st.integers(0, 200_000), st.integers(0, 200_000))
def test_adding_twice_is_adding_the_sum(calendar, moment, first, second):
    twice = calendar.add(calendar.add(moment, timedelta(seconds=first)), timedelta(seconds=second))
    once = calendar.add(moment, timedelta(seconds=first + second))
    # Two moments without business time between them are the same to a clock.
    assert calendar.between(min(once, twice), max(once, twice)) == timedelta(0)


def test_hours_that_cannot_be_read_name_the_calendar():
    with pytest.raises(ConfigurationError, match=r"calendar 'office'.*Mon-Fri nine"):
        BusinessCalendar("office", "Mon-Fri nine to five")
    with pytest.raises(ConfigurationError, match="Mars"):
        BusinessCalendar("office", zone="Mars/Base")
