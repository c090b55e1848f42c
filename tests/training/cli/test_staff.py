import csv
import json
from datetime import timedelta

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.training.staffing.test_read_forecast import START, table
from training.cli.staff import app
from triage.errors import ConfigurationError, InputError
from triage.staffing.plan import COLUMNS

CONFIG = """
paths = 100
[handle_time]
default = { mean_s = 3600, sd_s = 0 }
[[channels]]
name = "tickets"
[[teams]]
name = "Desk"
hours = "24/7"
cost_per_hour = 20
[shifts]
starts = ["00:00", "08:00", "16:00"]
"""


@pytest.fixture
def files(tmp_path):
    table(7).to_parquet(tmp_path / "f.parquet")
    (tmp_path / "c.toml").write_text(CONFIG)
    return tmp_path


def run(files, *args: object, config: str = "c.toml"):
    fixed = [files / "f.parquet", "--config", files / config, "--out", files / "plan" / "PLAN.csv"]
    return CliRunner().invoke(app, [str(arg) for arg in [*fixed, *args]])


def test_a_plan_is_written_by_interval_and_team_and_told_to_people(files):
    result = run(files)
    assert result.exit_code == 0, result.output
    assert "Desk" in result.output and "PLAN.csv" in result.output
    rows = list(csv.DictReader((files / "plan" / "PLAN.csv").read_text().splitlines()))
    assert tuple(rows[0]) == COLUMNS and len(rows) == 7
    assert rows[0]["team"] == "Desk" and rows[0]["scheduled"] == ""
    # Five tickets of an hour over 24 open hours, .85 and .7.
    assert float(rows[3]["required_paid_p50"]) == pytest.approx(5 / 24 / 0.85 / 0.7, rel=0.2)
    assert float(rows[3]["required_paid_p50"]) < float(rows[3]["required_paid_p95"])


def test_json_alone_goes_to_standard_output_and_baselines_are_compared(files):
    base = files / "base.json"
    assert run(files, "--save-baseline", base).exit_code == 0
    result = run(files, "--what-if", "volume_percent = 100", "--baseline", base, "--json")
    document = json.loads(result.stdout)
    assert document["compared"][0]["hours"] > 0.5 * document["compared"][0]["before"]["paid_hours"]
    assert document["totals"][0]["team"] == "Desk" and len(document["rows"]) == 7
    plain = run(files, "--what-if", "percentile = 'P95'")
    assert "Beside the baseline" in plain.output


def test_shifts_are_proposed_written_and_count_as_a_schedule(files):
    calendar = files / "shifts.ics"
    proposed = json.loads(run(files, "--shifts", calendar, "--json").stdout)
    again = json.loads(run(files, "--schedule", calendar, "--json").stdout)
    assert proposed["totals"][0]["scheduled_hours"] > 0
    assert again["totals"] == proposed["totals"]


def test_an_agents_table_is_a_schedule(files):
    agents = files / "agents.csv"
    agents.write_text("agent,team,shift\nada,Desk,Mon-Fri 08:00-16:00\nbob,Desk,\n")
    document = json.loads(run(files, "--agents", agents, "--json").stdout)
    assert document["totals"][0]["scheduled_hours"] == pytest.approx(40.0)
    assert any("bob" in note for note in document["notes"])


def test_an_agents_table_with_other_headers_is_read_by_its_mapping(files):
    (files / "agents.csv").write_text("Login,Group,Roster\nada,Desk,Mon-Fri 08:00-16:00\n")
    mapping = files / "agents.toml"
    mapping.write_text('[columns]\nagent = "Login"\nteam = "Group"\nshift = "Roster"\n')
    given = ("--agents", files / "agents.csv")
    assert "without agent" in str(run(files, *given).exception)
    document = json.loads(run(files, *given, "--agents-mapping", mapping, "--json").stdout)
    assert document["totals"][0]["scheduled_hours"] == pytest.approx(40.0)
    assert "without --agents" in str(run(files, "--agents-mapping", mapping).exception)


def test_handle_times_are_learnt_from_a_history_but_the_config_goes_first(files):
    pd.DataFrame({"ticket_id": range(30), "created_at": "2026-02-01T00:00:00Z", "subject": "x"}).assign(
        handle_seconds=7_200
    ).to_csv(files / "h.csv", index=False)
    learnt = json.loads(run(files, "--history", files / "h.csv", "--json").stdout)
    assert learnt["rows"][0]["handle_s"] == pytest.approx(7_200, rel=0.01)
    assert learnt["handle_times"]["default"]["median_s"] == 7_200 and learnt["handle_times"]["left_out"] == 0


def test_what_was_learnt_of_handle_times_is_told_by_label(files):
    rows = pd.DataFrame({"ticket_id": range(60), "created_at": "2026-02-01T00:00:00Z", "subject": "x"})
    rows = rows.assign(category=["vpn", "mail"] * 30, handle_seconds=[7_200, 900] * 29 + [7_200, 1e7])
    rows.to_csv(files / "h.csv", index=False)
    told = run(files, "--history", files / "h.csv").output
    lines = [line.split() for line in told.splitlines()]
    assert ["all", "59", "7,200", "4,103"] in lines and ["mail", "29", "900", "900"] in lines
    assert "1 times were left out as too long" in " ".join(told.split())


def test_the_table_keeps_words_whole_in_eighty_columns(files):
    (files / "two.toml").write_text(CONFIG.replace('"Desk"', '"business-apps"').replace("= 20", "= 2000"))
    told = run(files, config="two.toml").output
    for word in ("business-apps", "paid", "hours", "peak", "shift", "short", "done", "late", "cost"):
        assert word in told.split(), told


def test_a_schedule_with_semicolons_is_a_schedule(files):
    for mark in (",", ";"):
        rows = ["team,start,end,agents", f"Desk,{START:%Y-%m-%d}T08:00Z,{START:%Y-%m-%d}T16:00Z,3"]
        (files / "s.csv").write_text("\n".join(rows).replace(",", mark))
        document = json.loads(run(files, "--schedule", files / "s.csv", "--json").stdout)
        assert document["totals"][0]["scheduled_hours"] == pytest.approx(24.0)


def test_what_came_is_held_against_the_plan(files):
    filed = [START + timedelta(hours=6 * i) for i in range(16)]
    pd.DataFrame({"ticket_id": range(16), "created_at": filed, "subject": "x", "category": "vpn"}).to_csv(
        files / "a.csv", index=False
    )
    (files / "t.toml").write_text('by = "total"\n' + CONFIG)
    result = run(files, "--actual", files / "a.csv", "--json", config="t.toml")
    assert result.exit_code == 0, result.exception
    (desk,) = json.loads(result.stdout)["followed"]
    assert desk["tickets"] in (12.0, 16.0) and 0.5 < desk["on_time"] <= 1.0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--what-if", "volume = 10"], "'volume'"),
        (["--what-if", "10 percent"], "expected TOML"),
        (["--baseline", "none.json"], "cannot be read as JSON"),
        (["--schedule", "a.csv", "--agents", "b.csv"], "expected one of them"),
        (["--shifts", "a.txt"], ".csv or .ics"),
        (["--schedule", "none.csv"], "cannot be read"),
    ],
)
def test_wrong_arguments_raise_one_sentence_and_write_nothing(files, args, words):
    result = run(files, *args)
    assert isinstance(result.exception, InputError | ConfigurationError)
    assert words in str(result.exception)
    assert not (files / "plan").exists()


def test_a_config_that_is_wrong_names_its_file(files):
    (files / "w.toml").write_text("teams = []")
    assert "In w.toml: Got no team" in str(run(files, config="w.toml").exception)
    (files / "w.toml").write_text("teams = [")
    assert "no TOML" in str(run(files, config="w.toml").exception)
    (files / "w.toml").write_text("[channels.tickets]\nshare = 1.0\n[[teams]]\nname = 'a'\n")
    assert "expected a list of tables: in TOML, [[channels]]" in str(run(files, config="w.toml").exception)
    told = str(run(files, config="nowhere.toml").exception)
    assert "expected a TOML file" in told and "Check the path" in told and "Errno" not in told


def test_what_cannot_be_read_or_written_is_told_with_what_was_expected(files):
    (files / "agents.csv").write_text("agent,team,shift\nada,Desk,24/7\nbob,Desk,9-5\n")
    told = str(run(files, "--agents", files / "agents.csv").exception)
    assert "Of agent 'bob' in agents.csv: Got the shift '9-5'; expected days and times" in told
    told = str(run(files, "--schedule", files / "nowhere.csv").exception)
    assert "expected a schedule as CSV" in told and "Errno" not in told
    told = str(run(files, "--history", files / "nowhere.csv").exception)
    assert "expected a file of CSV, JSON Lines or Parquet. Check the path." in told
    assert not (files / "plan").exists()
    told = str(run(files, "--save-baseline", files / "c.toml" / "b.json").exception)
    assert "Got --save-baseline" in told and "Name another --save-baseline" in told
    assert not (files / "plan" / "PLAN.csv").exists()
