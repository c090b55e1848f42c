import os
from pathlib import Path

import pytest

from triage.private_file import is_open_to_others, make_private_file, make_private_folder
from triage.store import open_store
from triage.store.workspaces import ensure_workspace


@pytest.fixture(autouse=True)
def generous_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_store_is_its_owners_alone(tmp_path: Path):
    home = tmp_path / "home"
    store = open_store(f"sqlite:///{home / 'triage.db'}")
    ensure_workspace(store, "acme", name="Acme")
    made = {one.name: mode(one) for one in home.iterdir()}
    store.close()
    assert mode(home) == 0o700
    assert {"triage.db", "triage.db-wal", "triage.db-shm"} <= set(made)
    assert set(made.values()) == {0o600}


def test_what_is_there_stays_as_it_is(tmp_path: Path):
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    path = folder / "triage.db"
    path.write_text("kept")
    path.chmod(0o640)
    make_private_file(path)
    make_private_folder(folder)
    assert (mode(folder), mode(path), path.read_text()) == (0o755, 0o640, "kept")
    assert is_open_to_others(path) and not is_open_to_others(tmp_path / "none")
