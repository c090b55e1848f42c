import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from serving.cli.main import main
from tests.trained import Trained
from training.replay.folder import ReplayFolder

SETTINGS = 'targets = ["category", "team"]\n[merged.category]\naccounts = "email"\n'


@pytest.fixture
def desk(trained: Trained, tmp_path, monkeypatch) -> dict[str, Path]:
    """Tables of a made-up helpdesk, and a home whose texts are encoded already."""
    (tmp_path / "home" / "cache").mkdir(parents=True)
    (tmp_path / "home" / "cache" / "embeddings").symlink_to(trained.cache)
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    (tmp_path / "settings.toml").write_text(SETTINGS)
    sample = trained.folder.parent / "sample"
    return {name: sample / f"{name}.csv" for name in ("tickets", "articles", "links", "agents")}


def run(capsys, *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["replay", *map(str, words)])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def filed(path: Path) -> dict[str, str]:
    with path.open(newline="") as file:
        return {row["ticket_id"]: row["created_at"] for row in csv.DictReader(file)}


@pytest.mark.proof
def test_a_killed_replay_goes_on_and_reports_what_would_have_been_right(
    tmp_path, trained, desk, capsys, monkeypatch
):
    start = trained.later[0].ticket.created_at
    out, suggestions = tmp_path / "new" / "p.parquet", tmp_path / "s.parquet"
    given = ("--from", start.isoformat(), "--out", out, "--config", tmp_path / "settings.toml")
    tables = ("--articles", desk["articles"], "--links", desk["links"], "--agents", desk["agents"])
    words = (
        desk["tickets"],
        *given,
        *tables,
        "--suggestions",
        suggestions,
        "--retrain",
        "never",
        "--limit",
        3,
    )
    monkeypatch.setattr("training.replay.run.PART", 15)

    written = ReplayFolder.write
    parts: list[str] = []

    def killed_at_the_second(folder: ReplayFolder, part: str, *results: object) -> None:
        if parts:
            raise KeyboardInterrupt
        parts.append(part)
        written(folder, part, *results)

    with monkeypatch.context() as patch:
        patch.setattr(ReplayFolder, "write", killed_at_the_second)
        code, *_ = run(capsys, *words)
    assert code != 0 and not out.exists()

    code, printed, err = run(capsys, *words, "--json")
    assert code == 0, err
    document = json.loads(printed)
    later = len(trained.later)
    assert (document["tickets"], document["resumed"], document["trainings"]) == (later, 15, 1)
    category = document["fields"]["category"]
    assert category["apply"] + category["suggest"] + category["abstain"] == category["judged"] == later
    assert category["right"] / later > 0.5
    assert "accounts" not in {one["category"] for one in pq.read_table(out).to_pylist()}
    assert document["articles"]["hit_at_1"] > 0
    rows = pq.read_table(out).to_pylist()
    times = filed(desk["tickets"])
    assert [one["ticket_id"] for one in rows] == sorted(
        (one.ticket.ticket_id for one in trained.later), key=lambda one: (times[one], one)
    )
    assert all(len(one["article_ids"]) == 3 for one in pq.read_table(suggestions).to_pylist())
    assert sorted(path.name for path in out.parent.iterdir()) == ["p.parquet"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "soon"), "such as 2026-03-01"),
        (("--from", "2026-03-01", "--retrain", "weekly"), "such as 7d"),
        (("--from", "2026-03-01", "--retrain", "0d"), "such as 7d"),
        (("--from", "2026-03-01", "--suggestions", "s.parquet"), "--articles"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_read(tmp_path, capsys, words, told):
    code, _, err = run(capsys, tmp_path / "none.csv", *words, "--out", tmp_path / "p.parquet")
    assert code == 2 and told in " ".join(err.replace("│", " ").split())


def test_a_start_that_leaves_nothing_to_decide_or_nothing_to_learn_is_told(tmp_path, desk, capsys):
    for start, told in (("2030-01-01", "Name an earlier day"), ("2000-01-01", "expected 10 or more")):
        code, _, err = run(capsys, desk["tickets"], "--from", start, "--out", tmp_path / "p.parquet")
        assert code == 1 and told in err
    assert not list(tmp_path.glob("*p.parquet*"))
