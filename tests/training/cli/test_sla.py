import json

import pytest
from typer.testing import CliRunner

from serving.schemas.promises import DueListOut, DueOut, KeptOut, NoticeListOut, NoticeOut, SlaReportOut
from tests.triage.sla.made import HOUR, MONDAY, past
from training.cli.sla import app
from training.worker.sla_tick import raise_due_events
from triage.errors import ConfigurationError, NotFoundError
from triage.store import open_store
from triage.store.tickets import put_tickets

CSV = "name,organization,response,resolution,hours\ngold,Acme,1h,4h,Mon-Fri 09:00-17:00\n"


@pytest.fixture
def run(tmp_path):
    """A store with a solved and an open ticket, and the command on it."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    store = open_store(url)
    solved = past("T-2", first_response_at=MONDAY + 0.5 * HOUR, resolved_at=MONDAY + 30 * HOUR)
    put_tickets(store, "acme", [past("T-1"), solved], source="x")
    (tmp_path / "sla.csv").write_text(CSV)

    def call(*words):
        asked = [*map(str, words), "--workspace", "acme", "--store", url]
        return CliRunner().invoke(app, asked, catch_exceptions=False)

    call.store, call.file = store, tmp_path / "sla.csv"
    yield call
    store.close()


def test_policies_are_imported_and_shown(run):
    assert "1 policies, version 1" in run("import", run.file).output
    assert json.loads(run("show", "--json").output)["policies"][0]["name"] == "gold"
    assert "gold" in run("show").output


def test_a_workspace_without_policies_is_told_how_to_get_them(run):
    for command in ("due", "report"):
        assert "has no policies. Set them with: triage sla import FILE" in run(command).output


def test_what_is_due_and_what_was_kept_is_told(run):
    run("import", run.file)
    due = json.loads(run("due", "--json").output)
    assert due["counts"] == {"running": 0, "paused": 0, "overdue": 2}
    assert [(one["ticket_id"], one["target"], one["state"]) for one in due["promises"]] == [
        ("T-1", "response", "overdue"),
        ("T-1", "resolution", "overdue"),
    ]
    assert (
        json.loads(run("due", "--state", "running", "--order", "danger", "--json").output)["promises"] == []
    )
    report = json.loads(run("report", "--json").output)["groups"]
    assert [(one["target"], one["kept"], one["missed"]) for one in report] == [
        ("response", 1, 1),
        ("resolution", 0, 2),
    ]
    by_month = json.loads(run("report", "--by", "month", "--by", "team", "--json").output)
    assert by_month["by"] == ["month", "team"] and by_month["groups"][0]["month"] == "2026-03"
    assert "2026-03" in run("report", "--by", "month").output
    assert "50.0%" in run("report").output
    assert "overdue" in run("due").output


def test_events_are_listed(run):
    run("import", run.file)
    from triage.store.sla_books import read_book, write_book

    book = read_book(run.store, "acme").book
    write_book(run.store, "fresh", book, "dana", now=MONDAY)
    put_tickets(run.store, "fresh", [past("T-9")], source="x", updated_at=MONDAY)
    raise_due_events(run.store, now=MONDAY + HOUR)
    url = run.store.url
    listed = CliRunner().invoke(app, ["events", "-w", "fresh", "--store", url, "--json"])
    told = json.loads(listed.output)
    assert {one["kind"] for one in told["notices"]} == {"reminder", "breach"}
    ids = [one["event_id"] for one in told["notices"]]
    seen = CliRunner().invoke(app, ["seen", *ids, "-w", "fresh", "--store", url, "--by", "dana", "--json"])
    assert json.loads(seen.output)["acknowledged"] == told["unseen"] == len(ids)
    again = CliRunner().invoke(app, ["seen", ids[0], "-w", "fresh", "--store", url])
    assert "0 of 1" in again.output
    with pytest.raises(NotFoundError):
        run("seen", ids[0])
    assert "breach" in CliRunner().invoke(app, ["events", "-w", "fresh", "--store", url]).output
    assert json.loads(run("events", "--json").output) == {"unseen": 0, "notices": []}


def test_receivers_come_and_go(run, monkeypatch):
    with pytest.raises(ConfigurationError, match="TRIAGE_WEBHOOK_HOSTS"):
        run("endpoints", "add", "http://desk.example/hooks")
    monkeypatch.setenv("TRIAGE_WEBHOOK_HOSTS", "desk.example")
    made = json.loads(run("endpoints", "add", "http://desk.example/hooks", "--json").output)
    assert made["secret"].startswith("whsec_")
    assert "gets nothing more" in run("endpoints", "disable", made["endpoint_id"]).output
    (listed,) = json.loads(run("endpoints", "list", "--json").output)
    assert (listed["delivered"], listed["disabled_because"]) == (0, "disabled by hand")
    assert "desk.example" in run("endpoints", "list").output


def test_what_is_printed_as_json_has_the_fields_of_the_http_api(run):
    run("import", run.file)
    raise_due_events(run.store, now=MONDAY + HOUR)
    pairs = (
        (("due",), DueListOut, "promises", DueOut),
        (("report",), SlaReportOut, "groups", KeptOut),
        (("events",), NoticeListOut, "notices", NoticeOut),
    )
    for words, whole, name, part in pairs:
        document = json.loads(run(*words, "--json").output)
        assert set(document) == set(whole.model_fields)
        assert all(set(one) == set(part.model_fields) for one in document[name])
