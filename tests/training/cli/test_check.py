import csv
import json

import pytest

from serving.cli.main import main
from tests.training.check.made import history


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "tickets.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["ticket_id", "created_at", "subject", "category"])
        for past in history(200):
            label = past.labels["category"] + (" " if past.ticket.ticket_id == "T-9" else "")
            rows.writerow([past.ticket.ticket_id, past.ticket.created_at, past.ticket.subject, label])
    return path


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["check", *map(str, words)])
    return int(ended.value.code or 0)


def test_a_history_is_looked_over_and_the_page_and_its_json_are_written(table, tmp_path, capsys):
    out = tmp_path / "check.html"
    assert run(table, "--out", out) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "What can be learnt" in printed
    assert "1 value with spaces around the label" in printed
    assert "For example T-9." in printed
    assert "category" in out.read_text()
    assert json.loads((tmp_path / "check.json").read_text())["tickets"] == 200


def test_refused_and_replaced_rows_are_told_with_line_and_reason(table, tmp_path, capsys):
    with table.open("a", newline="") as file:
        file.write(
            "T-900,tomorrow,printer,network\n,2025-01-02,printer,network\nT-9,2025-01-02,printer,network\n"
        )
    rejects, out = tmp_path / "rejects.csv", tmp_path / "check.html"
    assert run(table, "--rejects", rejects, "--out", out) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "201 rows of the table read, 2 rows refused, 1 row replaced by a later one" in printed
    assert "Refused: line 202 (created_at" in printed and "ticket_id is missing" in printed
    assert "Refused rows:" in printed and len(rejects.read_text().splitlines()) == 3
    assert "Refused: line 202" in out.read_text()


def test_rows_marked_as_spam_are_named_and_not_looked_at(table, tmp_path, capsys):
    lines = table.read_text().splitlines()
    spam = {"T-3", "T-4"}
    marked = [f"{one},{'yes' if one.split(',')[0] in spam else 'no'}" for one in lines[1:]]
    table.write_text("\n".join([f"{lines[0]},is_spam", *marked, ""]))
    found = tmp_path / "findings.csv"
    assert run(table, "--findings", found, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["tickets"], document["reading"]["spam"]) == (198, 2)
    (finding,) = (one for one in document["findings"] if one["code"] == "marked_as_spam")
    assert finding["rows"] == ["T-3", "T-4"] and finding["text"].startswith("2 rows marked as spam")
    assert sum("marked_as_spam" in line for line in found.read_text().splitlines()) == 2


def test_without_a_file_for_them_it_is_said_how_to_get_refused_rows(table, capsys):
    with table.open("a", newline="") as file:
        file.write("T-900,tomorrow,printer,network\n")
    assert run(table) == 0
    assert "--rejects FILE writes all refused rows" in " ".join(capsys.readouterr().out.split())


def test_a_table_without_labels_is_looked_over(tmp_path, capsys):
    path = tmp_path / "bare.csv"
    rows = "".join(f"T-{day},2025-01-0{day},vpn {day}\n" for day in range(1, 9))
    path.write_text(f"ticket_id,created_at,subject\n{rows}")
    assert run(path) == 0
    printed = capsys.readouterr().out
    assert "[descriptions.category]" in printed and "What can be learnt" not in printed


def test_json_is_all_that_is_printed_where_it_is_asked_for(table, capsys):
    assert run(table, "--json", "--targets", "category") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["reading"]["accepted"] == 200
    assert document["fields"]["category"]["estimate"]["accuracy"] > 0.8


def test_a_target_without_labels_ends_with_a_message(table, capsys):
    assert run(table, "--targets", "team") == 1
    assert "without a label of team" in capsys.readouterr().err
