from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import InputError
from triage.routing.shift import LOOKED_AHEAD, parse_shift

SHIFTS = (
    "24/7",
    "Mon-Fri 09:00-17:30",
    "Tue 22:00-06:00; Wed 06:00-09:00",
    "Sat-Mon 00:00-24:00",
    "Sun 12:00-13:00",
)
BERLIN = ZoneInfo("Europe/Berlin")


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)


def test_each_part_has_its_days_and_a_zone_holds_for_what_follows():
    shift = parse_shift("Mon-Fri 09:00-17:30 Europe/Berlin; Sat 10:00-14:00")
    assert shift.end_of_work(berlin(2026, 3, 2, 9), "UTC") == berlin(2026, 3, 2, 17, 30)
    assert shift.end_of_work(berlin(2026, 3, 2, 8, 59), "UTC") is None
    assert shift.end_of_work(berlin(2026, 3, 7, 13), "UTC") == berlin(2026, 3, 7, 14)
    assert shift.end_of_work(berlin(2026, 3, 8, 13), "UTC") is None
    assert shift.next_start(berlin(2026, 3, 7, 14), "UTC") == berlin(2026, 3, 9, 9)


def test_hours_without_a_zone_follow_the_one_that_is_handed_in():
    shift = parse_shift("Mon 09:00-17:00")
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert shift.end_of_work(noon, "Europe/Berlin") == noon + timedelta(hours=4)
    assert shift.end_of_work(noon, "UTC") == noon + timedelta(hours=5)


@pytest.mark.parametrize(
    ("night", "hours"),
    [(berlin(2026, 3, 28, 22), 7), (berlin(2026, 10, 24, 22), 9), (berlin(2026, 6, 6, 22), 8)],
    ids=["clocks forward", "clocks back", "plain"],
)
def test_a_night_shift_follows_the_wall_clock(night, hours):
    shift = parse_shift("Sat 22:00-06:00 Europe/Berlin")
    [(start, end)] = shift.presences(night, night + timedelta(hours=1), "UTC")
    assert end - start == timedelta(hours=hours)
    assert shift.end_of_work(night + timedelta(hours=3), "UTC") == end


def test_no_hours_begin_on_a_holiday_but_the_night_before_runs_into_it():
    shift = parse_shift("Mon-Sun 22:00-06:00")
    holidays = {date(2026, 5, 1)}
    assert shift.end_of_work(datetime(2026, 5, 1, 3, tzinfo=UTC), "UTC", holidays) is not None
    assert shift.end_of_work(datetime(2026, 5, 1, 23, tzinfo=UTC), "UTC", holidays) is None


def test_spans_that_touch_are_one():
    shift = parse_shift("Mon 08:00-12:00; Mon 12:00-16:00; Mon 15:00-18:00")
    assert shift.end_of_work(datetime(2026, 3, 2, 9, tzinfo=UTC), "UTC") == datetime(
        2026, 3, 2, 18, tzinfo=UTC
    )


def test_always_has_no_end_within_sight():
    moment = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert parse_shift("24/7").end_of_work(moment, "UTC") == moment + timedelta(days=14)


@pytest.mark.parametrize(
    "text",
    [
        *("", ";", "Mon", "Mon 9-17", "Xyz 09:00-17:00", "Mon 24:00-08:00", "Mon 09:75-10:00"),
        *("Mon 09:00-25:00", "Mon 09:00-17:00 Nowhere/City", "Mon-Fri 09:00-17:00, Sat 10:00-12:00"),
    ],
)
def test_what_is_no_shift_is_refused(text):
    with pytest.raises(InputError, match="Got"):
        parse_shift(text)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Mon-Fri 09:00-17:30 Europe/Berlin", "Fri-Mon 22:00-06:00", "Tue,Thu 07:00-24:00"]),
    st.sampled_from(["UTC", "America/New_York", "Pacific/Auckland"]),
)
def test_work_goes_on_until_its_end_and_not_after(moment, text, zone):
    shift = parse_shift(text)
    end = shift.end_of_work(moment, zone)
    if end is None:
        start = shift.next_start(moment, zone)
        assert start is not None and start > moment
        assert shift.end_of_work(start, zone) is not None
        assert shift.end_of_work(start - timedelta(seconds=1), zone) is None
    else:
        assert end > moment
        assert shift.end_of_work(end - timedelta(seconds=1), zone) == end
        assert shift.end_of_work(end, zone) is None


@given(st.sampled_from(SHIFTS), st.integers(0, 28 * 24 * 4))
def test_a_short_look_finds_what_a_long_one_does(written, quarters):
    shift, moment = parse_shift(written), datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=15) * quarters
    limit, off = moment + LOOKED_AHEAD, {date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)}
    spans = list(shift.presences(moment, limit, "Europe/Berlin", off))
    ends = [min(end, limit) for start, end in spans if start <= moment < end]
    assert shift.end_of_work(moment, "Europe/Berlin", off) == (ends[0] if ends else None)
    starts = [start for start, _ in spans if start > moment]
    assert shift.next_start(moment, "Europe/Berlin", off) == (starts[0] if starts else None)
