from datetime import UTC, datetime

import pytest

from features.calendar_events import CalendarFile, read_calendar, read_events
from tests.features.made_calendar import DESCRIBED, calendar_of, event
from triage.errors import InputError

SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=2"


def read(*parts: str) -> CalendarFile:
    return read_calendar(calendar_of(*parts), "UTC", since=SINCE, until=UNTIL)


def starts(*parts: str) -> list[str]:
    return [f"{start:%m-%d %H}" for one in read(*parts).events for start, _ in one.times]


def left_out(*parts: str) -> list[tuple[int, str, str]]:
    return [(one.line, one.uid, one.reason) for one in read(*parts).left_out]


def at(zone: str, day: str = "20260302") -> str:
    return f"DTSTART;TZID={zone}:{day}T090000"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "W. Europe Standard Time", '"Europe/Berlin"'])
def test_zones_have_names_of_iana_or_of_windows(zone: str):
    assert starts(event(when=at(zone))) == ["03-02 08"]


@pytest.mark.filterwarnings("ignore::icalendar.error.GloballyUniqueTZIDGuessed")
def test_a_zone_may_stand_behind_a_vendors_name():
    assert starts(event(when=at("/vendor.example/Europe/Berlin"))) == ["03-02 08"]


def test_a_zone_that_a_file_describes_is_of_that_file_alone():
    here = DESCRIBED.format(winter=1, summer=2)
    elsewhere = DESCRIBED.format(winter=5, summer=6)
    winter, summer = event(when=at("Head office")), event(uid="u2", when=at("Head office", "20260420"))
    assert starts(here, winter, summer) == ["03-02 08", "04-20 07"]
    assert starts(winter, summer, elsewhere) == ["03-02 04", "04-20 03"]
    known = event(uid="u3")
    assert left_out(winter, known) == [(4, "u1", "unusable")]
    assert "'Head office'" in read(winter, known).left_out[0].detail


def test_exceptions_and_ends_of_rules_are_read_in_the_files_zone():
    here = DESCRIBED.format(winter=5, summer=6)
    weekly = event(
        "RRULE:FREQ=WEEKLY;UNTIL=20260323T040000Z",
        "EXDATE;TZID=Head office:20260309T090000",
        when=at("Head office"),
    )
    assert starts(here, weekly) == ["03-02 04", "03-16 04", "03-23 04"]


def test_of_an_event_twice_in_a_file_the_later_version_counts():
    old = event("SEQUENCE:1", when="DTSTART:20260302T080000Z")
    new = event("SEQUENCE:2", when="DTSTART:20260303T080000Z")
    for parts in ((old, new), (new, old)):
        assert starts(*parts) == ["03-03 08"]
        assert [reason for _, _, reason in left_out(*parts)] == ["superseded"]
    early = event("DTSTAMP:20260101T000000Z", when="DTSTART:20260302T080000Z")
    late = event("DTSTAMP:20260102T000000Z", when="DTSTART:20260303T080000Z")
    assert starts(late, early) == ["03-03 08"]
    assert starts(early, early) == ["03-02 08"]
    # Without an identity nothing says that two are one.
    assert starts(event(uid=""), event(uid="")) == ["03-09 00", "03-09 00"]


def test_a_cancelled_event_goes_with_its_times_and_a_cancelled_time_goes_alone():
    series = event(WEEKLY, when="DTSTART:20260302T080000Z")
    moved = event("RECURRENCE-ID:20260309T080000Z", when="DTSTART:20260310T120000Z")
    called_off = event("RECURRENCE-ID:20260309T080000Z", "STATUS:CANCELLED", when="DTSTART:20260309T080000Z")
    assert starts(series, moved) == ["03-02 08", "03-10 12"]
    assert starts(series, called_off) == ["03-02 08"]
    over = event(WEEKLY, "SEQUENCE:1", "STATUS:CANCELLED", when="DTSTART:20260302T080000Z")
    assert starts(series, moved, over) == []
    read_again = read(series, moved, over)
    assert [one.reason for one in read_again.left_out] == ["superseded", "cancelled", "cancelled"]
    assert read_again.uids == {"u1"}
    # What was changed after the cancelling takes place.
    assert starts(over, moved.replace("UID:u1", "UID:u1\nSEQUENCE:2")) == ["03-10 12"]


def test_an_event_that_cannot_be_read_is_told_by_line_and_the_others_count():
    broken = [
        event("DTEND:20260302T090000Z", when="DTSTART:nonsense", uid="b1"),
        event("DTEND:20260310T090000Z", uid="b2"),
        event("RRULE:FREQ=SECONDLY", when="DTSTART:20260302T080000Z", uid="b3"),
        event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260309T080000Z", uid="b4"),
        event(when="SUMMARY:no time", uid="b5"),
        event("DTEND;VALUE=DATE:20260310", when="DTSTART;VALUE=DATE:00010101", uid="b6"),
    ]
    file = read(*broken, event())
    assert [(one.uid, one.reason) for one in file.left_out] == [(f"b{n}", "unusable") for n in range(1, 7)]
    assert [one.line for one in file.left_out] == [4, 9, 14, 19, 24, 28]
    assert file.uids == {"u1"} and len(file.events) == 1
    with pytest.raises(InputError, match="line 4"):
        read_events(calendar_of(*broken, event()), "UTC", since=SINCE, until=UNTIL)
    with pytest.raises(InputError, match="no event can be used; in line 4"):
        read(*broken)


def test_a_line_that_only_looks_like_the_begin_of_an_event_is_none():
    text = calendar_of(event("DESCRIPTION:x\n BEGIN:VEVENT"), event(when="DTSTART:x", uid="b"))
    (refused,) = read_calendar(text, "UTC", since=SINCE, until=UNTIL).left_out
    assert (refused.line, refused.uid) == (10, "b")


def test_a_period_counts_by_its_begin_and_a_calendar_without_events_is_one():
    days = event("RDATE;VALUE=PERIOD:20260310T080000Z/PT1H", "DURATION:PT1H", when="DTSTART:20260302T080000Z")
    assert starts(days) == ["03-02 08", "03-10 08"]
    assert read().events == []
