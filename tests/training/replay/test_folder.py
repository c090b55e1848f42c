from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from training.knowledge.publish import SuggestionRow
from training.replay.folder import ReplayFolder, about_files
from training.score import prediction_schema
from triage.decision import Action, Decision, FieldDecision
from triage.errors import ConfigurationError, ConflictError

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def decision(ticket_id: str, *fields: str) -> Decision:
    said = {name: FieldDecision(name, "x", 0.5, None, Action.SUGGEST, None, (("x", 0.5),)) for name in fields}
    return Decision("", ticket_id, "v1", NOW, said)


def test_parts_are_gathered_in_the_columns_that_others_build_on(tmp_path):
    with ReplayFolder(tmp_path / "work", {}).opened() as folder:
        folder.write("000001", [decision("T-2", "team", "category")], [SuggestionRow("T-2", ("b",), (1.0,))])
        folder.write("000000", [decision("T-1", "category")], [SuggestionRow("T-1", (), ())])
        assert folder.gather(tmp_path / "p.parquet") == ("category", "team")
        folder.gather_suggestions(tmp_path / "s.parquet")
    table = pq.read_table(tmp_path / "p.parquet")
    assert table.schema == prediction_schema(["category", "team"])
    rows = table.to_pylist()
    assert [(one["ticket_id"], one["category"], one["team"]) for one in rows] == [
        ("T-1", "x", None),
        ("T-2", "x", "x"),
    ]
    assert pq.read_table(tmp_path / "s.parquet")["ticket_id"].to_pylist() == ["T-1", "T-2"]


def test_parts_of_another_replay_are_thrown_away(tmp_path):
    def parts_found(about: dict) -> bool:
        folder = ReplayFolder(tmp_path / "work", about)
        with pytest.raises(KeyboardInterrupt), folder.opened():
            found = folder.has("000000")
            folder.write("000000", [decision("T-1", "category")], None)
            raise KeyboardInterrupt
        return found

    assert [parts_found(about) for about in ({"from": 1}, {"from": 1}, {"from": 2})] == [False, True, False]


def test_nothing_is_left_where_nothing_was_done(tmp_path):
    with pytest.raises(KeyboardInterrupt), ReplayFolder(tmp_path / "work", {}).opened():
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_two_replays_cannot_write_one_result(tmp_path):
    with ReplayFolder(tmp_path / "work", {}).opened():
        with (
            pytest.raises(ConflictError, match="another replay"),
            ReplayFolder(tmp_path / "work", {}).opened(),
        ):
            pass
        assert (tmp_path / "work" / "parts").is_dir()


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(ConfigurationError, match="Name another --out"),
        ReplayFolder(tmp_path / "file" / "work", {}).opened(),
    ):
        pass


def test_other_contents_of_a_file_are_another_replay(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("a")
    first = about_files(path, None)
    assert about_files(path, None) == first
    path.write_text("b")
    assert about_files(path, None) != first
    assert about_files(path, path) != about_files(path, None)
