import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from training.score import prediction_schema
from training.score_run import ScoreRun
from triage.errors import ConflictError

FIELDS = ["category"]


def part(*rows: tuple[str, str]) -> bytes:
    """Return a chunk's decisions: an id and a value a row."""
    ids, values = [one for one, _ in rows], [value for _, value in rows]
    none = [None] * len(rows)
    columns = {
        "ticket_id": ids,
        "model_version": ["v1"] * len(rows),
        "category": values,
        "category_confidence": none,
        "category_threshold": none,
        "category_action": ["apply" if one == "a" else "abstain" for one in values],
        "category_reason": none,
        "category_top": none,
        "category_top_confidence": none,
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(columns, schema=prediction_schema(FIELDS)), sink)
    return sink.getvalue()


def rows_of(path) -> list[tuple[str, str]]:
    table = pq.read_table(path)
    return list(zip(table["ticket_id"].to_pylist(), table["category"].to_pylist(), strict=True))


class Killed(BaseException):
    """Stands for whatever ends a run early."""


def test_chunks_become_one_file_in_their_order_and_nothing_else_stays(tmp_path):
    out = tmp_path / "p.parquet"
    with ScoreRun.begun(out, {"bundle": "1"}) as run:
        run.put(1, part(("T-3", "b")))
        run.put(0, part(("T-1", "a"), ("T-2", "b")))
        counted = run.finish(2, FIELDS, unique=False)
    assert rows_of(out) == [("T-1", "a"), ("T-2", "b"), ("T-3", "b")]
    assert (counted.tickets, counted.actions) == (3, {"category": {"apply": 1, "abstain": 2}})
    assert [path.name for path in tmp_path.iterdir()] == ["p.parquet"]


def test_of_rows_with_one_id_the_last_stays_also_across_chunks(tmp_path):
    out = tmp_path / "p.parquet"
    with ScoreRun.begun(out, {}) as run:
        run.put(0, part(("T-1", "a"), ("T-2", "a"), ("T-2", "b")))
        run.put(1, part(("T-1", "b"), ("T-3", "a")))
        counted = run.finish(2, FIELDS, unique=True)
    assert rows_of(out) == [("T-2", "b"), ("T-1", "b"), ("T-3", "a")]
    assert counted.tickets == 3


def test_a_run_that_ended_early_goes_on_with_what_it_had(tmp_path):
    out = tmp_path / "p.parquet"
    with pytest.raises(Killed), ScoreRun.begun(out, {"bundle": "1"}) as run:
        run.put(0, part(("T-1", "a")))
        raise Killed
    assert not out.exists()
    with ScoreRun.begun(out, {"bundle": "1"}) as run:
        assert run.resumed == 1 and run.has(0) and not run.has(1)
        run.put(1, part(("T-2", "b")))
        run.finish(2, FIELDS, unique=False)
    assert rows_of(out) == [("T-1", "a"), ("T-2", "b")]


def test_what_another_bundle_or_table_left_is_not_joined(tmp_path):
    out = tmp_path / "p.parquet"
    with pytest.raises(Killed), ScoreRun.begun(out, {"bundle": "1"}) as run:
        run.put(0, part(("T-1", "a")))
        raise Killed
    with ScoreRun.begun(out, {"bundle": "2"}) as run:
        assert run.resumed == 0 and not run.has(0)


def test_a_part_that_is_not_whole_is_decided_again(tmp_path):
    out = tmp_path / "p.parquet"
    with pytest.raises(Killed), ScoreRun.begun(out, {}) as run:
        run.put(0, part(("T-1", "a")))
        run.put(1, part(("T-2", "a")))
        raise Killed
    (broken,) = tmp_path.glob(".*/00000001.part")
    broken.write_bytes(broken.read_bytes()[:-20])
    (broken.parent / "00000002.part.draft").write_bytes(b"begun")
    with ScoreRun.begun(out, {}) as run:
        assert run.resumed == 1 and run.has(0) and not run.has(1)
        assert not list(broken.parent.glob("*.draft"))


def test_two_processes_do_not_write_one_result_at_once(tmp_path):
    out = tmp_path / "p.parquet"
    with (
        ScoreRun.begun(out, {}),
        pytest.raises(ConflictError, match="another process is writing"),
        ScoreRun.begun(out, {}),
    ):
        pass
