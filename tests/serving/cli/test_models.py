import json
from pathlib import Path

import pytest

from serving.cli.output import opened_store
from tests.serving.cli.conftest import Run
from tests.serving.fakes import promote_fake, seal_fake
from triage.registry import Registry
from triage.signing import signing_key
from triage.store.audit import AuditLog


def test_models_are_listed_promoted_and_rolled_back(home: Path, run: Run, capsys: pytest.CaptureFixture[str]):
    promote_fake(home, "v1")
    seal_fake(home, "v2")
    assert run("models", "list", "-w", "acme") == 0
    shown = capsys.readouterr().out
    assert "v1" in shown and "champion" in shown and "category (linear)" in shown

    assert run("models", "promote", "v2", "-w", "acme", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"champion": "v2", "challenger": None, "previous": ["v1"]}
    assert run("models", "rollback", "-w", "acme") == 0
    assert "v1 answers in workspace acme" in capsys.readouterr().out
    assert run("models", "rollback", "-w", "acme") == 1


def test_a_version_that_does_not_pass_its_self_test_is_not_promoted(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
):
    seal_fake(home, "v1", total=2.0)
    assert run("models", "promote", "v1", "-w", "acme") == 1
    assert "add up to 2" in capsys.readouterr().err


def test_the_card_is_printed_written_or_told_as_json(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
):
    assert run("models", "card", "-w", "acme") == 1
    promote_fake(home, "v1")
    capsys.readouterr()
    assert run("models", "card", "-w", "acme") == 0
    assert "A fake model" in capsys.readouterr().out
    assert run("models", "card", "v1", "-w", "acme", "--out", str(home / "card.html")) == 0
    assert "A fake model" in (home / "card.html").read_text()
    capsys.readouterr()
    assert run("models", "card", "-w", "acme", "--json") == 0
    assert json.loads(capsys.readouterr().out)["version"] == "v1"


def test_a_bundle_of_another_workspace_is_refused_unless_it_is_wanted(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
):
    seal_fake(home, "v1", "globex", learnt_from="acme")
    assert run("models", "promote", "v1", "-w", "globex") == 1
    said = capsys.readouterr().err
    assert "learnt from the tickets of workspace 'acme'" in said and "--from-workspace acme" in said
    assert run("models", "promote", "v1", "-w", "globex", "--from-workspace", "initech") == 1
    assert "expected one that learnt from 'initech'" in capsys.readouterr().err
    assert Registry(home / "models").pointers("globex").champion is None

    assert run("models", "promote", "v1", "-w", "globex", "--from-workspace", "acme") == 0
    assert run("models", "list", "-w", "globex") == 0
    assert "acme" in capsys.readouterr().out
    with opened_store() as store:
        (entry,) = AuditLog(store, signing_key()).read("globex", action="promote_model")
    assert entry.entry.facts == {"champion": "v1", "learnt_from": "acme"}


def test_a_bundle_that_names_no_workspace_is_taken_with_a_note(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
):
    seal_fake(home, "v1")
    assert run("models", "promote", "v1", "-w", "acme") == 0
    assert "v1 does not say whose tickets it learnt from" in capsys.readouterr().err
    seal_fake(home, "v2", learnt_from="acme")
    assert run("models", "promote", "v2", "-w", "acme") == 0
    assert not capsys.readouterr().err
