import json
from pathlib import Path

import pytest

from tests.serving.cli.conftest import Run
from tests.serving.fakes import promote_fake


def shown(run: Run, capsys: pytest.CaptureFixture[str]) -> dict:
    capsys.readouterr()
    assert run("policy", "show", "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_the_kill_switch_is_thrown_and_taken_back(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("policy", "set", "--kill-switch") == 0
    assert "ON" in capsys.readouterr().out
    assert shown(run, capsys)["kill_switch"] is True
    assert run("policy", "set", "--no-kill-switch") == 0
    assert shown(run, capsys)["kill_switch"] is False


def test_what_is_not_named_stays(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    run(
        "policy",
        "set",
        "--mode",
        "team=suggest",
        "--threshold",
        "team:a=b: c=0.9",
        "--never",
        "team:Legal: x",
    )
    run("policy", "set", "--mode", "category=shadow")
    fields = shown(run, capsys)["fields"]
    assert fields["category"]["mode"] == "shadow"
    assert fields["team"] == {
        "mode": "suggest",
        "thresholds": {"a=b: c": 0.9},
        "never_automate": ["Legal: x"],
    }
    run("policy", "set", "--threshold", "team:a=b: c=learnt")
    assert shown(run, capsys)["fields"]["team"]["thresholds"] == {}


def test_a_policy_that_was_shown_can_be_set_again_from_a_file(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
):
    run("policy", "set", "--mode", "team=suggest")
    before = shown(run, capsys)
    (home / "policy.json").write_text(json.dumps(before))
    run("policy", "set", "--mode", "team=off")
    assert run("policy", "set", "--file", str(home / "policy.json")) == 0
    after = shown(run, capsys)
    assert after["fields"] == before["fields"]
    assert after["version"] == 3


@pytest.mark.parametrize(
    "argv",
    [
        ("--mode", "team"),
        ("--mode", "team=maybe"),
        ("--mode", "colour=apply"),
        ("--threshold", "team=0.5"),
        ("--threshold", "team:web=much"),
        ("--threshold", "team:web=1.5"),
        ("--threshold", "team:web=nan"),
        ("--never", "team"),
        ("--file", "no-such-file.json"),
    ],
)
def test_a_wrong_value_changes_nothing_and_says_what_was_expected(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]
):
    assert run("policy", "set", *argv) == 1
    assert "expected" in capsys.readouterr().err
    assert shown(run, capsys)["version"] == 0


def test_the_matrix_and_the_lifts_are_set_from_a_file_and_shown(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
):
    cells = {"low": {"low": "low", "high": "normal"}, "high": {"low": "normal", "high": "urgent"}}
    lift = {"name": "gold", "kind": "customer_tier", "by": "field.tier", "values": ["gold"], "steps": 1}
    matrix = {"impacts": ["low", "high"], "urgencies": ["low", "high"], "cells": cells}
    (home / "policy.json").write_text(json.dumps({"priority": {"matrix": matrix, "lifts": [lift]}}))
    assert run("policy", "set", "--file", str(home / "policy.json")) == 0
    said = capsys.readouterr().out
    assert "high: high → urgent, low → normal" in said
    assert "raised by “gold” (customer_tier by field.tier): 1 up" in said
    assert shown(run, capsys)["priority"]["matrix"]["cells"] == cells


def test_a_team_with_a_country_that_nobody_knows_is_refused_from_a_file(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
):
    (home / "policy.json").write_text(json.dumps({"routing": {"teams": {"web": {"country": "XX"}}}}))
    assert run("policy", "set", "--file", str(home / "policy.json")) == 1
    assert "routing.teams.web.country" in capsys.readouterr().err
    assert shown(run, capsys)["version"] == 0


def test_what_the_policy_says_of_helping_is_shown(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("policy", "show") == 0
    said = capsys.readouterr().out
    assert "Articles sent as the answer: off" in said
    assert "Confidential" not in said and "Filed all the same" not in said
    auto = {"mode": "shadow", "categories": ["vpn", "printing"], "least_chance": 0.85, "confirm_hours": 48}
    helping = {"confidential": {"category": ["hr", "legal"]}, "match_hours": 6, "auto_resolve": auto}
    (home / "policy.json").write_text(json.dumps({"helping": helping}))
    assert run("policy", "set", "--file", str(home / "policy.json")) == 0
    capsys.readouterr()
    assert run("policy", "show") == 0
    said = capsys.readouterr().out
    assert "Confidential by category: hr, legal" in said
    assert "Articles sent as the answer: shadow, of category printing, vpn, from a chance of 0.85" in said
    assert "after 48 hours" in said
    assert "within: 6 hours" in said and "offered to requesters" not in said


def test_the_command_stops_a_team_without_a_server(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("policy", "set", "--stop-team", "web", "--stop-team", "desk") == 0
    assert "Stopped for tickets of: desk, web" in capsys.readouterr().out
    (home / "policy.json").write_text(json.dumps({"fields": {}}))
    assert run("policy", "set", "--file", str(home / "policy.json"), "--start-team", "web") == 0
    capsys.readouterr()
    assert run("policy", "show", "--json") == 0
    assert json.loads(capsys.readouterr().out)["stopped_teams"] == ["desk"]


def test_a_label_that_the_champion_does_not_know_is_told_by_the_command(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
):
    promote_fake(home, "v1", "default")
    auto = {"mode": "shadow", "categories": ["network", "netwrok"]}
    (home / "policy.json").write_text(json.dumps({"helping": {"auto_resolve": auto}}))
    assert run("policy", "set", "--file", str(home / "policy.json")) == 0
    said = capsys.readouterr().out
    assert "Note: helping.auto_resolve.categories names 'netwrok'" in said and "'network'?" in said
    assert run("policy", "set", "--no-kill-switch", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["warnings"]) == 1
    (home / "again.json").write_text(json.dumps(document))
    assert run("policy", "set", "--file", str(home / "again.json")) == 0
