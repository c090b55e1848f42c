import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.serving.cli.conftest import Run
from tests.serving.fakes import promote_fake
from triage.store import open_store
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

TABLE = (
    "agent,team,skills,capacity,absent_from,absent_to\n"
    "ada,web,vpn:3;dns,2,,\n"
    "bob,web,,1,2026-01-01T00:00Z,2026-01-02T00:00Z\n"
)


@pytest.fixture
def table(home: Path) -> Path:
    path = home / "agents.csv"
    path.write_text(TABLE)
    return path


def printed(run: Run, capsys: pytest.CaptureFixture[str], *argv: str) -> dict:
    capsys.readouterr()
    assert run(*argv, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_agents_are_imported_listed_and_shown(run: Run, table: Path, capsys: pytest.CaptureFixture[str]):
    assert printed(run, capsys, "agents", "import", str(table)) == {"agents": ["ada", "bob"], "new": 2}
    listed = printed(run, capsys, "agents", "list")["agents"]
    assert [(one["agent"], one["is_there"]) for one in listed] == [("ada", True), ("bob", True)]
    assert printed(run, capsys, "agents", "show", "bob")["absences"][0]["ends_at"] == "2026-01-02T00:00:00Z"
    assert run("agents", "list", "--team", "web") == 0
    out = capsys.readouterr().out
    assert "vpn:3, dns" in out and "0 of 2" in out
    assert run("agents", "show", "bob") == 0
    assert "2026-01-01 00:00 UTC – 2026-01-02 00:00 UTC" in capsys.readouterr().out
    assert run("agents", "show", "zoe") == 1


def test_an_agent_is_deactivated_and_comes_back_with_absences(
    run: Run, table: Path, capsys: pytest.CaptureFixture[str]
):
    run("agents", "import", str(table))
    gone = printed(run, capsys, "agents", "deactivate", "bob")
    assert (gone["active"], gone["is_there"], len(gone["absences"])) == (False, False, 1)
    assert run("agents", "list") == 0
    assert "deactivated" in capsys.readouterr().out
    back = printed(run, capsys, "agents", "activate", "bob")
    assert (back["active"], len(back["absences"])) == (True, 1)


def test_absences_come_from_a_calendar(run: Run, table: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    run("agents", "import", str(table))
    day = f"{datetime.now(UTC) - timedelta(days=1):%Y%m%d}"
    end = f"{datetime.now(UTC) + timedelta(days=3):%Y%m%d}"
    file = home / "away.ics"
    file.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        f"DTSTART;VALUE=DATE:{day}\r\nDTEND;VALUE=DATE:{end}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    command = "agents", "absences", "import", str(file)
    told = printed(run, capsys, *command, "--agent", "ada")
    assert told == {"agents": {"ada": 1}, "unmatched": 0, "reasons": {}, "left_out": []}
    assert run("agents", "list") == 0
    assert "away until" in capsys.readouterr().out
    assert run(*command) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "1 of nobody among the agents. line 4, 1:" in told and "--agent" in told
    rows = home / "away.csv"
    rows.write_text(f"agent,start,end\nada,{day},{end}\nzoe,{day},{end}\n")
    told = printed(run, capsys, "agents", "absences", "import", str(rows))
    assert (told["agents"], told["left_out"][0]["line"]) == ({"ada": 1}, 3)


def test_a_table_with_a_mistake_is_one_line_and_stores_nothing(
    run: Run, table: Path, capsys: pytest.CaptureFixture[str]
):
    table.write_text("agent,capacity\nada,many\n")
    assert run("agents", "import", str(table)) == 1
    assert "line 2" in capsys.readouterr().err
    assert run("agents", "import", str(table.parent / "nothing.csv")) == 1
    assert printed(run, capsys, "agents", "list")["agents"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "without a first line that names its columns; expected agent, and any of team,"),
        ("name,team\nada,web\n", "with other columns ('name')"),
        ("team\nweb\n", "without the column agent, only with team"),
        ("agent,team,team\nada,web,web\n", "with the column team more than once"),
    ],
)
def test_a_table_with_another_header_is_told_what_it_has(
    run: Run, table: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
):
    table.write_text(text)
    assert run("agents", "import", str(table)) == 1
    assert words in " ".join(capsys.readouterr().err.split())


def test_who_is_deactivated_keeps_open_tickets_and_how_many_is_said(
    home: Path, run: Run, table: Path, capsys: pytest.CaptureFixture[str]
):
    run("agents", "import", str(table))
    capsys.readouterr()
    run("agents", "deactivate", "ada")
    assert "stay" not in capsys.readouterr().out
    with closing(open_store(f"sqlite:///{home / 'triage.db'}")) as store:
        for number, agent in enumerate(["ada", "bob", "bob"]):
            past = PastTicket(Ticket(f"T-{number}", "vpn"), labels={"assignee": agent}, status="open")
            put_tickets(store, "default", [past], source="jira")
    run("agents", "deactivate", "ada")
    assert "1 open ticket stays with ada" in capsys.readouterr().out
    run("agents", "deactivate", "bob")
    assert "2 open tickets stay with bob" in capsys.readouterr().out
    run("agents", "activate", "bob")
    assert "stay" not in capsys.readouterr().out


def test_a_backlog_is_planned_and_applied(
    home: Path, run: Run, table: Path, capsys: pytest.CaptureFixture[str]
):
    promote_fake(home, "v1", "default")
    run("agents", "import", str(table))
    sure = [f"--threshold=assignee:{name}=0" for name in ("ada", "bob")]
    store = open_store(f"sqlite:///{home / 'triage.db'}")
    past = [PastTicket(Ticket(f"T-{number}", "vpn"), status="new") for number in range(4)]
    put_tickets(store, "default", past, source="jira")
    run("policy", "set", "--threshold", "team:web=0.5", *sure)
    assert run("assign", "--apply") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "0 assignments stored. 3 agents are only suggested, which is not stored: 0 for" in told
    assert "triage policy set --mode assignee=apply" in told
    run("policy", "set", "--mode", "assignee=apply")
    plan = printed(run, capsys, "assign")
    assert (plan["dry_run"], plan["tickets"], plan["placed"], plan["applied"]) == (True, 4, 3, 0)
    assert run("assign", "--ticket", "T-3") == 0
    assert "dry run" in capsys.readouterr().out
    assert run("assign", "--ticket", "T-3", "--ticket", "T-8") == 1
    assert "Got 1 ticket that is not stored ('T-8')" in capsys.readouterr().err
    assert run("assign", "--ticket", "T-9", "--ticket", "T-8") == 1
    assert "Got 2 tickets that are not stored ('T-9', 'T-8')" in capsys.readouterr().err
    assert run("assign", "--apply") == 0
    assert "3 assignments stored" in capsys.readouterr().out
    assert printed(run, capsys, "agents", "show", "ada")["load"] == 2.0
    store.close()


def test_many_agents_come_in_pages_and_are_searched(run: Run, home: Path, capsys: pytest.CaptureFixture[str]):
    file = home / "many.csv"
    file.write_text("agent,team\n" + "".join(f"a{number},team {number % 2}\n" for number in range(8)))
    assert run("agents", "import", str(file)) == 0
    page = printed(run, capsys, "agents", "list", "--limit", "3")
    assert ([one["agent"] for one in page["agents"]], page["next_after"]) == (["a0", "a1", "a2"], "a2")
    rest = printed(run, capsys, "agents", "list", "--limit", "5", "--after", "a2")
    assert (len(rest["agents"]), rest["next_after"]) == (5, None)
    found = printed(run, capsys, "agents", "list", "--search", "TEAM 1", "--limit", "9")
    assert [one["agent"] for one in found["agents"]] == ["a1", "a3", "a5", "a7"]
    assert run("agents", "list", "--limit", "3") == 0
    assert "3 of 8 agents; for the next, add --after a2" in capsys.readouterr().out
    assert run("agents", "list", "--search", "zoe") == 0
    assert "Nobody of the agents" in capsys.readouterr().out
