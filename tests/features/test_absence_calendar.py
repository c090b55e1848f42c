from datetime import UTC, datetime

import pytest

from features.absence_calendar import AgentAbsences, absences_by_agent, read_absences
from tests.features.made_calendar import calendar_of, event
from triage.errors import InputError

SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)


def calendar(*events: str) -> bytes:
    body = "".join(
        f"BEGIN:VEVENT\nUID:u{n}\nDTSTAMP:20260101T000000Z\n{event}\nEND:VEVENT\n"
        for n, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n{body}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    ).encode()


def spans(*events: str, zone: str = "Europe/Berlin") -> list[tuple[str, str]]:
    # Of any length: what is a meeting has tests of its own.
    found = read_absences(calendar(*events), zone, since=SINCE, until=UNTIL, least_hours=0).absences
    return [(f"{one.absence.starts_at:%m-%d %H}", f"{one.absence.ends_at:%m-%d %H}") for one in found]


def test_whole_days_begin_at_midnight_of_the_zone():
    event = "DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260330"
    assert spans(event) == [("03-27 23", "03-29 22")]
    assert spans(event, zone="UTC") == [("03-28 00", "03-30 00")]
    assert spans("DTSTART;VALUE=DATE:20260328", zone="UTC") == [("03-28 00", "03-29 00")]


def test_times_have_a_zone_of_their_own_or_the_one_handed_in():
    assert spans("DTSTART:20260302T080000Z\nDTEND:20260302T100000Z") == [("03-02 08", "03-02 10")]
    assert spans("DTSTART:20260302T080000\nDURATION:PT2H") == [("03-02 07", "03-02 09")]
    assert spans("DTSTART;TZID=America/New_York:20260302T080000\nDURATION:PT2H") == [("03-02 13", "03-02 15")]


def test_repeated_events_follow_the_wall_clock_and_leave_out_what_was_taken_out():
    weekly = (
        "DTSTART;TZID=Europe/Berlin:20260116T080000\nDURATION:PT9H\nRRULE:FREQ=WEEKLY;UNTIL=20260410T060000Z"
    )
    assert spans(weekly + "\nEXDATE;TZID=Europe/Berlin:20260320T080000") == [
        ("03-06 07", "03-06 16"),
        ("03-13 07", "03-13 16"),
        ("03-27 07", "03-27 16"),
        ("04-03 06", "04-03 15"),
        ("04-10 06", "04-10 15"),
    ]
    days = "DTSTART;VALUE=DATE:20260327\nRRULE:FREQ=DAILY;COUNT=3\nRDATE;VALUE=DATE:20260420"
    assert spans(days) == [
        ("03-26 23", "03-27 23"),
        ("03-27 23", "03-28 23"),
        ("03-28 23", "03-29 22"),
        ("04-19 22", "04-20 22"),
    ]


def test_a_moved_occurrence_counts_where_it_was_moved_to():
    series = "UID:s\nDTSTART:20260302T080000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2"
    moved = "UID:s\nRECURRENCE-ID:20260309T080000Z\nDTSTART:20260310T120000Z\nDURATION:PT1H"
    text = calendar(series, moved).replace(b"UID:u0\r\n", b"").replace(b"UID:u1\r\n", b"")
    found = read_absences(text, "UTC", since=SINCE, until=UNTIL, least_hours=0).absences
    assert [f"{one.absence.starts_at:%m-%d %H}" for one in found] == ["03-02 08", "03-10 12"]


@pytest.mark.parametrize(
    "line", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"]
)
def test_what_blocks_no_time_is_no_absence(line):
    event = "DTSTART:20260302T080000Z\nDTEND:20260302T100000Z"
    assert spans(f"{event}\n{line}") == []
    assert len(spans(f"{event}\nX-MICROSOFT-CDO-BUSYSTATUS:OOF")) == 1


def test_people_are_attendees_else_the_organizer_and_titles_are_not_kept():
    away = (
        "DTSTART:20260302T080000Z\nDTEND:20260302T100000Z\nSUMMARY:Surgery\nORGANIZER:mailto:boss@x.example"
    )
    attended = f"{away}\nATTENDEE;CN=Ada:mailto:ada@acme.example\nATTENDEE:mailto:bob@acme.example"
    found = read_absences(calendar(away, attended), "UTC", since=SINCE, until=UNTIL, least_hours=0).absences
    assert sorted(one.people for one in found) == [
        ("ada@acme.example", "Ada", "bob@acme.example"),
        ("boss@x.example",),
    ]
    assert "Surgery" not in repr(found)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"agent,team\nada,Mail",
        b"\xff\xfe",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ],
)
def test_what_is_no_calendar_is_refused(content):
    with pytest.raises(InputError, match="calendar"):
        read_absences(content, "UTC", since=SINCE, until=UNTIL)


def test_an_event_that_repeats_every_second_is_refused():
    with pytest.raises(InputError, match="repeats"):
        spans("DTSTART:20260302T080000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY")


def test_who_declined_is_not_away_and_an_event_without_length_is_no_absence():
    away = "DTSTART:20260302T080000Z\nDTEND:20260302T100000Z"
    asked = f"{away}\nATTENDEE;PARTSTAT=DECLINED:mailto:ada@x.example\nATTENDEE:mailto:bob@x.example"
    (found,) = read_absences(calendar(asked), "UTC", since=SINCE, until=UNTIL, least_hours=0).absences
    assert found.people == ("bob@x.example",)
    nobody = f"{away}\nORGANIZER:mailto:boss@x.example\nATTENDEE;PARTSTAT=DECLINED:mailto:ada@x.example"
    (found,) = read_absences(calendar(nobody), "UTC", since=SINCE, until=UNTIL, least_hours=0).absences
    assert found.people == ()
    assert spans("DTSTART:20260302T080000Z\nDTEND:20260302T080000Z") == []


ANNA = ["Anna Bauer", "bob@acme.example"]


def counted(*parts: str, agent: str | None = None, least_hours: float = 4.0) -> AgentAbsences:
    found = read_absences(calendar_of(*parts), "UTC", since=SINCE, until=UNTIL, least_hours=least_hours)
    return absences_by_agent(found, ANNA, agent)


def reasons(*parts: str, **more) -> list[str]:
    return [one.reason for one in counted(*parts, **more).left_out]


def timed(hours: int, *lines: str) -> str:
    return event(
        f"DURATION:PT{hours}H", "ATTENDEE:mailto:bob@acme.example", *lines, when="DTSTART:20260302T080000Z"
    )


def test_a_meeting_is_no_absence_and_is_told_as_one():
    assert counted(timed(1)).by_agent == {} and reasons(timed(1)) == ["short"]
    assert list(counted(timed(4)).by_agent) == ["bob@acme.example"]
    assert reasons(timed(5), least_hours=6) == ["short"] and reasons(timed(1), least_hours=1) == []
    assert reasons(timed(1), agent="Anna Bauer") == ["short"]
    # Out of office counts however short.
    assert list(counted(timed(1, "X-MICROSOFT-CDO-BUSYSTATUS:OOF")).by_agent) == ["bob@acme.example"]


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:TRANSPARENT",
        "STATUS:TENTATIVE",
        *(f"X-MICROSOFT-CDO-BUSYSTATUS:{one}" for one in ("FREE", "TENTATIVE", "WORKINGELSEWHERE")),
    ],
)
def test_who_is_free_tentative_or_elsewhere_is_not_away_for_a_day_either(line: str):
    attended = event("ATTENDEE:mailto:bob@acme.example", line)
    assert counted(attended).by_agent == {} and reasons(attended, timed(9, line)) == [
        "superseded",
        "not_away",
    ]


def test_a_whole_day_that_is_busy_counts_and_a_busy_time_of_outlook_does_not():
    busy = "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"
    assert list(counted(event("ATTENDEE:mailto:bob@acme.example", busy)).by_agent) == ["bob@acme.example"]
    assert reasons(timed(9, busy)) == ["not_away"]


def test_a_title_names_whose_an_event_is_where_no_attendee_is_an_agent():
    named = event("SUMMARY:Anna – vacation", "ORGANIZER:mailto:bob@acme.example")
    assert list(counted(named).by_agent) == ["Anna Bauer"]
    boss = event("SUMMARY:Closed", "ORGANIZER:mailto:bob@acme.example")
    assert list(counted(boss).by_agent) == ["bob@acme.example"]
    attended = event("SUMMARY:Anna – vacation", "ATTENDEE:mailto:bob@acme.example")
    assert list(counted(attended).by_agent) == ["bob@acme.example"]
    both = counted(event("SUMMARY:Bob / Anna"))
    assert [(one.line, one.uid, one.reason) for one in both.left_out] == [(4, "u1", "ambiguous")]
    nobody = counted(event("SUMMARY:Surgery of Carl"))
    assert (nobody.unmatched, nobody.reasons) == (1, {"nobody": 1})
    assert "Carl" not in repr(nobody) and "Carl" not in " ".join(nobody.said())
    assert nobody.said()[0] == "Left out: 1 of nobody among the agents."
    assert "line 4, u1:" in nobody.said()[1]


def test_what_is_left_out_is_told_once_and_only_of_the_time_that_is_read():
    weekly = event("SUMMARY:Carl", "RRULE:FREQ=DAILY;COUNT=9")
    assert reasons(weekly) == ["nobody"]
    past = event("SUMMARY:Carl", when="DTSTART;VALUE=DATE:20200309")
    assert reasons(past, event(when="DTSTART:20200309T080000Z", uid="u2")) == []
    many = counted(*(event("SUMMARY:Carl", uid=f"u{n}") for n in range(30)))
    assert many.said()[-1] == "... and 10 more" and len(many.said()) == 22
