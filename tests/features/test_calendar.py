from datetime import date

import numpy as np
import pytest

from features.calendar import (
    day_matrix,
    day_range,
    holiday_days,
    hours_in_day,
    interval_seconds,
    interval_starts,
    local_days,
    weekdays,
)
from triage.errors import InputError
from triage.zone import find_zone


def days(first, last):
    return day_range(np.datetime64(first), np.datetime64(last))


def test_a_day_has_23_or_25_hours_when_the_clocks_change():
    assert hours_in_day(date(2025, 3, 30), "Europe/Berlin") == 23
    assert hours_in_day(date(2025, 10, 26), "Europe/Berlin") == 25
    assert hours_in_day(date(2025, 6, 1), "Europe/Berlin") == 24


def test_a_23_hour_day_lacks_a_slot_and_a_25_hour_day_repeats_one():
    _, _, short = interval_starts(days("2025-03-30", "2025-03-30"), "hour", "Europe/Berlin")
    _, _, long = interval_starts(days("2025-10-26", "2025-10-26"), "hour", "Europe/Berlin")
    assert short.tolist() == [0, 1, *range(3, 24)]
    assert long.tolist() == [0, 1, 2, 2, *range(3, 24)]


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe"]
)
def test_intervals_of_any_zone_are_cut_without_gap_or_overlap(zone):
    for interval, seconds in (("hour", 3600), ("30min", 1800)):
        starts, day, _ = interval_starts(days("2018-10-01", "2019-04-30"), interval, zone)
        steps = np.diff(starts).astype(int)
        inside = np.diff(day) == 0
        assert (steps[inside] == seconds).all()
        assert (steps > 0).all() and (steps <= seconds).all()


def test_the_day_whose_midnight_was_skipped_begins_an_hour_late():
    starts, _, _ = interval_starts(days("2018-11-04", "2018-11-04"), "day", "America/Sao_Paulo")
    assert starts.tolist() == [np.datetime64("2018-11-04T03:00:00").tolist()]


def test_the_local_day_of_an_instant_is_the_zones_and_not_utcs():
    instants = np.array(["2025-01-01T07:59:59", "2025-01-01T08:00:00"], dtype="datetime64[s]")
    assert local_days(instants, "America/Los_Angeles").astype(str).tolist() == ["2024-12-31", "2025-01-01"]
    assert local_days(instants[:0], "UTC").tolist() == []


def test_weekdays_count_from_monday():
    assert weekdays(days("2025-09-01", "2025-09-07")).tolist() == list(range(7))


def test_public_holidays_are_those_of_the_country_and_its_region():
    assert holiday_days("US", days("2025-07-03", "2025-07-05")).tolist() == [False, True, False]
    epiphany = days("2025-01-06", "2025-01-06")
    assert holiday_days("DE-BY", epiphany).all() and not holiday_days("DE-BE", epiphany).any()


def test_the_matrix_marks_a_holiday_the_day_before_and_the_day_after():
    matrix = day_matrix(days("2025-07-02", "2025-07-06"), country="US")
    assert matrix[:, 7].tolist() == [0, 0, 1, 0, 0]
    assert matrix[:, 8].tolist() == [0, 1, 0, 0, 0]
    assert matrix[:, 9].tolist() == [0, 0, 0, 1, 0]


def test_the_turn_of_the_year_runs_from_23_december_to_2_january():
    matrix = day_matrix(days("2024-12-22", "2025-01-03"))
    assert matrix[:, 10].tolist() == [0] + [1] * 11 + [0]


def test_a_part_of_the_days_has_the_same_columns_as_in_the_whole():
    whole, part = days("2024-01-01", "2025-12-31"), days("2024-12-30", "2025-01-05")
    at = int((part[0] - whole[0]).astype(int))
    np.testing.assert_array_equal(
        day_matrix(whole, country="US", fourier_pairs=3)[at : at + 7],
        day_matrix(part, country="US", fourier_pairs=3),
    )
    assert day_matrix(part, fourier_pairs=3).shape == (7, 17)


@pytest.mark.parametrize("zone", ["Mars", "", "../etc/passwd"])
def test_an_unknown_zone_is_refused_with_an_example(zone):
    with pytest.raises(InputError, match="Europe/Berlin"):
        find_zone(zone)


def test_an_unknown_country_and_interval_are_refused():
    with pytest.raises(InputError, match="'XX'"):
        holiday_days("XX", days("2025-01-01", "2025-01-01"))
    with pytest.raises(InputError, match="day, hour, 30min"):
        interval_seconds("week")
