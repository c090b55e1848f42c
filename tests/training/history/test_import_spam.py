"""Rows marked as spam stay out of the store."""

import pytest

from tests.training.history.helpers import row, write_jsonl
from training.history.importer import import_table
from training.history.mapping import Mapping
from triage.errors import HistoryError
from triage.store.tickets import count_tickets


def test_rows_marked_as_spam_are_left_out_and_told(sqlite_store, tmp_path):
    rows = [row(n, is_spam="true" if n < 3 else "no") for n in range(10)]
    result = import_table(sqlite_store, write_jsonl(tmp_path / "h.jsonl", rows))
    assert (result.summary["accepted"], result.summary["filtered"]) == (7, 3)
    assert "3 rows are marked as spam (is_spam): left out" in result.summary["notes"]
    assert count_tickets(sqlite_store, "default") == 7


def test_a_mapping_keeps_spam_or_names_the_column_that_marks_it(sqlite_store, tmp_path):
    rows = [row(n, is_spam="true" if n < 3 else "no", junk="yes" if n == 5 else "") for n in range(10)]
    path = write_jsonl(tmp_path / "h.jsonl", rows)
    import_table(sqlite_store, path, workspace="all", mapping=Mapping(ignore=("is_spam",)))
    import_table(sqlite_store, path, workspace="junk", mapping=Mapping(columns={"is_spam": ("junk",)}))
    assert [count_tickets(sqlite_store, name) for name in ("all", "junk")] == [10, 9]


def test_a_table_of_spam_alone_is_refused(sqlite_store, tmp_path):
    path = write_jsonl(tmp_path / "h.jsonl", [row(n, is_spam=True) for n in range(3)])
    with pytest.raises(HistoryError, match="3 are marked as spam"):
        import_table(sqlite_store, path)
