import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from serving.cli.main import main
from tests.serving.fakes import seal_fake
from tests.trained import KEY, Trained
from tests.training.history.helpers import row, write_jsonl
from training.score import ScoreJob, score_chunks
from triage.policy import Policy
from triage.ticket import Ticket

COLUMNS = ("", "_confidence", "_threshold", "_action", "_reason", "_top", "_top_confidence")


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("TRIAGE_SIGNING_KEY", KEY.hex())


@pytest.fixture
def bundle(tmp_path) -> Path:
    seal_fake(tmp_path, "v1", key=KEY)
    return tmp_path / "models" / "acme" / "v1"


@pytest.fixture
def tickets(tmp_path) -> Path:
    rows = [
        row(1, subject="vpn down", category="printer"),
        row(2, subject="my laptop"),
        {"ticket_id": "T-3", "subject": "no time"},
        row(1, subject="forgot my password"),
    ]
    return write_jsonl(tmp_path / "tickets.jsonl", rows)


def run(capsys, *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["score", *map(str, words)])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def test_each_ticket_gets_its_row_in_the_columns_that_others_build_on(tmp_path, bundle, tickets, capsys):
    out = tmp_path / "p.parquet"
    code, printed, _ = run(capsys, tickets, "--bundle", bundle, "--out", out)
    assert code == 0
    table = pq.read_table(out)
    fields = [f"{name}{column}" for name in ("category", "team") for column in COLUMNS]
    assert table.column_names == ["ticket_id", "model_version", *fields]
    rows = {one["ticket_id"]: one for one in table.to_pylist()}
    assert list(rows) == ["T-2", "T-1"]
    assert (rows["T-1"]["category"], rows["T-1"]["category_action"]) == ("account", "apply")
    assert rows["T-2"]["category_top"] == ["hardware", "account", "network"]
    assert "2 tickets, 1 unreadable" in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["models", "p.parquet", "tickets.jsonl"]


def test_json_counts_what_was_done(tmp_path, bundle, tickets, capsys):
    out = tmp_path / "p.parquet"
    code, printed, _ = run(capsys, tickets, "--bundle", bundle, "--out", out, "--json")
    document = json.loads(printed)
    assert (code, document["tickets"], document["out"]) == (0, 2, str(out))
    assert document["actions"]["category"] == {"apply": 2}
    assert document["reading"]["rejected"] == 1


def test_a_policy_file_is_heard(tmp_path, bundle, tickets, capsys):
    (tmp_path / "policy.json").write_text('{"kill_switch": true}')
    out = tmp_path / "p.parquet"
    code, *_ = run(capsys, tickets, "--bundle", bundle, "--out", out, "--policy", tmp_path / "policy.json")
    assert code == 0
    assert set(pq.read_table(out)["category_reason"].to_pylist()) == {"kill_switch"}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"fields": {"colour": {}}}', '{"fields": []}'])
def test_a_policy_file_with_a_mistake_is_refused_before_anything_is_read(
    tmp_path, bundle, tickets, capsys, text
):
    (tmp_path / "policy.json").write_text(text)
    out = tmp_path / "p.parquet"
    given = ("--bundle", bundle, "--out", out, "--policy", tmp_path / "policy.json")
    code, _, err = run(capsys, tickets, *given)
    assert code == 1 and err.startswith("triage: Got ")
    assert not out.exists()


def test_a_folder_that_is_not_there_yet_is_made_and_one_that_cannot_be_is_told(
    tmp_path, bundle, tickets, capsys
):
    code, *_ = run(capsys, tickets, "--bundle", bundle, "--out", tmp_path / "new" / "p.parquet")
    assert code == 0 and (tmp_path / "new" / "p.parquet").is_file()
    (tmp_path / "file").write_text("")
    code, _, err = run(capsys, tickets, "--bundle", bundle, "--out", tmp_path / "file" / "p.parquet")
    assert code == 1 and "Name another --out" in err


def test_a_table_that_breaks_half_way_leaves_the_earlier_predictions(tmp_path, bundle, tickets, capsys):
    out = tmp_path / "p.parquet"
    assert run(capsys, tickets, "--bundle", bundle, "--out", out)[0] == 0
    before = out.read_bytes()
    (tmp_path / "none.jsonl").write_text('{"ticket_id": "T-1", "created_at": "never", "subject": "x"}\n')
    code, _, err = run(capsys, tmp_path / "none.jsonl", "--bundle", bundle, "--out", out)
    assert code == 1 and "none can be used" in err
    assert out.read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_a_bundle_that_was_changed_or_an_engine_that_is_not_there_is_refused(
    tmp_path, bundle, tickets, capsys
):
    out = tmp_path / "p.parquet"
    code, _, err = run(capsys, tickets, "--bundle", bundle, "--out", out, "--engine", "spark")
    assert code == 1 and "local, dask" in err
    (bundle / "card.html").write_text("changed")
    code, _, err = run(capsys, tickets, "--bundle", bundle, "--out", out)
    assert code == 1 and "changed bytes" in err
    assert not out.exists() and not list(tmp_path.glob(".*"))


def test_a_bundle_sealed_anew_in_the_same_place_is_the_one_that_decides(tmp_path, bundle):
    def decided() -> set[str | None]:
        chunks = score_chunks([[Ticket("T-1", "vpn")]], ScoreJob(bundle, KEY, Policy()))
        return {one.model_version for chunk in chunks for one in chunk}

    assert decided() == {"v1"}
    other = seal_fake(tmp_path, "v2", key=KEY)
    shutil.rmtree(bundle)
    other.rename(bundle)
    assert decided() == {"v2"}


def test_chunks_of_any_size_give_the_same_decisions(trained: Trained):
    asked = [past.ticket for past in trained.later]

    def decided(size: int) -> list:
        chunks = [asked[at : at + size] for at in range(0, len(asked), size)]
        found = score_chunks(chunks, ScoreJob(trained.folder, KEY, Policy(), threads=2))
        return [one.fields for chunk in found for one in chunk]

    assert decided(1) == decided(7) == decided(1_000)


@pytest.mark.proof
def test_a_dask_cluster_decides_as_this_process_does(tmp_path, bundle, tickets):
    pytest.importorskip("distributed", reason="needs the extra dask")
    root = Path(__file__).parents[3]
    environ = os.environ | {"PYTHONPATH": str(root)}
    tables = []
    for engine in ("local", "dask"):
        out = tmp_path / f"{engine}.parquet"
        command = [sys.executable, "-m", "serving.cli.main", "score", str(tickets), "--bundle", str(bundle)]
        done = subprocess.run(
            [*command, "--out", str(out), "--engine", engine],
            env=environ,
            cwd=root,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        tables.append(pq.read_table(out))
    assert tables[0].num_rows and tables[0].equals(tables[1])


@pytest.mark.proof
def test_a_run_killed_half_way_goes_on_and_loses_or_doubles_no_row(tmp_path, bundle, capsys):
    rows = [row(number, subject="vpn down" if number % 3 else "laptop") for number in range(15_000)]
    table = write_jsonl(tmp_path / "many.jsonl", rows)
    whole, out = tmp_path / "whole.parquet", tmp_path / "p.parquet"
    assert run(capsys, table, "--bundle", bundle, "--out", whole, "--workers", 1)[0] == 0
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "serving.cli.main", "score", str(table), "--bundle", str(bundle)]
    parts = tmp_path / ".p.parquet.parts"
    with subprocess.Popen(
        [*command, "--out", str(out), "--workers", "2"],
        env=os.environ | {"PYTHONPATH": str(root)},
        cwd=root,
        stderr=subprocess.DEVNULL,
    ) as started:
        await_true(lambda: len(list(parts.glob("*.part"))) >= 2)
        helpers = children_of(started.pid)
        started.kill()
    assert helpers
    await_true(lambda: not any(Path(f"/proc/{one}").exists() for one in helpers))
    done = len(list(parts.glob("*.part")))
    assert 2 <= done < 15 and not out.exists()
    code, _, told = run(capsys, table, "--bundle", bundle, "--out", out, "--workers", 1)
    assert code == 0 and f"Going on: {done} chunks" in told
    assert pq.read_table(out).equals(pq.read_table(whole))
    assert not parts.exists()


def await_true(said: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not said():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.01)


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started, whichever of its threads did."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(one) for one in path.read_text().split()]
    return found
