import csv
import json
from datetime import UTC, datetime, timedelta

import pytest

from serving.cli.main import main
from training.card import render_card
from training.cli.train import _print
from training.history.summary import RowSummary
from triage.store import open_store
from triage.store.golden import freeze_tickets

TEXTS = {
    "network": ["VPN drops", "no wifi in room 4", "tunnel does not connect"],
    "printing": ["printer jams", "toner is empty", "cannot print a page"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A history whose teams are all new in its second half, each for two tickets."""
    path = tmp_path_factory.mktemp("train")
    with (path / "tickets.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["ticket_id", "created_at", "subject", "category", "team", "is_spam"])
        for number in range(80):
            label = "network" if number % 2 else "printing"
            filed = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=number)
            team = f"desk {number % 8}" if number < 40 else f"squad {number // 2}"
            text = f"{TEXTS[label][number % 3]} since {number} o'clock"
            rows.writerow([f"T-{number}", filed.isoformat(), text, label, team, "no"])
        for number in range(80, 90):
            rows.writerow([f"T-{number}", "2026-01-06", "win a prize", "prizes", "desk 1", "yes"])
    (path / "triage.toml").write_text(
        '[merged.category]\nnetwrok = "network"\n'
        '[promise.category.labels]\nprinting = { kind = "recall", target = 0.95 }\n'
    )
    return path


def run(folder, *words: object) -> int:
    given = ["train", folder / "tickets.csv", "--config", folder / "triage.toml", "--no-track", *words]
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in given])
    return int(ended.value.code or 0)


def test_what_could_not_be_merged_or_learnt_is_printed_and_on_the_card(folder, capsys):
    assert run(folder, "--out", folder / "first") == 0
    printed = " ".join(capsys.readouterr().out.split())
    card = (folder / "first" / "card.html").read_text(encoding="utf-8")
    for page, quote in ((printed, "'"), (card, "&#39;")):
        assert f"merged.category names {quote}netwrok{quote}, which no ticket has" in page
        assert f"Did you mean {quote}network{quote}?" in page
        assert "no label of the end was seen before" in page
        assert page.count("10 rows are marked as spam (is_spam): left out") == 1 and "prizes" not in page
    assert "team abstains:" in printed
    assert "category: The promise that 95 % of printing is caught is not proved: it takes 59 " in printed
    assert "The promise that 95 % of printing is caught is not proved: it takes 59 " in card


def test_a_field_that_cannot_be_learnt_is_marked_and_only_abstains(trained, capsys):
    assert trained.manifest.fields["priority"]["learnable"] is False
    _print(trained.manifest, RowSummary("history", accepted=220), trained.folder, None)
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.count("not learnable") == 1
    assert "priority: Cannot be learnt from this history" in printed
    assert "It can only suggest" not in render_card(trained.manifest)


def test_json_holds_the_reason_and_the_notes(folder, capsys):
    assert run(folder, "--out", folder / "second", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    category, team = document["fields"]["category"], document["fields"]["team"]
    assert category["learnable"] and category["reason"] is None
    assert not team["learnable"] and "no label of the end" in team["reason"]
    assert document["training"]["tickets"] == 80 and len(document["training"]["notes"]) == 2
    assert document["workspace"] == "default"


def test_golden_tickets_of_the_workspace_are_left_out_and_told(
    folder, tmp_path, monkeypatch, capsys, empty_sqlite
):
    (tmp_path / "house.db").write_bytes(empty_sqlite)
    url = f"sqlite:///{tmp_path / 'house.db'}"
    store = open_store(url)
    freeze_tickets(store, "acme", {"T-3": {"category": "network"}, "T-999": {"category": "network"}})
    store.close()
    monkeypatch.setenv("TRIAGE_STORE", url)
    assert run(folder, "--out", tmp_path / "m", "--workspace", "acme") == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "1 golden ticket kept back from learning, to judge models by." in printed
    training = json.loads((tmp_path / "m" / "manifest.json").read_text())["training"]
    assert (training["tickets"], training["golden_revision"]) == (79, 1)
