from datetime import UTC, datetime

import pytest

from features.absence_file import AbsenceFile, form_of, read_absence_file
from features.absence_table import absences_of_table
from triage.absence import Absence
from triage.agent import Agent
from triage.errors import InputError

PEOPLE = {"Anna Bauer": None, "bob@acme.example": "Asia/Tokyo", "Jörg": None}


def read(text: str | bytes, **more):
    content = text.encode() if isinstance(text, str) else text
    return absences_of_table(content, PEOPLE, "Europe/Berlin", **more)


def spans(absences: list[Absence]) -> list[str]:
    return [
        " ".join(
            "-" if at is None else f"{at.astimezone(UTC):%m-%d %H}" for at in (one.starts_at, one.ends_at)
        )
        for one in absences
    ]


def test_days_are_whole_and_times_are_of_the_agents_zone_or_the_workspaces():
    found = read(
        "agent,start,end,reason\n"
        "Anna Bauer,2026-03-09,2026-03-13,vacation\n"
        "anna bauer,2026-04-01T08:00,2026-04-01T12:00,dentist\n"
        "bob@acme.example,2026-03-09,,\n"
        "Bob@acme.example,2026-03-02T08:00Z,2026-03-02T09:00Z,\n"
    ).by_agent
    assert spans(found["Anna Bauer"]) == ["03-08 23 03-13 23", "04-01 06 04-01 10"]
    assert spans(found["bob@acme.example"]) == ["03-08 15 -", "03-02 08 03-02 09"]
    assert "dentist" not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        "Person;From;To;Department\nBauer, Anna;2026-03-09;2026-03-09;X\n",
        "\ufeffperson\tabsent_from\tabsent_to\n\nAnna Bauer\t2026-03-09\t2026-03-09\n",
        "end,start,agent\n2026-03-09,2026-03-09,Anna Bauer",
    ],
)
def test_columns_have_several_names_and_any_order(text: str):
    assert spans(read(text).by_agent["Anna Bauer"]) == ["03-08 23 03-09 23"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_names_are_read_in_the_encodings_of_spreadsheets(encoding: str):
    assert "Jörg" in read("agent,start,end\nJörg,2026-03-09,2026-03-10\n".encode(encoding)).by_agent


def test_rows_that_cannot_be_used_are_told_by_line_and_the_others_count():
    found = read(
        "agent,start,end\n"
        "Carl,2026-03-09,2026-03-10\n"
        "Anna Bauer,09.03.2026,2026-03-10\n"
        "Anna Bauer,,2026-03-10\n"
        "Anna Bauer,2026-03-10,2026-03-08\n"
        "Anna Bauer,2026-03-10,9999-12-31\n"
        "Anna Bauer,0001-01-01,2026-03-10\n"
        "Anna Bauer,2026-03-10\n"
    )
    assert [(one.line, one.reason) for one in found.left_out] == [
        (2, "nobody"),
        (3, "unusable"),
        (4, "unusable"),
        (5, "unusable"),
        (6, "unusable"),
        (7, "unusable"),
    ]
    assert "Carl" not in repr(found.left_out) and "09.03" not in repr(found.left_out)
    assert spans(found.by_agent["Anna Bauer"]) == ["03-09 23 -"]


def test_a_table_of_one_agent_needs_no_column_for_them():
    found = read("start,end\n2026-03-09,2026-03-09\n", agent="Jörg")
    assert list(found.by_agent) == ["Jörg"]
    named = read("agent,start,end\nJörg,2026-03-09,\nAnna Bauer,2026-03-09,\n", agent="Jörg")
    assert list(named.by_agent) == ["Jörg"] and [one.line for one in named.left_out] == [3]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "without the column agent"),
        ("agent,end\nAnna Bauer,2026-03-09\n", "without the column start"),
        ("start,end\n2026-03-09,2026-03-09\n", "without the column agent"),
        ("agent,start,end\n", "without a row"),
        ('agent,start,end\n"Anna,2026-03-09,2026-03-09\n', "not CSV"),
    ],
)
def test_what_is_no_table_of_absences_is_refused(text: str, told: str):
    with pytest.raises(InputError, match=told):
        read(text)


def test_a_file_is_known_by_how_it_begins_and_may_have_a_zone_of_its_own():
    assert form_of(b"\xef\xbb\xbf\r\nBEGIN:VCALENDAR") == "calendar" and form_of(b"agent,start") == "csv"
    people = [Agent("ada", zone="Asia/Tokyo")]
    text = b"agent,start,end\nada,2026-03-09T09:00,2026-03-09T10:00\n"
    now = datetime(2026, 3, 1, tzinfo=UTC)
    for told, hour in ((None, "03-09 00 03-09 01"), ("Europe/Berlin", "03-09 08 03-09 09")):
        found = read_absence_file(text, AbsenceFile("csv", "UTC", told), people, now=now)
        assert spans(found.by_agent["ada"]) == [hour]
