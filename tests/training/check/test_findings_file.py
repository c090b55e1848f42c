import csv
from dataclasses import replace

from tests.training.check.made import history, past, read, tokenizer
from training.check import capped, check_history
from training.check.findings_file import COLUMNS, write_findings
from training.check.report import MOST_ROWS
from training.history.corrections import correct_labels, read_corrections


def conflicting():
    agreed = [past(300 + n, "disk full", hours=9_000 + n, category="network") for n in range(4)]
    return [*history(300), *agreed, past(400, "disk full", hours=9_999, category="account")]


def test_every_row_of_every_finding_is_a_line_with_its_label_and_the_likely_one(tmp_path):
    tickets = conflicting()
    document = check_history(read(tickets), tokenizer())
    path = tmp_path / "findings.csv"
    count = write_findings(path, document, tickets)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert tuple(lines[0]) == COLUMNS
    assert len(lines) == count == sum(len(one["rows"]) for one in document["findings"])
    (conflict,) = [one for one in lines if one["finding"] == "conflicting_labels"]
    assert (conflict["ticket_id"], conflict["given"], conflict["likely"]) == ("T-400", "account", "network")


def test_a_filled_file_corrects_the_history_and_the_finding_is_gone(tmp_path):
    tickets = conflicting()
    path = tmp_path / "findings.csv"
    write_findings(path, check_history(read(tickets), tokenizer()), tickets)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    filled = [line.replace(",account,network,,", ",account,network,network,") for line in lines
              if line.startswith(("finding,", "conflicting_labels,"))]  # fmt: skip
    path.write_text("\n".join(filled), encoding="utf-8")
    corrected = correct_labels(tickets, read_corrections(path))
    codes = {one["code"] for one in check_history(read(corrected), tokenizer())["findings"]}
    assert "conflicting_labels" not in codes


def test_formulas_are_written_as_text_and_read_back_as_they_were(tmp_path):
    label = "=HYPERLINK(1)"
    agreed = [past(300 + n, "disk full", hours=9_000 + n, category=label) for n in range(4)]
    tickets = [*history(300), *agreed, past(400, "disk full", hours=9_999, category="@home")]
    tickets[-1] = replace(tickets[-1], ticket=replace(tickets[-1].ticket, ticket_id="-7"))
    path = tmp_path / "findings.csv"
    write_findings(path, check_history(read(tickets), tokenizer()), tickets)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert not [cell for line in lines for cell in line.values() if cell.startswith(("=", "+", "-", "@"))]
    (conflict,) = [one for one in lines if one["finding"] == "conflicting_labels"]
    assert (conflict["ticket_id"], conflict["given"], conflict["likely"]) == ("'-7", "'@home", f"'{label}")
    conflict["correct"] = conflict["likely"]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        rows.writerow(conflict)
    assert read_corrections(path) == {("-7", "category"): label}


def test_json_names_a_thousand_tickets_of_a_finding_at_most():
    ids = [f"T-{number}" for number in range(3_000)]
    short = capped({"tickets": 3_000, "findings": [{"rows": ids, "likely": ids, "tickets": 3_000}]})
    assert short["findings"][0]["rows"] == ids[:MOST_ROWS]
    assert len(short["findings"][0]["likely"]) == MOST_ROWS
    assert short["findings"][0]["tickets"] == 3_000
