import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.check import CheckState
from serving.checkup import CheckupOut, check_up
from serving.settings import Settings
from tests.ports import free_port
from tests.serving.fakes import promote_fake


@pytest.fixture(name="free_port")
def a_free_port() -> int:
    return free_port()


@pytest.fixture
def settings(tmp_path: Path, empty_sqlite: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.delenv("TRIAGE_SIGNING_KEY", raising=False)
    (tmp_path / "triage.db").write_bytes(empty_sqlite)
    (tmp_path / "triage.db").chmod(0o600)
    yield Settings.from_env({"TRIAGE_HOME": str(tmp_path)})


def states(found: CheckupOut) -> dict[str, CheckState]:
    return {one.name: one.state for one in found.checks}


def remedy(found: CheckupOut, name: str) -> str:
    return next(one.remedy or "" for one in found.checks if one.name == name)


def test_a_home_with_everything_is_healthy_but_for_worker_and_anchor(settings: Settings, free_port: int):
    promote_fake(settings.home, "v1")
    found = check_up(settings, free_port)
    assert found.is_healthy
    assert states(found) == {
        "store": CheckState.OK,
        "privacy": CheckState.OK,
        "worker": CheckState.WARNING,
        "encryption": CheckState.OK,
        "clock": CheckState.OK,
        "audit log": CheckState.WARNING,
        "backup": CheckState.OK,
        "queue": CheckState.OK,
        "retention": CheckState.OK,
        "drift of acme": CheckState.OK,
        "disk": CheckState.OK,
        "signing key": CheckState.OK,
        "encoder": CheckState.OK,
        "model of acme": CheckState.OK,
        "erasures of acme": CheckState.OK,
        "port": CheckState.OK,
    }
    assert "triage worker" in remedy(found, "worker")
    assert "TRIAGE_AUDIT_ANCHOR" in remedy(found, "audit log")


def test_looking_at_an_empty_home_makes_nothing(tmp_path: Path, free_port: int):
    found = check_up(Settings.from_env({"TRIAGE_HOME": str(tmp_path / "none")}), free_port)
    assert found.is_healthy
    assert not (tmp_path / "none").exists()
    assert states(found)["store"] is CheckState.WARNING


def test_a_model_that_was_changed_is_found_and_named(settings: Settings, free_port: int):
    promote_fake(settings.home, "v1")
    (settings.models / "acme" / "v1" / "card.html").write_text("other")
    found = check_up(settings, free_port)
    assert not found.is_healthy
    assert states(found)["model of acme"] is CheckState.FAILED


def test_a_store_that_is_no_database_is_found(settings: Settings, free_port: int):
    (settings.home / "triage.db").write_text("this is no database" * 100)
    found = check_up(settings, free_port)
    assert not found.is_healthy
    assert states(found)["store"] is CheckState.FAILED


def test_a_key_that_others_can_read_is_warned_of(settings: Settings, free_port: int):
    promote_fake(settings.home, "v1")
    (settings.home / "signing.key").chmod(0o644)
    found = check_up(settings, free_port)
    assert states(found)["signing key"] is CheckState.WARNING
    assert "chmod 600" in remedy(found, "signing key")


def test_a_port_taken_by_another_program_is_warned_of(settings: Settings):
    with socket.create_server(("127.0.0.1", 0)) as other:
        found = check_up(settings, other.getsockname()[1])
    assert states(found)["port"] is CheckState.WARNING


def test_every_check_that_is_not_ok_says_what_to_do(settings: Settings, free_port: int):
    for one in check_up(settings, free_port).checks:
        assert (one.remedy is None) == (one.state is CheckState.OK)


def test_a_store_that_others_can_read_is_told(settings: Settings, free_port: int):
    settings.home.chmod(0o755)
    (settings.home / "triage.db").chmod(0o644)
    assert "chmod 600" in remedy(check_up(settings, free_port), "privacy")
    settings.home.chmod(0o700)
    assert states(check_up(settings, free_port))["privacy"] is CheckState.OK
