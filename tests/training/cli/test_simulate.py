import json

import pytest

from serving.cli.main import main
from tests.training.history.helpers import write_csv

HEADER = "ticket_id,created_at,subject,product,assignee,team,assigned_at,resolved_at"


@pytest.fixture
def files(tmp_path):
    rows = [
        f"T-{n:02},2026-03-{n:02}T09:00:00Z,Help,{product},{agent},{team},2026-03-{n:02}T10:00:00Z,2026-03-{n:02}T12:00:00Z"
        for n in range(1, 29)
        for product, agent, team in [("vpn", "ada", "Network") if n % 2 else ("mail", "bob", "Mail")]
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


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--known", "assignee"], "assignee"), (["--config", "none.toml"], "none.toml")],
)
def test_what_is_wrong_is_said_in_one_line(files, capsys, words, told):
    history, agents = files
    code, _, err = run(capsys, history, "--agents", agents, *words)
    assert code == 1 and told in err
