from datetime import UTC, datetime, timedelta

import pytest

from features.wall_clock import WallClock

ZONE = "Europe/London"
HOUR = timedelta(hours=1)


def test_eight_in_the_morning_stays_eight_when_the_clocks_change():
    friday = datetime(2026, 3, 27, 8, 20, tzinfo=UTC)  # eight on the wall, in winter
    monday = datetime(2026, 3, 30, 7, 40, tzinfo=UTC)  # eight on the wall, in summer
    clock = WallClock.since(friday, ZONE)
    assert clock.hour(friday) == 0 and clock.hour(monday) == 72
    assert clock.instant(72) == datetime(2026, 3, 30, 7, tzinfo=UTC)


def test_an_hour_that_comes_twice_counts_half_and_one_that_is_missing_has_nothing():
    clock = WallClock.since(datetime(2026, 10, 24, 23, tzinfo=UTC), ZONE)  # midnight on the wall
    places = [clock.place(datetime(2026, 10, 24, 23, 30, tzinfo=UTC) + n * HOUR) for n in range(4)]
    assert places == [(0, 1.0), (1, 0.5), (1, 0.5), (2, 1.0)]
    spring = WallClock.since(datetime(2026, 3, 29, 0, tzinfo=UTC), ZONE)
    hours = [spring.hour(datetime(2026, 3, 29, 0, 30, tzinfo=UTC) + n * HOUR) for n in range(3)]
    assert hours == [0, 2, 3]


@pytest.mark.parametrize(
    "moment", [datetime(2026, 3, 1, 5, tzinfo=UTC), datetime(2026, 7, 5, 22, 59, tzinfo=UTC)]
)
def test_hours_begin_where_they_lie_and_weekdays_are_those_of_the_zone(moment: datetime):
    clock = WallClock.since(moment, "Asia/Kolkata")  # half an hour off the others
    for n in (0, 5, 200):
        begin = clock.instant(n)
        assert clock.hour(begin) == n and clock.hour(begin + timedelta(minutes=59)) == n
    days = clock.weekdays(200)
    assert all(days[n] == clock.instant(n).astimezone(clock.zone).weekday() for n in range(200))
