from datetime import datetime, timedelta

import pytest

from features.staffing.schedule import (
    agents_schedule,
    read_schedule,
    write_schedule_csv,
    write_schedule_ics,
)
from features.staffing.shifts import Shift
from tests.features.made_calendar import calendar_of, event
from tests.features.staffing.making import MONDAY
from triage.absence import Absence
from triage.agent import Agent
from triage.errors import InputError

WEEK = {"since": MONDAY, "until": MONDAY + timedelta(days=7)}
TEAMS = ["Network", "Desk"]


def hour(number: float) -> datetime:
    return MONDAY + timedelta(hours=number)


SHIFTS = [Shift("Desk", hour(8), hour(16), agent="ada"), Shift("Network", hour(9), hour(17), agents=3)]


def test_what_is_written_is_read_back_in_both_forms():
    for content in (write_schedule_csv(SHIFTS).encode(), write_schedule_ics(SHIFTS, MONDAY)):
        assert read_schedule(content, TEAMS, "UTC", **WEEK) == SHIFTS


def test_times_without_a_zone_are_the_setups():
    content = b"team,start,end\nnetwork,2026-03-02 08:00,2026-03-02T16:00\n"
    (found,) = read_schedule(content, TEAMS, "Europe/Berlin", **WEEK)
    assert found == Shift("Network", hour(7), hour(15))


def test_calendars_of_other_systems_are_understood():
    calendar = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260301T000000Z
SUMMARY:Network
DTSTART;TZID=Europe/Berlin:20260302T090000
DTEND;TZID=Europe/Berlin:20260302T170000
RRULE:FREQ=DAILY;COUNT=3
ATTENDEE:mailto:ada@example.com
ATTENDEE:mailto:bob@example.com
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20260301T000000Z
SUMMARY:Desk: zoe
STATUS:CANCELLED
DTSTART:20260302T090000Z
DTEND:20260302T170000Z
END:VEVENT
END:VCALENDAR
"""
    found = read_schedule(calendar, TEAMS, "UTC", **WEEK)
    assert [(one.team, one.start, one.agents) for one in found] == [
        ("Network", hour(8 + 24 * day), 2) for day in range(3)
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"team,begin,end\n", "column start"),
        (b"team,start,end\nOps,2026-03-02,2026-03-03\n", "line 2"),
        (b"team,start,end\nDesk,noon,2026-03-03\n", "'noon' in line 2"),
        (b"team,start,end,agents\nDesk,2026-03-02,2026-03-03,many\n", "agents='many'"),
        (b"team,start,end\nDesk,2026-03-03,2026-03-02\n", "stands in line 2"),
        (b"\xff\xfe", "UTF-8"),
        (b"BEGIN:VCALENDAR\nnonsense", "calendar"),
    ],
)
def test_what_cannot_be_read_says_where(content: bytes, words: str):
    with pytest.raises(InputError) as raised:
        read_schedule(content, TEAMS, "UTC", **WEEK)
    assert words in str(raised.value)


def test_a_shift_counts_as_it_was_changed_last_and_in_a_zone_that_is_known():
    old = event("DURATION:PT8H", "SUMMARY:Desk", when="DTSTART:20260302T080000Z")
    new = event("DURATION:PT8H", "SUMMARY:Desk", "SEQUENCE:1", when="DTSTART:20260302T090000Z")
    (shift,) = read_schedule(calendar_of(new, old), TEAMS, "UTC", **WEEK)
    assert shift.start == hour(9)
    nowhere = event("DURATION:PT8H", "SUMMARY:Desk", uid="u2", when="DTSTART;TZID=Nowhere:20260302T090000")
    with pytest.raises(InputError, match=r"line 11.*'Nowhere'"):
        read_schedule(calendar_of(new, nowhere), TEAMS, "UTC", **WEEK)


def test_agents_work_their_shifts_without_their_absences():
    away = Absence(hour(12), hour(14))
    agents = [
        Agent("ada", team="Desk", shift="Mon 08:00-16:00", absences=(away,)),
        Agent("bob", team="elsewhere", teams=("Network",), shift="Tue 08:00-16:00"),
        Agent("cho", team="Desk"),
        Agent("dan", team="Desk", shift="Mon 08:00-16:00", active=False),
        Agent("eve", team="nowhere", shift="24/7"),
    ]
    found, unknown = agents_schedule(agents, TEAMS, "UTC", **WEEK)
    assert unknown == ["cho"]
    assert [(one.agent, one.start, one.end) for one in found] == [
        ("ada", hour(8), hour(12)),
        ("ada", hour(14), hour(16)),
        ("bob", hour(32), hour(40)),
    ]
    free, _ = agents_schedule(agents, TEAMS, "UTC", holidays={"Desk": [MONDAY.date()]}, **WEEK)
    assert [one.agent for one in free] == ["bob"]


def test_names_that_a_spreadsheet_would_run_are_written_as_text():
    assert "'=cmd" in write_schedule_csv([Shift("=cmd", hour(8), hour(9))])
