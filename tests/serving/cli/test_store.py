import io
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from serving.checkup import CheckState, check_up
from serving.settings import Settings
from tests.databases import ROLE, Database
from tests.serving.cli.conftest import Run
from triage.home import store_url
from triage.signing import signing_key
from triage.store import open_store
from triage.store.audit import AuditLog
from triage.store.runs import ask_for_run, cancel_run
from triage.store.workspaces import ensure_workspace


def test_migrating_says_where_the_tables_stand(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("store", "migrate") == 0
    assert "The tables stand at 0" in capsys.readouterr().out


def test_sqlite_has_no_roles(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("store", "role", "app") == 1
    assert "PostgreSQL" in capsys.readouterr().err


def test_a_role_is_given_the_rows_and_doctor_knows_it_from_others(
    home: Path,
    database: Database,
    run: Run,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    if database.url.startswith("sqlite"):
        return
    monkeypatch.setenv("TRIAGE_STORE", database.owner_url)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ROLE}\n"))
    assert run("store", "role", ROLE, "--password-stdin") == 0
    assert f"{ROLE} was there" in capsys.readouterr().out
    found = {}
    for url in (database.url, database.owner_url):
        looked = check_up(Settings.from_env({"TRIAGE_HOME": str(home), "TRIAGE_STORE": url}), 1)
        found[url] = next(one for one in looked.checks if one.name == "isolation")
    assert found[database.url].state is CheckState.OK
    assert found[database.owner_url].state is CheckState.WARNING
    assert "does not bind it" in found[database.owner_url].found
    assert "triage store role" in str(found[database.owner_url].remedy)
    owner = create_engine(database.owner_url)
    with owner.begin() as connection:
        connection.execute(text(f"ALTER TABLE tickets OWNER TO {ROLE}"))
    owner.dispose()
    looked = check_up(Settings.from_env({"TRIAGE_HOME": str(home), "TRIAGE_STORE": database.url}), 1)
    assert "can switch it off" in next(one.found for one in looked.checks if one.name == "isolation")


def test_the_zone_of_a_workspace_is_shown_changed_and_written_down(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
):
    assert run("store", "zone", "-w", "acme") == 1
    assert "'acme'" in capsys.readouterr().err
    with closing(open_store(store_url())) as store:
        ensure_workspace(store, "acme")
        forecast = ask_for_run(store, "acme", "forecast", {"days": 7, "hours": 24, "by": []}, "ada")
        cancel_run(store, "acme", forecast.run_id)
    assert run("store", "zone", "-w", "acme") == 0
    assert "in UTC (nobody said another one)" in capsys.readouterr().out
    assert run("store", "zone", "Berlin", "-w", "acme") == 1
    assert "IANA" in capsys.readouterr().err
    assert run("store", "zone", "Europe/Berlin", "-w", "acme") == 0
    told = capsys.readouterr().out
    assert "in Europe/Berlin now (before: UTC)" in told and "A forecast" in told
    assert run("store", "zone", "-w", "acme") == 0
    assert "in Europe/Berlin." in capsys.readouterr().out
    with closing(open_store(store_url())) as store:
        (entry,) = AuditLog(store, signing_key()).read("acme", action="change_zone")
    assert entry.entry.object == "workspace"
    assert entry.entry.facts == {"zone": "Europe/Berlin", "previous": "UTC"}
