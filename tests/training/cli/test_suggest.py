import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import joblib
import pyarrow.parquet as pq
import pytest

from features.knowledge import KnowledgeIndex
from serving.cli.main import main
from tests.features.fake_encoder import WordEncoder
from tests.training.history.helpers import write_jsonl
from triage.bundle import Manifest, seal
from triage.knowledge import Article
from triage.signing import signing_key
from triage.taxonomy import Taxonomy
from triage.ticket import Ticket

FILED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class ModelWithoutFields:
    """A model that predicts nothing: only its encoder is wanted here."""

    def __init__(self) -> None:
        self.promises: dict = {}
        self.encoder: WordEncoder | None = None

    def open(self, folder: Path, *, threads: int = 1) -> None:
        self.encoder = WordEncoder()

    def assess(self, tickets, *, explain=False, similar=0, detail=False) -> list:
        return []


def knowledge() -> KnowledgeIndex:
    index = KnowledgeIndex(WordEncoder())
    index.put_all(
        [
            Article("password", "Reset a forgotten password", "Open the portal."),
            Article("paper", "Clear a paper jam", "Open the printer's back door."),
            Article("vpn", "Connect from home", "Start the tunnel."),
        ]
    )
    index.remember(Ticket("T-0", "screen stays dark"), "vpn", FILED - timedelta(days=1))
    return index


def bundle_of(folder: Path, index: KnowledgeIndex | None) -> Path:
    draft = folder / "draft"
    draft.mkdir()
    joblib.dump(ModelWithoutFields(), draft / "model.joblib")
    if index is not None:
        joblib.dump(index, draft / "knowledge.joblib")
    manifest = Manifest("v1", FILED, {}, Taxonomy({}), 1, "0" * 64, {})
    seal(draft, folder / "v1", manifest, signing_key())
    return folder / "v1"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))


@pytest.fixture
def tickets(tmp_path) -> Path:
    rows = [
        {"ticket_id": "T-1", "created_at": FILED.isoformat(), "subject": "forgot my password", "body": ""},
        {"ticket_id": "T-2", "created_at": FILED.isoformat(), "subject": "screen stays dark", "body": ""},
        {"ticket_id": "T-1", "created_at": FILED.isoformat(), "subject": "paper jam", "body": "printer"},
        {"ticket_id": "T-3", "subject": "no time"},
    ]
    return write_jsonl(tmp_path / "tickets.jsonl", rows)


def run(capsys, *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["suggest", *map(str, words)])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def test_each_ticket_gets_its_articles_best_first(tmp_path, tickets, capsys):
    out = tmp_path / "new" / "s.parquet"
    rejects = tmp_path / "rejects.csv"
    bundle = bundle_of(tmp_path, knowledge())
    code, printed, _ = run(capsys, tickets, "--bundle", bundle, "--out", out, "--rejects", rejects)
    assert code == 0
    table = pq.read_table(out).to_pydict()
    assert list(table) == ["ticket_id", "article_ids", "scores"]
    assert table["ticket_id"] == ["T-1", "T-2"]
    assert [ids[0] for ids in table["article_ids"]] == ["paper", "vpn"]
    assert all(scores == sorted(scores, reverse=True) for scores in table["scores"])
    assert "2 tickets, 1 unreadable left out" in printed
    assert "refused: created_at is missing (1)" in printed and f"Refused rows: {rejects}" in printed
    assert "\n4," in rejects.read_text()
    assert "past links, by default weights" in printed.replace("\n", " ")


def test_json_holds_what_the_file_holds(tmp_path, tickets, capsys):
    out = tmp_path / "s.parquet"
    bundle = bundle_of(tmp_path, knowledge())
    code, printed, _ = run(capsys, tickets, "--bundle", bundle, "--out", out, "--limit", 1, "--json")
    document = json.loads(printed)
    assert (code, document["basis"], document["tickets"], document["rejected"]) == (0, "links", 2, 1)
    assert document["reasons"] == {"created_at is missing": 1}
    assert document["suggestions"] == pq.read_table(out).to_pylist()
    assert all(len(row["article_ids"]) == 1 for row in document["suggestions"])


def test_a_bundle_without_articles_is_refused_with_the_remedy(tmp_path, tickets, capsys):
    code, _, err = run(
        capsys, tickets, "--bundle", bundle_of(tmp_path, None), "--out", tmp_path / "s.parquet"
    )
    assert code == 1
    assert "--articles" in err
    assert not (tmp_path / "s.parquet").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path, tickets, capsys):
    bundle = bundle_of(tmp_path, knowledge())
    (tmp_path / "file").write_text("")
    code, _, err = run(capsys, tickets, "--bundle", bundle, "--out", tmp_path / "file" / "s.parquet")
    assert code == 1
    assert "Name another --out" in err


def test_a_limit_below_one_is_wrong_usage(tmp_path, tickets, capsys):
    code, _, _ = run(capsys, tickets, "--bundle", tmp_path, "--out", tmp_path / "s.parquet", "--limit", 0)
    assert code == 2
