from datetime import timedelta

import numpy as np

from features.staffing.opening import Opening
from tests.features.staffing.making import MONDAY
from triage.sla.calendar import BusinessCalendar
from triage.staffing.channel import DayDeadline


def opening(hours: str, n: int, step: timedelta, **more: str) -> Opening:
    starts = tuple(MONDAY + i * step for i in range(n))
    return Opening.of(BusinessCalendar("x", hours, **more), starts, (*starts[1:], MONDAY + n * step))


def test_open_hours_are_counted_in_the_teams_zone_and_half_hours_as_half():
    found = opening("Mon-Fri 08:30-12:00", 24, timedelta(hours=1), zone="Europe/Berlin")
    assert found.hours[7] == 0.5 and found.hours[8:11].tolist() == [1, 1, 1] and found.hours.sum() == 3.5


def test_public_holidays_are_closed():
    days = opening("Mon-Fri 09:00-17:00", 35, timedelta(days=1), country="DE")
    good_friday = (MONDAY + timedelta(days=32)).date()
    assert good_friday.isoformat() == "2026-04-03" and days.hours[32] == 0 and days.hours[31] == 8


def test_deadlines_fall_into_open_intervals_and_days():
    found = opening("Mon-Fri 09:00-12:00", 72, timedelta(hours=1))
    assert found.places.tolist() == [9, 10, 11, 33, 34, 35, 57, 58, 59]
    assert found.due(timedelta(hours=2)).tolist() == [2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert found.due(timedelta(0)).tolist() == list(range(9))
    assert found.due(DayDeadline.SAME_DAY).tolist() == [2, 2, 2, 5, 5, 5, 8, 8, 8]
    assert found.due(DayDeadline.NEXT_DAY).tolist() == [5, 5, 5, 8, 8, 8, 9, 9, 9]
    assert found.day_begins.tolist() == [0, 3, 6]


def test_old_work_is_due_sooner():
    found = opening("Mon-Fri 09:00-12:00", 72, timedelta(hours=1))
    assert [found.due_of_age(timedelta(hours=4), timedelta(hours=age)) for age in (0, 2, 9)] == [3, 1, 0]
    assert found.due_of_age(DayDeadline.SAME_DAY, timedelta(0)) == 2
    assert found.due_of_age(DayDeadline.NEXT_DAY, timedelta(0)) == 5
    assert found.due_of_age(DayDeadline.NEXT_DAY, timedelta(hours=3)) == 2


def test_ages_are_business_hours():
    found = opening("Mon-Fri 09:00-12:00", 72, timedelta(hours=1))
    since = np.zeros((1, 72), dtype=int)
    assert found.age_hours(since)[0, [8, 9, 30, 35]].tolist() == [0, 1, 3, 6]
