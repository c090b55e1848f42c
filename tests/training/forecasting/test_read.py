from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from training.forecasting.read import read_series
from triage.errors import HistoryError, InputError


def history(n_days=40):
    stamps = [
        day + pd.Timedelta(hours=hour)
        for day in pd.date_range("2025-01-06", periods=n_days)
        for hour in (9, 15, 20)
    ]
    return pd.DataFrame(
        {
            "ticket_id": range(len(stamps)),
            "created_at": [stamp.isoformat() + "Z" for stamp in stamps],
            "category": np.resize(["vpn", "mail"], len(stamps)),
        }
    )


def write(frame, path):
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_parquet(path, index=False)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_every_format_gives_the_same_series(tmp_path, suffix):
    path = write(history(), tmp_path / f"history{suffix}")
    read = read_series(path, interval="day", zone="UTC", by=["category"])
    assert read.table.names == ("total", "category=mail", "category=vpn")
    assert read.table.counts[0].tolist() == [3.0] * 40
    assert (read.rows, read.spam, read.refused) == (120, 0, 0)


def test_spam_is_not_counted_and_unreadable_times_are_refused_one_by_one(tmp_path):
    frame = history().assign(is_spam=False)
    frame.loc[frame.index[:4], "is_spam"] = True
    frame.loc[frame.index[60:62], "created_at"] = ["yesterday", None]
    read = read_series(write(frame, tmp_path / "h.csv"), interval="day", zone="UTC")
    assert (read.spam, read.refused, read.table.counts.sum()) == (4, 2, 114)


def test_a_ticket_that_comes_again_is_counted_once(tmp_path):
    frame = pd.concat([history(), history().head(7), history().tail(1)])
    read = read_series(write(frame, tmp_path / "h.csv"), interval="day", zone="UTC")
    assert (read.rows, read.repeated, read.table.counts.sum()) == (128, 8, 120)


def test_a_mapping_file_and_headers_of_the_files_own_are_understood(tmp_path):
    frame = history().rename(columns={"created_at": "Opened", "category": "Topic"})
    rules = tmp_path / "mapping.toml"
    rules.write_text('[columns]\ncreated_at = "Opened"\n')
    path = write(frame, tmp_path / "h.csv")
    read = read_series(path, interval="day", zone="UTC", by=["Topic"], mapping=rules)
    assert read.table.names == ("total", "Topic=mail", "Topic=vpn")


def test_volumes_are_summed_to_the_interval_and_given_a_total(tmp_path):
    starts = pd.date_range("2025-01-06", periods=48 * 20 + 10, freq="30min")
    frame = pd.concat(
        pd.DataFrame({"series": name, "start": starts.strftime("%Y-%m-%dT%H:%MZ"), "count": value})
        for name, value in (("phone", 2), ("chat", 1))
    )
    read = read_series(write(frame, tmp_path / "v.csv"), interval="day", zone="UTC")
    assert read.table.names == ("total", "chat", "phone")
    assert read.table.counts[0].tolist() == [48 * 3.0] * 20
    assert read.table.origin == np.datetime64("2025-01-26")


def test_volumes_by_the_day_are_whole_and_cannot_be_forecast_by_the_hour(tmp_path):
    starts = pd.date_range("2025-01-06", periods=20).strftime("%Y-%m-%d")
    path = write(pd.DataFrame({"series": "calls", "start": starts, "count": 7}), tmp_path / "v.csv")
    table = read_series(path, interval="day", zone="Europe/Berlin").table
    assert table.names == ("calls",)
    assert table.counts.tolist() == [[7.0] * 20]
    with pytest.raises(HistoryError, match="longer --interval"):
        read_series(path, interval="hour", zone="Europe/Berlin")


def test_a_missing_column_an_empty_file_and_an_unknown_zone_each_say_what_to_do(tmp_path):
    path = write(history(), tmp_path / "h.csv")
    with pytest.raises(HistoryError, match="team"):
        read_series(path, interval="day", zone="UTC", by=["team"])
    empty = write(history().head(0), tmp_path / "empty.csv")
    with pytest.raises(HistoryError):
        read_series(empty, interval="day", zone="UTC")
    with pytest.raises(HistoryError, match="absent"):
        read_series(tmp_path / "absent.csv", interval="day", zone="UTC")
    with pytest.raises(InputError, match="Mars"):
        read_series(path, interval="day", zone="Mars")


def test_an_unknown_column_to_count_by_is_named_as_it_was_given(tmp_path):
    path = write(history(), tmp_path / "h.csv")
    with pytest.raises(HistoryError, match=r"Got --by nosuch, .*category, created_at.*correct --by"):
        read_series(path, interval="day", zone="UTC", by=["nosuch"])


def test_a_file_without_times_is_pointed_to_a_mapping(tmp_path):
    path = write(history().rename(columns={"created_at": "angelegt"}), tmp_path / "h.csv")
    with pytest.raises(HistoryError, match=r"no column 'created_at'.*angelegt.*--mapping"):
        read_series(path, interval="day", zone="UTC")


def test_one_id_for_all_tickets_is_refused(tmp_path):
    path = write(history().assign(ticket_id="T-1"), tmp_path / "h.csv")
    with pytest.raises(HistoryError, match="all have the same ticket_id"):
        read_series(path, interval="day", zone="UTC")


def test_a_ticket_of_the_future_is_left_out_and_told(tmp_path):
    frame = history()
    frame.loc[frame.index[-1], "created_at"] = "2031-05-05T08:00:00Z"
    now = datetime(2026, 11, 1, tzinfo=UTC)
    table = read_series(write(frame, tmp_path / "h.csv"), interval="day", zone="UTC", now=now).table
    assert len(table.starts) < 60
    assert table.noticed == ("1 ticket filed after now (on 5 May 2031): left out.",)
