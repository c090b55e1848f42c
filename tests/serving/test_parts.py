"""What a server is made of may cross a fork: loaded, with neither a thread nor a connection."""

import os
import threading
from pathlib import Path

from serving.metrics import Metrics
from serving.parts import Parts, make_parts
from serving.settings import Settings
from tests.serving.fakes import promote_fake
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket


def made(home: Path, empty_sqlite: bytes) -> Parts:
    (home / "triage.db").write_bytes(empty_sqlite)
    promote_fake(home, "v1")
    return make_parts(Settings.from_env({"TRIAGE_HOME": str(home)}), Metrics())


def open_files() -> set[str]:
    found = set()
    for one in Path("/proc/self/fd").iterdir():
        try:
            found.add(os.readlink(one))
        except OSError:
            continue  # The one that the listing itself was read by.
    return found


def test_loading_leaves_neither_a_thread_nor_a_connection(tmp_path: Path, empty_sqlite: bytes):
    threads = threading.active_count()
    parts = made(tmp_path, empty_sqlite)
    try:
        ensure_workspace(parts.store, "acme")
        labels = {"assignee": "ada"}
        put_tickets(parts.store, "acme", [PastTicket(Ticket("T-1", "vpn"), labels)], source="jira")
        parts.load()
        assert parts.models.workspaces == ("acme",)
        assert threading.active_count() == threads
        assert not {one for one in open_files() if one.startswith(str(tmp_path / "triage.db"))} - {
            str(tmp_path / "triage.db.in-use")  # The lock, which is to be held as long as any of them lives.
        }
    finally:
        parts.stop()


def test_a_server_that_starts_with_loaded_parts_loads_no_model_again(tmp_path: Path, empty_sqlite: bytes):
    parts = made(tmp_path, empty_sqlite)
    parts.load()
    bundle = parts.models.bundle("acme")
    assert bundle is not None
    parts.start()
    try:
        assert parts.models.bundle("acme") is bundle
        promote_fake(tmp_path, "v2")
        parts.models.refresh()
        assert parts.models.bundle("acme") is not bundle  # As ever it follows the registry.
    finally:
        parts.stop()
