import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from training.cli.gaps import app

pytestmark = pytest.mark.encoder


def write(path: Path, rows: list[dict]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def tables(tmp_path: Path) -> tuple[str, str]:
    tickets = [
        {
            "ticket_id": f"T-{number}",
            "created_at": f"2026-01-{number + 1:02}T09:00:00Z",
            "subject": "Shared calendar is empty",
            "body": "The shared calendar of our team shows no meetings.",
        }
        for number in range(6)
    ]
    articles = [{"article_id": "KB-1", "title": "Clear a paper jam", "body": "Open the printer's back door."}]
    return str(write(tmp_path / "tickets.csv", tickets)), str(write(tmp_path / "articles.csv", articles))


def run(tables: tuple[str, str], tmp_path: Path, *more: str):
    history, articles = tables
    return CliRunner().invoke(
        app, [history, "--articles", articles, "--cache", str(tmp_path / "cache"), *more]
    )


def test_a_gap_is_printed_for_people_and_for_programs(tables: tuple[str, str], tmp_path: Path):
    shown = run(tables, tmp_path)
    assert shown.exit_code == 0, shown.output
    assert "6 tickets, 6 that no article serves; 6 of them in 1 gap." in shown.output
    assert "calendar" in shown.output and "No ticket was ever" in " ".join(shown.output.split())
    assert "confidential ones and every team's" in " ".join(shown.output.split())
    document = json.loads(run(tables, tmp_path, "--json").output)
    assert document["gaps"][0]["tickets"] == 6
