import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.triage.made_incident import BURST, burst, by_time, ordinary
from training.cli.incidents import app
from triage.errors import InputError


@pytest.fixture
def history(tmp_path):
    """A history table with a burst in its later half."""
    tickets = by_time(ordinary(days=60), burst(12))
    rows = [
        {
            "ticket_id": one.ticket_id,
            "created_at": one.created_at.isoformat(),
            "subject": one.subject,
            "body": one.body,
            "requester": one.requester,
        }
        for one in tickets
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "history.csv", index=False)
    return tmp_path / "history.csv"


def run(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


def test_people_get_a_table(history):
    result = run(history)
    assert result.exit_code == 0, result.output
    assert "1 suspected incidents" in result.output and "the default" in result.output
    assert "in the 24 hours before it was raised" in " ".join(result.output.split())
    assert "certificate" in result.output and f"{BURST:%Y-%m-%d}" in result.output


def test_programs_get_json_alone(history):
    document = json.loads(run(history, "--threshold", 6, "--json").stdout)
    (found,) = document["incidents"]
    assert len(found["ticket_ids"]) == 12 and document["threshold"] == 6
    assert json.loads(run(history, "--threshold", 300, "--json").stdout)["incidents"] == []


def test_a_wrong_day_is_said(history):
    result = run(history, "--from", "yesterday")
    assert isinstance(result.exception, InputError)
