import json

import pytest

from serving.cli.main import main
from tests.training.history.helpers import write_csv

HEADER = "ticket_id,created_at,subject,product,assignee,team,assigned_at,resolved_at"


@pytest.fixture
def files(tmp_path):
    rows = [
        f"T-{n:02},2026-03-{n:02}T09:00:00Z,{subject},{product},{agent},{team},2026-03-{n:02}T10:00:00Z,2026-03-{n:02}T12:00:00Z"
        for n in range(1, 29)
        for subject, product, agent, team in [
            ("The tunnel is down", "vpn", "ada", "Network")
            if n % 2
            else ("No letters arrive", "mail", "bob", "Mail")
        ]
    ]
    history = write_csv(tmp_path / "h.csv", *rows, header=HEADER)
    return history, write_csv(tmp_path / "g.csv", "ada,Network", "bob,Mail", header="agent,team")


def run(capsys, *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["simulate", *map(str, words)])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def test_a_table_for_people_and_json_for_programs_say_the_same(files, capsys):
    history, agents = files
    code, out, err = run(capsys, history, "--agents", agents, "--weeks", 1)
    assert (code, err) == (0, "")
    assert "2026-03-21 to 2026-03-28" in out and "at once to the right agent" in out
    code, out, _ = run(capsys, history, "--agents", agents, "--weeks", 1, "--json")
    found = json.loads(out)
    assert code == 0 and [way["way"] for way in found["ways"]] == ["happened", "round-robin", "triage"]
    assert found["ways"][0]["hours_median"] == 1.0
    assert found["ways"][2]["right_agent"] == 1.0
    code, out, _ = run(capsys, history, "--agents", agents, "--weeks", 1, "--by-form", "--json")
    assert code == 0 and json.loads(out)["ways"][2]["right_agent"] == 1.0


def test_an_agents_table_with_other_headers_is_read_by_its_mapping(files, tmp_path, capsys):
    history, agents = files
    others = write_csv(tmp_path / "o.csv", "ada,Network", "bob,Mail", header="Login,Group")
    mapping = tmp_path / "agents.toml"
    mapping.write_text('[columns]\nagent = "Login"\nteam = "Group"\n')
    words = (history, "--weeks", 1, "--by-form", "--json", "--agents")
    _, ours, _ = run(capsys, *words, agents)
    code, theirs, _ = run(capsys, *words, others, "--agents-mapping", mapping)
    assert (code, theirs) == (0, ours)
    code, _, err = run(capsys, *words, others)
    assert code == 1 and "without agent" in err


def test_policies_say_what_was_promised(files, tmp_path, capsys):
    history, agents = files
    policies = write_csv(tmp_path / "sla.csv", "all,2h,Mon-Fri 11:00-17:00", header="name,resolution,hours")
    words = (history, "--agents", agents, "--weeks", 1, "--by-form", "--sla", policies)
    code, out, _ = run(capsys, *words, "--json")
    happened, _, ours = json.loads(out)["ways"]
    # Filed at nine, solved three hours later, of which one is business time.
    assert (code, happened["targets_met"], ours["targets_met"], ours["answers_met"]) == (0, 1.0, 1.0, None)
    config = tmp_path / "simulate.toml"
    config.write_text("[simulation]\nresolve_hours = {high = 8}\n")
    code, _, err = run(capsys, *words, "--config", config)
    assert code == 1 and "expected one of them" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--known", "assignee"], "assignee"), (["--config", "none.toml"], "none.toml")],
)
def test_what_is_wrong_is_said_in_one_line(files, capsys, words, told):
    history, agents = files
    code, _, err = run(capsys, history, "--agents", agents, *words)
    assert code == 1 and told in err
