import json
from datetime import UTC, datetime, timedelta

import pandas as pd
from typer.testing import CliRunner

from tests.training.forecasting.test_read import history, write
from training.cli.forecast import app
from training.forecasting.forecast import COLUMNS
from triage.errors import ConfigurationError, InputError


def run(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


def test_a_history_becomes_a_forecast_file_and_a_table_for_people(tmp_path):
    source, out = write(history(), tmp_path / "h.csv"), tmp_path / "f.parquet"
    result = run(source, "--horizon", 14, "--by", "category", "--country", "US", "--out", out)
    assert result.exit_code == 0, result.output
    assert "SWA5:25" in result.output and "category=vpn" in result.output
    table = pd.read_parquet(out)
    assert tuple(table.columns) == COLUMNS
    assert table.groupby("series").size().to_dict() == {"category=mail": 14, "category=vpn": 14, "total": 14}


def test_json_goes_to_standard_output_alone(tmp_path):
    source = write(history(10), tmp_path / "h.jsonl")
    result = run(source, "--interval", "hour", "--horizon", 3, "--out", tmp_path / "f.parquet", "--json")
    document = json.loads(result.stdout)
    assert document["interval"] == "hour"
    assert [entry["basis"] for entry in document["series"]] == ["no basis"]
    assert len(document["series"][0]["points"]) == 3


def test_a_thin_history_is_said_to_be_no_basis(tmp_path):
    source = write(history(10), tmp_path / "h.csv")
    result = run(source, "--horizon", 3, "--out", tmp_path / "f.parquet")
    assert "No basis (less than two weeks of history): total" in result.output


def test_an_unusable_history_raises_one_sentence_of_the_error_tree(tmp_path):
    source = write(history(1).head(1), tmp_path / "h.csv")
    result = run(source, "--horizon", 3, "--out", tmp_path / "f.parquet")
    assert isinstance(result.exception, InputError)
    assert "expected at least two whole ones" in str(result.exception)
    assert not (tmp_path / "f.parquet").exists()


def test_a_file_that_ends_long_ago_is_forecast_from_its_end_or_from_now_where_that_is_asked_for(tmp_path):
    days = pd.date_range(datetime.now(UTC) - timedelta(days=100), periods=60, freq="4h")
    rows = pd.DataFrame({"ticket_id": range(60), "created_at": days.strftime("%Y-%m-%dT%H:%M:%SZ")})
    source, out = write(rows.assign(subject="x", body="y"), tmp_path / "h.csv"), tmp_path / "f.parquet"
    told = run(source, "--horizon", 3, "--out", out)
    assert "The file ends" in told.output and "--from-now" in told.output
    assert pd.read_parquet(out)["start"].min() < pd.Timestamp(days[-1]) + pd.Timedelta(days=1)
    told = run(source, "--horizon", 3, "--out", out, "--from-now")
    assert "is the feed broken?" in told.output and "The file ends" not in told.output
    assert pd.read_parquet(out)["start"].min() >= pd.Timestamp.now(tz="UTC").floor("D")


def test_a_place_that_cannot_be_written_is_told_before_any_work(tmp_path):
    source = write(history(10), tmp_path / "h.csv")
    told = run(source, "--horizon", 3, "--out", tmp_path / "h.csv" / "f.parquet").exception
    assert isinstance(told, ConfigurationError) and "Name another --out" in str(told)
