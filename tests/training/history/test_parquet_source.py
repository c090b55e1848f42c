from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from training.history import Mapping, read_history
from triage.errors import HistoryError


def write(path, **columns):
    given = {"ticket_id": ["T-1", "T-2"], "created_at": [datetime(2026, 3, n, 8, tzinfo=UTC) for n in (1, 2)]}
    pq.write_table(pa.table({**given, "subject": ["a", "b"], **columns}), path, row_group_size=1)
    return path


def test_lists_give_tags_whole_and_of_a_label_the_first(tmp_path):
    path = write(tmp_path / "h.parquet", tags=[["x", "y"], None], parts=[["", "hdfs", "yarn"], []])
    first, second = read_history(path, mapping=Mapping(columns={"category": ("parts",)})).tickets
    assert (first.ticket.tags, first.labels) == (("x", "y"), {"category": "hdfs"})
    assert (second.ticket.tags, second.labels) == ((), {})


@pytest.mark.parametrize(
    "times",
    [
        pa.array([1_772_352_000_123_456_789] * 2, pa.timestamp("ns", "UTC")),
        pa.array([1_772_352_000_123] * 2, pa.timestamp("ms")),
        pa.array([date(2026, 3, 1)] * 2),
    ],
    ids=["nanoseconds", "no-zone", "date"],
)
def test_every_type_of_time_is_read(tmp_path, times):
    path = write(tmp_path / "h.parquet", created_at=times)
    assert {past.ticket.created_at.date() for past in read_history(path).tickets} == {date(2026, 3, 1)}


def test_numbers_become_the_texts_that_people_would_write(tmp_path):
    path = write(
        tmp_path / "h.parquet",
        ticket_id=[7.0, 8.0],
        team=pa.array([56, None], pa.int64()),
        urgency=[2.5, float("nan")],
        **{"field.vip": [True, False]},
    )
    first, second = read_history(path).tickets
    assert first.ticket.ticket_id == "7"
    assert first.labels == {"team": "56", "urgency": "2.5"}
    assert (second.labels, second.ticket.custom) == ({}, {"vip": "false"})


def test_dictionary_columns_and_broken_utf_8_are_read(tmp_path):
    broken = pa.Array.from_buffers(pa.string(), 2, pa.array([b"B\xfcro", b"ok"], pa.binary()).buffers())
    path = write(tmp_path / "h.parquet", subject=broken, category=pa.array(["x", "y"]).dictionary_encode())
    read = read_history(path)
    assert [past.ticket.subject for past in read.tickets] == ["B\ufffdro", "ok"]
    assert [past.labels["category"] for past in read.tickets] == ["x", "y"]


def test_a_refused_row_is_written_with_its_number(tmp_path):
    path = write(tmp_path / "h.parquet", ticket_id=["T-1", None])
    rejects = tmp_path / "rejects.csv"
    read_history(path, rejects=rejects)
    assert rejects.read_text().splitlines()[1].startswith("2,ticket_id is missing,")


def test_a_file_cut_short_is_said_to_be_broken(tmp_path):
    path = write(tmp_path / "h.parquet")
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(HistoryError, match="broken Parquet file"):
        read_history(path)


def test_a_file_damaged_inside_is_said_to_break_off(tmp_path):
    path = tmp_path / "h.parquet"
    texts = [f"{n} " * 50 for n in range(3_000)]
    table = pa.table({"ticket_id": texts, "created_at": ["2026-01-01"] * 3_000, "subject": texts})
    pq.write_table(table, path, row_group_size=500, compression="zstd", use_dictionary=False)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = bytes(400)
    path.write_bytes(content)
    with pytest.raises(HistoryError, match="breaks off after row"):
        read_history(path)
