import json
from datetime import UTC, datetime, timedelta

import pytest

from serving.cli.main import main
from tests.training.history.helpers import row, write_csv, write_jsonl
from triage.store import open_store
from triage.store.agents import list_agents
from triage.store.tickets import count_tickets, get_ticket

JIRA = "Summary,Issue key,Created,Priority\nVPN down,OPS-77,02/Jan/26 3:04 AM,Highest\n"


@pytest.fixture
def run(tmp_path, capsys):
    url = f"sqlite:///{tmp_path / 'store.db'}"

    def call(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["import", *map(str, words), "--store", url])
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    call.url = url
    return call


def test_an_export_is_imported_by_the_name_of_its_helpdesk(run, tmp_path):
    path = tmp_path / "jira.csv"
    path.write_text(JIRA)
    code, out, err = run("jira", path, "--workspace", "acme")
    assert (code, err) == (0, "")
    assert "note: read as an export of jira" in out
    store = open_store(run.url)
    assert get_ticket(store, "acme", "OPS-77").labels == {"priority": "urgent"}
    store.close()


def test_json_says_what_was_read_and_a_repeat_that_nothing_was_done(run, tmp_path):
    path = write_jsonl(tmp_path / "h.jsonl", [row(1), row(2), {"ticket_id": "T-3"}])
    code, out, _ = run("history", path, "--json", "--rejects", tmp_path / "r.csv")
    first = json.loads(out)
    assert (code, first["was_finished"]) == (0, False)
    assert (first["summary"]["accepted"], first["summary"]["rejected"]) == (2, 1)
    assert (tmp_path / "r.csv").exists()
    assert json.loads(run("history", path, "--json")[1])["was_finished"] is True
    assert "nothing to do" in run("history", path)[1]
    store = open_store(run.url)
    assert count_tickets(store, "default") == 2
    store.close()


def test_refused_rows_are_told_with_their_reason_and_place(run, tmp_path):
    path = write_jsonl(tmp_path / "h.jsonl", [row(1), {"ticket_id": "T-3"}])
    _, out, _ = run("history", path, "--rejects", tmp_path / "r.csv")
    assert "refused: created_at is missing (1)" in out
    assert str(tmp_path / "r.csv") in out.replace("\n", "")


def test_what_cannot_be_read_ends_with_one_line_and_code_1(run, tmp_path):
    code, out, err = run("history", write_csv(tmp_path / "h.csv"))
    assert (code, out) == (1, "")
    assert err.startswith("triage: Got h.csv, which has a header but no rows")


def test_an_export_of_another_helpdesk_is_recognised(run, tmp_path):
    path = tmp_path / "jira.csv"
    path.write_text(JIRA)
    code, _, err = run("zendesk", path)
    assert code == 1
    assert "its header is that of jira" in err


def test_an_unknown_source_is_wrong_usage(run, tmp_path):
    code, _, err = run("remedy", tmp_path / "x.csv")
    assert code == 2
    assert "expected one of history" in err


def test_a_helpdesk_and_a_mapping_exclude_each_other(run, tmp_path):
    code, _, err = run("jira", tmp_path / "x.csv", "--mapping", tmp_path / "m.toml")
    assert code == 1
    assert "Got both jira and --mapping" in err


def test_absences_come_from_a_calendar_of_one_agent_or_of_its_attendees(run, tmp_path):
    run(
        "agents",
        write_csv(tmp_path / "g.csv", "ada", "bob@acme.example", header="agent"),
        "--workspace",
        "acme",
    )
    start = datetime.now(UTC) + timedelta(days=3)
    path = tmp_path / "away.ics"
    path.write_bytes(
        "\r\n".join(
            [
                "BEGIN:VCALENDAR",
                "BEGIN:VEVENT",
                "UID:u1",
                f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
                "DURATION:PT4H",
                "ATTENDEE:mailto:Bob@acme.example",
                "END:VEVENT",
                "BEGIN:VEVENT",
                "UID:u2",
                f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
                "DURATION:PT4H",
                "END:VEVENT",
                "END:VCALENDAR",
                "",
            ]
        ).encode()
    )
    code, out, _ = run("absences", path, "--workspace", "acme", "--json")
    told = json.loads(out)
    (nobodys,) = told.pop("left_out")
    assert (code, told) == (
        0,
        {"workspace": "acme", "agents": {"bob@acme.example": 1}, "unmatched": 1, "reasons": {"nobody": 1}},
    )
    assert (nobodys["line"], nobodys["uid"], nobodys["reason"]) == (8, "u2", "nobody")
    code, out, _ = run("absences", path, "--workspace", "acme", "--agent", "ada")
    assert (code, out) == (0, "ada: 2 absences\n")
    store = open_store(run.url)
    ada, bob = list_agents(store, "acme")
    assert ada.is_absent(start) and bob.is_absent(start)
    store.close()


def test_absences_come_from_a_table_and_refused_rows_are_told(run, tmp_path):
    run("agents", write_csv(tmp_path / "g.csv", "ada", header="agent"), "--zone", "Asia/Tokyo")
    path = write_csv(
        tmp_path / "away.csv",
        "ada,2026-03-09,2026-03-13,x",
        "zoe,2026-03-09,,",
        header="agent,start,end,reason",
    )
    for _ in range(2):
        code, out, _ = run("absences", path)
        assert (code, out.splitlines()[:2]) == (
            0,
            ["ada: 1 absences", "Left out: 1 of nobody among the agents."],
        )
        assert out.splitlines()[2].startswith("line 3: ")
    store = open_store(run.url)
    (ada,) = list_agents(store, "default")
    assert [f"{one.starts_at:%d %H} {one.ends_at:%d %H}" for one in ada.absences] == ["08 15 13 15"]
    store.close()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["absences", "none.ics", "--agent", "zoe"], "zoe"),
        (["history", "none.csv", "--agent", "ada"], "--agent"),
        (["absences", "none.ics", "--workspace", "other"], "other"),
    ],
)
def test_absences_of_nobody_are_refused(run, tmp_path, words, told):
    run("agents", write_csv(tmp_path / "g.csv", "ada", header="agent"))
    code, _, err = run(*words)
    assert code == 1 and told in err
