from datetime import UTC, datetime

import pandas as pd
import pytest

from training.staffing.read_handle_times import read_handle_times
from triage.errors import HistoryError, InputError

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def write(path, **columns):
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def test_a_history_teaches_them_by_label(tmp_path):
    n = 40
    path = write(
        tmp_path / "h.csv",
        ticket_id=range(n),
        created_at=["2026-03-02T09:00:00Z"] * n,
        subject=["x"] * n,
        category=["vpn", "mail"] * (n // 2),
        handle_seconds=[1_200, 300] * (n // 2),
    )
    found = read_handle_times(path, "category")
    assert found.of("vpn").mean_s == pytest.approx(1_200, rel=0.02)
    assert found.of("mail").mean_s == pytest.approx(300, rel=0.05)
    assert read_handle_times(path, "total").default.mean_s == pytest.approx(750, rel=0.01)


def test_volumes_bring_their_means_along(tmp_path):
    path = write(
        tmp_path / "v.csv",
        series=["phone", "phone", "category=chat"],
        start=["2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", "2026-03-02T09:00:00Z"],
        count=[10, 30, 5],
        handle_seconds=[100, 200, 900],
    )
    found = read_handle_times(path, "category")
    assert found.of("phone").mean_s == pytest.approx(175.0) and found.of("chat").mean_s == 900
    assert found.default.mean_s == pytest.approx((1_000 + 6_000 + 4_500) / 45)


def test_a_file_without_handle_times_says_so(tmp_path):
    history = write(tmp_path / "h.csv", ticket_id=[1], created_at=["2026-03-02T09:00:00Z"], subject=["x"])
    volumes = write(tmp_path / "v.csv", series=["a"], start=["2026-03-02T09:00:00Z"], count=[1])
    for path in (history, volumes):
        with pytest.raises(HistoryError, match="without handle times"):
            read_handle_times(path, "category")


def timed(tmp_path, **changed):
    """Ten tickets of ten minutes, filed at nine and resolved at ten; some columns are changed."""
    columns = {
        "ticket_id": range(10),
        "created_at": ["2026-03-02T09:00:00Z"] * 10,
        "resolved_at": ["2026-03-02T10:00:00Z"] * 10,
        "handle_seconds": ["600"] * 10,
    }
    for name, cells in changed.items():
        columns[name] = [*cells, *columns[name][len(cells) :]]
    return write(tmp_path / "h.csv", **columns)


def test_tickets_whose_times_cannot_be_right_teach_nothing_and_are_counted(tmp_path):
    path = timed(
        tmp_path,
        created_at=["2031-03-02T09:00:00Z", "2026-03-02T09:00:00Z", "2026-03-02T11:00:00Z"],
        resolved_at=["2031-03-02T10:00:00Z", "2031-03-02T10:00:00Z"],
        handle_seconds=["9000", "9000", "9000", "-600", "10 min", "90000000", ""],
    )
    found = read_handle_times(path, "total", now=NOW)
    assert found.doubted == {
        "filed or resolved after today": 2,
        "resolved before filed": 1,
        "negative": 1,
        "not a number": 1,
    }
    assert found.left_out == 1 and found.default.tickets == 3
    assert found.default.mean_s == pytest.approx(600.0)


def test_a_day_of_resolving_without_a_time_is_not_before_filing(tmp_path):
    path = timed(tmp_path, resolved_at=["2026-03-02"] * 10)
    found = read_handle_times(path, "total", now=NOW)
    assert (found.default.tickets, found.doubted) == (10, {})


def test_where_most_lie_ahead_it_is_the_clock_that_is_wrong(tmp_path):
    found = read_handle_times(timed(tmp_path), "total", now=datetime(2020, 1, 1, tzinfo=UTC))
    assert (found.default.tickets, found.doubted) == (10, {})


def test_handle_times_that_are_all_wrong_are_refused_with_why(tmp_path):
    path = timed(tmp_path, resolved_at=["2026-03-01T10:00:00Z"] * 10)
    with pytest.raises(InputError, match="10 resolved before filed"):
        read_handle_times(path, "total", now=NOW)
    with pytest.raises(InputError, match="10 not a number"):
        read_handle_times(timed(tmp_path, handle_seconds=["0:10:00"] * 10), "total", now=NOW)


def test_volumes_after_today_or_of_months_of_work_are_left_out_and_counted(tmp_path):
    path = write(
        tmp_path / "v.csv",
        series=["phone"] * 4,
        start=[
            "2026-03-02T09:00:00Z",
            "2031-03-02T10:00:00Z",
            "2026-03-02T11:00:00Z",
            "2026-03-02T12:00:00Z",
        ],
        count=[10, 20, 30, 40],
        handle_seconds=[100, 200, -5, 9e7],
    )
    found = read_handle_times(path, "category", now=NOW)
    assert found.of("phone").mean_s == 100 and found.left_out == 40
    assert found.doubted == {"filed or resolved after today": 20} and found.default.tickets == 10
