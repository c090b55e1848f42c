from datetime import UTC, datetime

import pandas as pd
import pytest

from tests.training.history.helpers import HEADER, row, write_csv, write_jsonl
from training.history import (
    Mapping,
    iter_tickets,
    read_agents,
    read_articles,
    read_columns,
    read_history,
    read_links,
    read_table,
    read_volumes,
)
from training.history_hash import history_hash
from triage.errors import HistoryError

FIRST = "T-1,2026-03-01T08:00:00Z,Printer,It jams.,printer"
SECOND = "T-2,2026-03-02T08:00:00Z,VPN,It drops.,network"


def test_tickets_come_in_the_order_of_filing_with_labels_apart_from_what_was_known(tmp_path):
    read = read_history(write_csv(tmp_path / "h.csv", SECOND, FIRST))
    assert [past.ticket.ticket_id for past in read.tickets] == ["T-1", "T-2"]
    first = read.tickets[0]
    assert first.ticket.created_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert first.labels == {"category": "printer"}
    assert not hasattr(first.ticket, "category")
    assert (read.summary.read, read.summary.accepted, read.summary.rejected) == (2, 2, 0)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_the_same_rows_read_the_same_from_every_format(tmp_path, suffix):
    rows = [row(n, reopened=n % 3, resolved_at="2026-04-01 10:00:00+02:00") for n in range(50)]
    path = tmp_path / f"h.{suffix}"
    if suffix == "csv":
        pd.DataFrame(rows).to_csv(path, index=False)
    elif suffix == "jsonl":
        write_jsonl(path, rows)
    else:
        pd.DataFrame(rows).to_parquet(path)
    expected = read_history(write_jsonl(tmp_path / "reference.jsonl", rows)).tickets
    assert read_history(path, chunk_rows=7).tickets == expected
    assert expected[0].resolved_at == datetime(2026, 4, 1, 8, tzinfo=UTC)
    assert {past.reopened for past in expected} == {0, 1, 2}


def test_of_rows_with_one_id_the_last_wins_and_the_others_are_counted_across_chunks(tmp_path):
    rows = [row(n % 10, subject=f"version {n}") for n in range(35)]
    read = read_history(write_jsonl(tmp_path / "h.jsonl", rows), chunk_rows=4)
    assert read.summary.replaced == 25
    assert sorted(past.ticket.subject for past in read.tickets) == [f"version {n}" for n in range(25, 35)]


def test_chunks_hold_the_rows_of_the_file_in_order_and_a_table_can_be_read_again(tmp_path):
    table = read_table(write_jsonl(tmp_path / "h.jsonl", [row(n) for n in range(10)]), chunk_rows=4)
    first = [len(chunk) for chunk in table]
    again = [record for chunk in table for record in chunk]
    assert first == [4, 4, 2]
    assert [past.ticket.ticket_id for past in again] == [f"T-{n}" for n in range(10)]
    assert table.summary.read == 10
    assert table.progress == 1.0


def test_tickets_can_be_walked_through_without_holding_them_all(tmp_path):
    path = write_jsonl(tmp_path / "h.jsonl", [row(n) for n in range(10)])
    assert [len(chunk) for chunk in iter_tickets(path, chunk_rows=6)] == [6, 4]


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("created_at,subject", "ticket_id"),
        ("ticket_id,subject", "created_at"),
        ("ticket_id,created_at,category", "subject or body"),
    ],
)
def test_a_missing_required_column_is_named_with_what_to_do(tmp_path, header, what):
    path = write_csv(tmp_path / "h.csv", "a,b,c", header=header)
    with pytest.raises(HistoryError, match=rf"without {what}; its columns are .*\[columns\]"):
        read_history(path)


@pytest.mark.parametrize("content", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_said_to_be_empty(tmp_path, content):
    path = tmp_path / "h.csv"
    path.write_bytes(content)
    with pytest.raises(HistoryError, match="empty"):
        read_history(path)


def test_a_header_without_rows_is_said_to_have_none(tmp_path):
    with pytest.raises(HistoryError, match="header but no rows"):
        read_history(write_csv(tmp_path / "h.csv"))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(HistoryError, match="No such file"):
        read_history(tmp_path / "absent.csv")


def test_one_single_label_is_no_error_but_is_noted(tmp_path):
    summary = read_history(write_csv(tmp_path / "h.csv", FIRST)).summary
    assert any("one single value, 'printer'" in note for note in summary.notes)


def test_when_no_row_can_be_used_the_reasons_are_told(tmp_path):
    path = write_csv(tmp_path / "h.csv", "T-1,yesterday,a,b,c", "T-2,,a,b,c")
    with pytest.raises(
        HistoryError, match=r"2 rows none can be used: created_at .*1970.*created_at is missing"
    ):
        read_history(path)


def test_headers_are_found_in_any_writing(tmp_path):
    path = write_csv(tmp_path / "h.csv", FIRST, header="Ticket ID,Created At,SUBJECT,Body,Category")
    assert read_history(path).tickets[0].labels == {"category": "printer"}


def test_custom_fields_are_known_at_filing_and_tags_are_split(tmp_path):
    path = write_csv(
        tmp_path / "h.csv", f"{FIRST},Berlin,vip; paris ;vip", header=f"{HEADER},field.site,tags"
    )
    ticket = read_history(path).tickets[0].ticket
    assert ticket.custom == {"site": "Berlin"}
    assert ticket.tags == ("vip", "paris")


def test_articles_links_agents_and_volumes_are_read(tmp_path):
    articles = write_csv(
        tmp_path / "a.csv", "A-1,Reset,Open the portal.,web|mail", header="article_id,title,body,products"
    )
    links = write_csv(tmp_path / "l.csv", "T-1,A-1,2026-01-02", header="ticket_id,article_id,created_at")
    agents = write_csv(tmp_path / "g.csv", "ada,Network,vpn;dns,12", header="agent,team,skills,capacity")
    volumes = write_csv(tmp_path / "v.csv", "calls,2026-01-02,17", header="series,start,count")
    assert read_articles(articles).articles[0].products == ("web", "mail")
    assert read_links(links).links[0].created_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert read_agents(agents).agents[0].skills == ("vpn", "dns")
    assert read_agents(agents).agents[0].capacity == 12
    assert read_volumes(volumes).volumes[0].count == 17


def test_single_columns_come_as_frames_with_times_in_utc(tmp_path):
    path = write_csv(tmp_path / "h.csv", FIRST, "T-2,2026-07-01 09:00,VPN,It drops.,")
    frames = list(read_columns(path, ["created_at", "category"], zone="Europe/Berlin"))
    frame = pd.concat(frames)
    assert str(frame["created_at"].dtype) == "datetime64[ns, UTC]"
    assert list(frame["created_at"].dt.hour) == [8, 7]
    assert list(frame["category"]) == ["printer", None]


def test_asking_for_a_column_that_is_not_there_names_it(tmp_path):
    with pytest.raises(HistoryError, match="no column 'team'"):
        next(read_columns(write_csv(tmp_path / "h.csv", FIRST), ["created_at", "team"]))


def test_rows_without_ids_and_times_are_numbered_when_the_mapping_says_so(tmp_path):
    path = write_csv(tmp_path / "h.csv", "hello,greeting", header="text,label")
    mapping = Mapping(
        columns={"body": ("text",), "category": ("label",)}, row_ids="chat-", without=("created_at",)
    )
    past = read_history(path, mapping=mapping).tickets[0]
    assert (past.ticket.ticket_id, past.ticket.created_at, past.labels) == (
        "chat-1",
        None,
        {"category": "greeting"},
    )


def test_rows_marked_as_spam_are_left_out_counted_and_named_where_that_is_asked_for(tmp_path):
    marked = [row(n, is_spam="true" if n < 3 else "no") for n in range(10)]
    path = write_jsonl(tmp_path / "h.jsonl", marked)
    read = read_history(path, without_spam=True)
    assert (read.summary.accepted, read.summary.as_dict()["spam"]) == (7, 3)
    assert read.summary.spam_rows == ["T-0", "T-1", "T-2"]
    assert read.summary.spam_notes == ["3 rows are marked as spam (is_spam): left out"]
    never_there = read_history(write_jsonl(tmp_path / "rest.jsonl", marked[3:]))
    assert history_hash(read.tickets) == history_hash(never_there.tickets)
    assert len(read_history(path).tickets) == 10
    kept = read_history(path, without_spam=True, mapping=Mapping(ignore=("is_spam",)))
    assert (len(kept.tickets), kept.summary.spam_notes) == (10, [])
