import io
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from serving.checkup import CheckState, check_up
from serving.settings import Settings
from tests.databases import ROLE, Database
from tests.serving.cli.conftest import Run


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
