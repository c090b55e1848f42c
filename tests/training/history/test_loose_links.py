"""Links that an import kept although what they name is not there yet."""

import pytest

from tests.training.history.helpers import row, write_csv, write_jsonl
from training.history.importer import import_table
from triage.store.links import list_links


class Interruption(Exception):
    """Ends an import half way."""


def test_links_to_what_is_not_stored_are_kept_and_told_with_their_lines(sqlite_store, tmp_path):
    import_table(sqlite_store, write_jsonl(tmp_path / "h.jsonl", [row(1), row(2)]))
    article = write_csv(tmp_path / "a.csv", "A-1,Reset,Open.", header="article_id,title,body")
    import_table(sqlite_store, article, "articles")
    rows = ["T-1,A-1", "T-99,A-1", "T-2,A-9", "T-98,A-9"]
    path = write_csv(tmp_path / "l.csv", *rows, header="ticket_id,article_id")
    calls = iter(range(9))

    def stop(share: float) -> None:
        if next(calls):
            raise Interruption

    with pytest.raises(Interruption):
        import_table(sqlite_store, path, "links", chunk_rows=1, progress=stop)
    summary = import_table(sqlite_store, path, "links", chunk_rows=1).summary
    assert summary["loose_links"] == [
        {"line": 3, "reason": "ticket not in the store"},
        {"line": 4, "reason": "article not in the store"},
        {"line": 5, "reason": "ticket and article not in the store"},
    ]
    told = " ".join(summary["notes"])
    assert "2 links are of tickets that are not in the store: kept" in told
    assert "2 links are to articles that are not in the store: kept" in told
    assert "the first of these links: line 3: ticket not in the store; line 4:" in told
    assert len(list_links(sqlite_store, "default")) == 4
    import_table(sqlite_store, write_jsonl(tmp_path / "more.jsonl", [row(98), row(99)]))
    told = import_table(sqlite_store, path, "links", again=True).summary["notes"]
    assert told[0].startswith("2 links are to articles") and not any("of tickets" in one for one in told)
