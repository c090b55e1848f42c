"""Files as they should not be: each gives a clear message or counted refusals, never a crash."""

import csv
import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.training.history.helpers import HEADER, row, write_csv, write_jsonl
from training.history import read_history
from training.history.columns import MAX_TEXT_CHARS
from triage.errors import HistoryError

FIRST = "T-1,2026-03-01T08:00:00Z,Printer,It jams.,printer"
LAST = "T-9,2026-03-09T08:00:00Z,VPN,It drops.,network"


def ids(path: Path, **options: object) -> list[str]:
    return [past.ticket.ticket_id for past in read_history(path, **options).tickets]


def test_a_refused_row_stops_nothing_and_is_written_with_line_reason_and_row(tmp_path):
    path = write_csv(tmp_path / "h.csv", FIRST, '"T-2",not a time,"two\r\nlines",b,c', ",,,x,", LAST)
    rejects = tmp_path / "rejects.csv"
    read = read_history(path, rejects=rejects)
    assert (read.summary.accepted, read.summary.rejected) == (2, 2)
    with rejects.open(newline="", encoding="utf-8") as file:
        refused = list(csv.DictReader(file))
    assert [entry["line"] for entry in refused] == ["3", "5"]
    assert refused[0]["reason"] == "created_at cannot be read as a time between 1970 and 2100"
    assert json.loads(refused[0]["row"])["subject"] == "two\r\nlines"
    assert sum(read.summary.reasons.values()) == 2


def test_rejects_can_be_json_lines_and_are_gone_after_a_clean_reading(tmp_path):
    rejects = tmp_path / "rejects.jsonl"
    read_history(write_csv(tmp_path / "h.csv", FIRST, "T-2,?,a,b,c"), rejects=rejects)
    assert json.loads(rejects.read_text())["line"] == 3
    read_history(write_csv(tmp_path / "h.csv", FIRST), rejects=rejects)
    assert not rejects.exists()


def test_the_rejects_file_may_not_be_the_table(tmp_path):
    path = write_csv(tmp_path / "h.csv", FIRST)
    with pytest.raises(HistoryError, match="both as the table and as the rejects"):
        read_history(path, rejects=path)
    assert path.exists()


def test_binary_noise_is_recognised(tmp_path):
    path = tmp_path / "h.csv"
    path.write_bytes(random.Random(1).randbytes(50_000))
    with pytest.raises(HistoryError, match="control bytes"):
        read_history(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"PK\x03\x04rest", "XLSX"), (b"\x1f\x8brest", "gzip"), (b"%PDF-1.7", "PDF"), (b"PAR1rest", "Parquet")],
)
def test_other_formats_are_named(tmp_path, content, what):
    path = tmp_path / "h.csv"
    path.write_bytes(content)
    with pytest.raises(HistoryError, match=what):
        read_history(path)


def test_a_json_array_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "h.json"
    path.write_text(json.dumps([row(1)]))
    with pytest.raises(HistoryError, match="one object a line"):
        read_history(path)


def test_a_body_of_ten_megabytes_is_cut_and_counted(tmp_path):
    path = write_csv(tmp_path / "h.csv", FIRST.replace("It jams.", '"' + "line\n" * 2_000_000 + '"'), LAST)
    read = read_history(path)
    assert len(read.tickets[0].ticket.body) == MAX_TEXT_CHARS
    assert "1 value was too long: cut" in read.summary.notes
    assert len(read.tickets) == 2


def test_a_line_beyond_all_measure_refuses_its_row_only(tmp_path):
    path = write_csv(tmp_path / "h.csv", FIRST.replace("It jams.", "x" * (17 << 20)), LAST)
    read = read_history(path)
    assert [past.ticket.ticket_id for past in read.tickets] == ["T-9"]
    assert read.summary.rejected == 1


def test_an_unclosed_quote_costs_its_own_line_and_not_the_rest_of_the_file(tmp_path):
    broken = FIRST.replace("Printer", '"Printer')
    rows = [f"T-{n},2026-03-01,a,b,c" for n in range(2, 8)]
    read = read_history(write_csv(tmp_path / "h.csv", broken, *rows, LAST))
    assert len(read.tickets) == 7
    assert list(read.summary.reasons) == ["has 3 fields, expected 5; is a quote unclosed?"]


def test_nul_is_removed_and_lone_surrogates_are_replaced_but_not_in_an_identity(tmp_path):
    rows = [
        row(1, body="a\x00b"),
        row(2, subject="\ud800 odd"),
        row(3, ticket_id="T\x003"),
        row(4, ticket_id="T\ud8004"),
    ]
    read = read_history(write_jsonl(tmp_path / "h.jsonl", rows))
    assert read.tickets[0].ticket.body == "ab"
    assert read.tickets[1].ticket.subject == "\ufffd odd"
    assert read.summary.counts["cleaned"] == 2
    assert read.summary.reasons == {"ticket_id holds NUL or a lone surrogate": 2}


def test_nul_bytes_in_csv_are_removed(tmp_path):
    path = write_csv(tmp_path / "h.csv", FIRST.replace("It jams.", "It\x00 jams."))
    assert read_history(path).tickets[0].ticket.body == "It jams."


def test_broken_json_lines_are_refused_one_by_one(tmp_path):
    path = write_jsonl(tmp_path / "h.jsonl", [row(1)])
    with path.open("a") as file:
        file.write('{"ticket_id": \n[1]\n"text"\n' + "[" * 50_000 + "\n" + json.dumps(row(2)) + "\n")
    read = read_history(path)
    assert len(read.tickets) == 2
    assert read.summary.reasons == {"is not one JSON object of at most 16,777,216 characters": 4}


def test_a_key_that_appears_late_is_still_read(tmp_path):
    path = write_jsonl(tmp_path / "h.jsonl", [*[row(n) for n in range(30)], row(30, team="Network")])
    assert read_history(path).summary.accepted == 31
    assert [past.labels["team"] for past in read_history(path).tickets if "team" in past.labels] == [
        "Network"
    ]


def test_too_many_fields_refuse_the_row_and_too_few_are_filled_up(tmp_path):
    path = write_csv(tmp_path / "h.csv", FIRST + ",surplus", FIRST + ",,", "T-3,2026-03-01,short", LAST)
    read = read_history(path)
    assert sorted(past.ticket.ticket_id for past in read.tickets) == ["T-1", "T-3", "T-9"]
    assert list(read.summary.reasons) == ["has 6 fields, expected 5"]


def test_ids_and_labels_that_are_too_long_refuse_their_rows(tmp_path):
    path = write_jsonl(
        tmp_path / "h.jsonl", [row(1), row(2, ticket_id="x" * 201), row(3, category="y" * 401)]
    )
    assert set(read_history(path).summary.reasons) == {
        "ticket_id is longer than 200 characters",
        "category is longer than 400 characters",
    }


def test_labels_lose_the_spaces_around_them(tmp_path):
    path = write_csv(tmp_path / "h.csv", FIRST + "  ", LAST)
    read = read_history(path)
    assert read.tickets[0].labels == {"category": "printer"}
    assert "1 label had spaces around it: stripped" in read.summary.notes


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(garbage=st.binary(max_size=400))
def test_whatever_stands_between_good_rows_they_are_read_or_the_file_is_refused(tmp_path, garbage):
    """The good rows come out unless the bytes change how the whole file must be read."""
    path = tmp_path / "h.csv"
    clean = garbage.replace(b'"', b"'")
    path.write_bytes(f"{HEADER}\n{FIRST}\n".encode() + clean + b"\n" + LAST.encode() + b"\n")
    try:
        read = read_history(path)
    except HistoryError:
        return
    assert {"T-1", "T-9"} <= {past.ticket.ticket_id for past in read.tickets}
    assert read.summary.read == read.summary.accepted + read.summary.rejected


def test_a_refused_row_keeps_every_value_of_a_repeated_header(tmp_path):
    path = write_csv(tmp_path / "h.csv", FIRST + ",,", "T-2,?,a,b,c,x,y", header=f"{HEADER},Labels,Labels")
    rejects = tmp_path / "rejects.jsonl"
    read_history(path, rejects=rejects)
    assert json.loads(rejects.read_text())["row"]["Labels"] == ["x", "y"]
