import json

import pytest

from serving.cli.main import main
from tests.serving.fakes import seal_fake
from tests.training.check.made import history
from tests.training.history.helpers import write_jsonl

SUBJECTS = {"my laptop": "hardware", "the vpn": "network", "forgot my password": "account"}


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    return seal_fake(tmp_path / "home", "v1")


@pytest.fixture
def tickets(tmp_path):
    rows = [
        {
            "ticket_id": f"T-{number}",
            "created_at": f"2026-03-{1 + number % 28:02}T08:00:00Z",
            "subject": subject,
            "category": "network" if number == 0 else label,
        }
        for number in range(40)
        for subject, label in [list(SUBJECTS.items())[number % 3]]
    ]
    return write_jsonl(tmp_path / "tickets.jsonl", rows)


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", *map(str, words)])
    return int(ended.value.code or 0)


def test_a_bundle_is_measured_and_the_page_and_its_json_are_written(bundle, tickets, tmp_path, capsys):
    out = tmp_path / "report.html"
    assert run(bundle, tickets, "--out", out) == 0
    printed = capsys.readouterr().out
    assert "97.5%" in printed
    assert "The promise of 90%" not in printed, "only what needs care is printed"
    assert "category" in out.read_text()
    written = json.loads((tmp_path / "report.json").read_text())
    assert written["fields"]["category"]["metrics"]["accuracy"] == 0.975
    assert written["reading"]["accepted"] == 40


def test_rows_marked_as_spam_are_not_judged_and_the_page_says_so(bundle, tickets, tmp_path, capsys):
    rows = [json.loads(line) for line in tickets.read_text().splitlines()]
    marked = [one | {"is_spam": place < 4} for place, one in enumerate(rows)]
    out = tmp_path / "report.html"
    assert run(bundle, write_jsonl(tmp_path / "marked.jsonl", marked), "--out", out) == 0
    assert "Note: 4 rows marked as spam (is_spam)" in " ".join(capsys.readouterr().out.split())
    assert "4 rows marked as spam (is_spam): left out" in out.read_text()
    assert json.loads((tmp_path / "report.json").read_text())["tickets"] == 36


def test_pipelines_learn_the_history_given_and_another_history_is_named(bundle, tickets, capsys):
    assert run(bundle, tickets, "--history", tickets) == 0
    printed = " ".join(capsys.readouterr().out.split())
    # Three labels: the column "top 3" has a dash and is narrow.
    assert "best top these field tickets right training peer 3 applied right" in printed
    assert "not the one that the bundle learnt from" in printed


def test_json_is_all_that_is_printed_where_it_is_asked_for(bundle, tickets, capsys):
    assert run(bundle, tickets, "--json") == 0
    assert json.loads(capsys.readouterr().out)["fields"]["category"]["metrics"]["tickets"] == 40


def test_a_changed_bundle_is_not_opened(bundle, tickets, capsys):
    (bundle / "card.html").write_text("better than it is")
    assert run(bundle, tickets) == 1
    assert "changed bytes" in capsys.readouterr().err


def test_a_page_cannot_take_the_name_of_its_json(bundle, tickets, tmp_path, capsys):
    assert run(bundle, tickets, "--out", tmp_path / "report.json") == 2
    assert "name of an HTML page" in capsys.readouterr().err


@pytest.mark.encoder
def test_what_training_seals_can_be_evaluated_and_has_a_card(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    columns = ("ticket_id", "created_at", "subject", "category")
    rows = [
        dict(
            zip(
                columns,
                (one.ticket.ticket_id, f"{one.ticket.created_at:%FT%TZ}", one.ticket.subject),
                strict=False,
            )
        )
        | {"category": one.labels["category"]}
        for one in history(120)
    ]
    earlier, later = (
        write_jsonl(tmp_path / "a.jsonl", rows[:90]),
        write_jsonl(tmp_path / "b.jsonl", rows[90:]),
    )
    with pytest.raises(SystemExit):
        main(["train", str(earlier), "--out", str(tmp_path / "bundle"), "--no-track"])
    assert "Model card" in (tmp_path / "bundle" / "card.html").read_text()
    capsys.readouterr()
    assert run(tmp_path / "bundle", later, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["within_training"] == 0
    assert document["fields"]["category"]["metrics"]["tickets"] == 30
    assert document["fields"]["category"]["metrics"]["accuracy"] > 0.7
