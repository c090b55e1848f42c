import json
from pathlib import Path

from typer.testing import CliRunner

from training.cli.sample import app
from triage.errors import InputError

runner = CliRunner()


def test_json_names_what_was_written(tmp_path: Path) -> None:
    result = runner.invoke(app, [str(tmp_path), "--tickets", "25", "--until", "2026-11-01", "--json"])
    assert result.exit_code == 0
    summary = json.loads(result.stdout)
    assert summary["tickets"] == 25
    assert (summary["preset"], summary["seed"]) == ("it", 7)
    assert (summary["since"], summary["until"]) == ("2025-05-01", "2026-11-01")
    assert (tmp_path / "tickets.csv").read_text(encoding="utf-8").startswith("ticket_id,created_at,subject")


def test_people_get_a_table_that_says_made_up(tmp_path: Path) -> None:
    result = runner.invoke(app, [str(tmp_path), "--tickets", "5"])
    assert result.exit_code == 0
    assert "Brindle & Spout, a made-up helpdesk" in result.stdout
    assert "links.csv" in result.stdout


def test_a_wrong_preset_is_an_input_error_with_the_known_names(tmp_path: Path) -> None:
    result = runner.invoke(app, [str(tmp_path / "x"), "--preset", "moon"])
    assert result.exit_code != 0
    assert isinstance(result.exception, InputError)
    assert "Got preset 'moon'" in str(result.exception)
    assert not (tmp_path / "x").exists()
