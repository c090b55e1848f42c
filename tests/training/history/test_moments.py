from datetime import UTC, datetime

import pytest

from tests.training.history.helpers import write_csv
from training.history import Mapping, read_history
from training.history.moments import AmbiguousDateError, DateOrder, parse_moment
from triage.errors import ConfigurationError, HistoryError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02", "2026-01-02T00:00:00"),
        ("2026-01-02 03:04:05", "2026-01-02T03:04:05"),
        ("2026-01-02T03:04:05.000+0000", "2026-01-02T03:04:05+00:00"),
        ("2025-01-08T10:12:07.672717030Z", "2025-01-08T10:12:07.672717+00:00"),
        ("2026-01-02 03:04:05 UTC", "2026-01-02T03:04:05+00:00"),
        ("2026-01-02 03:04:05 -0400", "2026-01-02T03:04:05-04:00"),
        ("2026/1/2 3:04", "2026-01-02T03:04:00"),
        ("30/Jul/18 23:33", "2018-07-30T23:33:00"),
        ("30/Oct/26 5:00 PM", "2026-10-30T17:00:00"),
        ("30/Okt/26 12:05 AM", "2026-10-30T00:05:00"),
        ("Jul 30, 2018 5:00 pm", "2018-07-30T17:00:00"),
        ("1 février 2026", "2026-02-01T00:00:00"),
        ("11/11/2026 10:00", "2026-11-11T10:00:00"),
        ("1767323045", "2026-01-02T03:04:05+00:00"),
        ("1767323045000", "2026-01-02T03:04:05+00:00"),
    ],
)
def test_times_that_need_no_help_are_read(text, expected):
    assert parse_moment(text).isoformat() == expected


@pytest.mark.parametrize(
    "text", ["", "yesterday", "31/Foo/26", "2026-13-01", "0001-01-01", "9999-12-31", "12"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):
        parse_moment(text)


def test_a_date_in_numbers_is_read_as_told_and_never_guessed():
    assert parse_moment("3/4/2026", DateOrder.DAY_FIRST).month == 4
    assert parse_moment("3/4/2026", DateOrder.MONTH_FIRST).month == 3
    with pytest.raises(AmbiguousDateError):
        parse_moment("3/4/2026")


def months(path, **options) -> list[int]:
    return [past.ticket.created_at.month for past in read_history(path, **options).tickets]


def dated(tmp_path, *dates: str, resolved: str = ""):
    rows = [f"T-{n},{date},a,b,{resolved}" for n, date in enumerate(dates)]
    return write_csv(tmp_path / "h.csv", *rows, header="ticket_id,created_at,subject,body,resolved_at")


def test_one_date_late_in_the_column_decides_for_all_of_it(tmp_path):
    path = dated(tmp_path, *["03/04/2026"] * 30, "25/04/2026")
    read = read_history(path, chunk_rows=4)
    assert {past.ticket.created_at.month for past in read.tickets} == {4}
    assert "dates in created_at are day-first" in read.summary.notes
    assert set(months(dated(tmp_path, *["03/04/2026"] * 30, "03/25/2026"))) == {3}


def test_another_column_may_decide(tmp_path):
    assert months(dated(tmp_path, "03/04/2026", resolved="04/29/2026")) == [3]


def test_dates_with_dots_are_day_first(tmp_path):
    assert months(dated(tmp_path, "03.04.2026 10:00")) == [4]


def test_a_column_that_allows_both_readings_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(HistoryError, match=r"may be day-first or month-first.*date_format"):
        months(dated(tmp_path, "03/04/2026", "05/06/2026"))


def test_a_column_that_mixes_both_is_refused(tmp_path):
    with pytest.raises(HistoryError, match="day-first in some rows and month-first in others"):
        months(dated(tmp_path, "03/04/2026", "25/06/2026", "06/25/2026"))


@pytest.mark.parametrize(
    ("given", "month"), [("day-first", 4), ("month-first", 3), ("%m/%d/%Y", 3), ("%d/%m/%Y", 4)]
)
def test_the_mapping_may_say_it(tmp_path, given, month):
    assert months(dated(tmp_path, "03/04/2026"), mapping=Mapping(date_format=given)) == [month]


def test_a_date_format_that_means_nothing_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="expected day-first, month-first or a pattern"):
        months(dated(tmp_path, "03/04/2026"), mapping=Mapping(date_format="european"))


def test_a_time_without_zone_is_taken_in_the_zone_given_and_counted(tmp_path):
    read = read_history(dated(tmp_path, "2026-07-01 10:00", "2026-07-01T10:00Z"), zone="Europe/Berlin")
    assert read.tickets[0].ticket.created_at == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert read.tickets[1].ticket.created_at == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert "1 time without a zone taken as Europe/Berlin" in read.summary.notes


def test_an_unknown_zone_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="zone 'Berlin'"):
        read_history(dated(tmp_path, "2026-07-01"), zone="Berlin")


def test_an_optional_time_that_cannot_be_read_is_missing_and_counted(tmp_path):
    read = read_history(dated(tmp_path, "2026-07-01", resolved="soon"))
    assert read.tickets[0].resolved_at is None
    assert "1 value of resolved_at could not be read: taken as missing" in read.summary.notes
