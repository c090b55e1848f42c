"""The mappings of the benchmarks on the real tables beside the checkout."""

from pathlib import Path

import pytest

from training.history import read_articles, read_history, read_links, read_table

REPOSITORY = Path(__file__).parents[3]
DATA = REPOSITORY.parent / "shared" / "data"
MAPPINGS = REPOSITORY / "benchmarks" / "mappings"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real helpdesk data are not beside the checkout"),
]


def first_chunk(file: str, mapping: str):
    table = read_table(DATA / file, mapping=MAPPINGS / mapping, chunk_rows=500)
    chunks = iter(table)
    chunk = next(chunks)
    chunks.close()
    return chunk, table.summary


@pytest.mark.parametrize(
    ("file", "mapping", "labels"),
    [
        ("mozilla_support/tickets.parquet", "mozilla.toml", {"category", "assignee"}),
        ("apache_jira/issues.parquet", "apache.toml", {"category", "assignee", "priority"}),
        (
            "servicenow_log/incidents.parquet",
            "servicenow.toml",
            {"category", "subcategory", "impact", "urgency", "priority", "team", "assignee"},
        ),
        ("banking77/train.parquet", "banking77_train.toml", {"category"}),
        ("clinc150/data_full.parquet", "clinc150_oos_train.toml", {"category"}),
    ],
)
def test_no_row_of_a_real_table_is_refused_and_its_labels_are_found(file, mapping, labels):
    chunk, summary = first_chunk(file, mapping)
    assert summary.rejected == 0
    assert {name for past in chunk for name in past.labels} <= labels
    assert all(past.ticket.tags == () for past in chunk)


def test_apache_priorities_are_on_our_scale():
    chunk, summary = first_chunk("apache_jira/issues.parquet", "apache.toml")
    assert {past.labels["priority"] for past in chunk if "priority" in past.labels} <= {
        "low",
        "normal",
        "high",
        "urgent",
    }
    assert not summary.unknown_priorities


@pytest.mark.parametrize(("file", "rows"), [("hadoop_bugs.csv", 2503), ("SeaMonkey_bugs.csv", 1076)])
def test_raw_jira_exports_are_read_without_a_mapping(file, rows):
    read = read_history(DATA / "jira_export" / file)
    assert (len(read.tickets), read.summary.rejected, read.summary.mapping) == (rows, 0, "jira")


def test_articles_and_links_are_read():
    assert len(read_articles(DATA / "mozilla_support" / "articles.parquet").articles) == 688
    assert len(read_links(DATA / "mozilla_support" / "article_links.parquet").links) == 7537
