import os
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import Database
from tests.serving.fakes import promote_fake
from triage.archive import write_archive
from triage.audit import AuditEntry
from triage.backup import check_backup, restore_backup, write_backup
from triage.errors import BackupError, ConflictError
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import Store, open_store
from triage.store.audit import AuditLog
from triage.store.keys import ApiKey, find_key, put_key
from triage.store.scope import Across
from triage.store.tickets import get_ticket, put_tickets
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def key(tmp_path: Path) -> bytes:
    return signing_key({"TRIAGE_HOME": str(tmp_path)})


def fill(store: Store, key: bytes, count: int = 3) -> None:
    tickets = [PastTicket(Ticket(f"T-{n}", "VPN é \u202e", body="x\n" * n)) for n in range(count)]
    put_tickets(store, "acme", tickets, source="test")
    put_key(store, ApiKey("k1", "acme", "robot", "service", "0" * 64, NOW, scopes=("triage_*",)))
    AuditLog(store, key).record("acme", [AuditEntry(NOW, "worker", "service", "test", facts={"n": 1})])


def put_back(store: Store, owner_url: str, path: Path, key: bytes, models: Path) -> Store:
    """Restore, as the tables' owner, into the database that it came from; open that as before."""
    url = store.url
    store.close()
    restore_backup(path, key, owner_url, models, replace=True)
    return open_store(url)


def test_what_was_backed_up_comes_back_as_it_was(
    store: Store, database: Database, tmp_path: Path, key: bytes
):
    promote_fake(tmp_path, "v1")
    fill(store, key)
    made = write_backup(store, tmp_path / "models", key, tmp_path / "one.backup")
    assert made.rows["tickets"] == 3 and made.bundles == ("acme/v1",) and made.heads["acme"]["seq"] == 1
    assert os.stat(tmp_path / "one.backup").st_mode & 0o777 == 0o600

    put_tickets(store, "acme", [PastTicket(Ticket("T-later"))], source="test")
    again = put_back(store, database.owner_url, tmp_path / "one.backup", key, tmp_path / "models")
    assert get_ticket(again, "acme", "T-later") is None
    found = get_ticket(again, "acme", "T-2")
    assert found is not None and (found.ticket.subject, found.ticket.body) == ("VPN é \u202e", "x\n" * 2)
    stored = find_key(again, "k1")
    assert stored is not None and stored.scopes == ("triage_*",) and stored.teams is None
    assert AuditLog(again, key).verify("acme").problem is None
    assert Registry(tmp_path / "models").pointers("acme").champion == "v1"
    again.close()
    # What stood there is kept.
    assert [*tmp_path.glob("models.before-*")]
    assert [*tmp_path.glob("*.before-*")]


def test_what_is_there_is_not_replaced_unasked(store: Store, database: Database, tmp_path: Path, key: bytes):
    fill(store, key)
    write_backup(store, tmp_path / "models", key, tmp_path / "one.backup")
    put_tickets(store, "acme", [PastTicket(Ticket("T-later"))], source="test")
    url = store.url
    store.close()
    with pytest.raises(ConflictError, match="--replace"):
        restore_backup(tmp_path / "one.backup", key, database.owner_url, tmp_path / "models")
    again = open_store(url)
    assert get_ticket(again, "acme", "T-later") is not None
    again.close()


def test_a_store_that_is_open_somewhere_is_not_replaced(sqlite_store: Store, tmp_path: Path, key: bytes):
    fill(sqlite_store, key)
    write_backup(sqlite_store, tmp_path / "models", key, tmp_path / "one.backup")
    with pytest.raises(ConflictError, match="Stop them"):
        restore_backup(tmp_path / "one.backup", key, sqlite_store.url, tmp_path / "models", replace=True)
    assert get_ticket(sqlite_store, "acme", "T-1") is not None


def test_a_backup_of_another_installation_is_refused(sqlite_store: Store, tmp_path: Path, key: bytes):
    write_backup(sqlite_store, tmp_path / "models", key, tmp_path / "one.backup")
    with pytest.raises(BackupError, match="not signed by this installation"):
        check_backup(tmp_path / "one.backup", b"q" * 32)


def test_any_byte_that_is_changed_or_missing_is_noticed_before_anything_is_touched(
    sqlite_store: Store, tmp_path: Path, key: bytes
):
    promote_fake(tmp_path, "v1")
    fill(sqlite_store, key)
    whole = tmp_path / "one.backup"
    write_backup(sqlite_store, tmp_path / "models", key, whole)
    content = whole.read_bytes()
    with tarfile.open(whole) as archive:
        bodies = [(one.offset_data, one.size, one.name) for one in archive if one.size]
    target = f"sqlite:///{tmp_path / 'elsewhere' / 'triage.db'}"
    spoilt = tmp_path / "spoilt.backup"
    changed = [bytes_with(content, offset + size // 2) for offset, size, _ in bodies]
    for wrong in [*changed, content[: len(content) // 2], content[:-20_000], b"", b"x" * 5_000]:
        spoilt.write_bytes(wrong)
        with pytest.raises(BackupError):
            restore_backup(spoilt, key, target, tmp_path / "elsewhere" / "models")
    assert not (tmp_path / "elsewhere" / "triage.db").exists()
    assert not (tmp_path / "elsewhere" / "models").exists()
    assert check_backup(whole, key).bundles == ("acme/v1",)


def bytes_with(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, key: bytes):
    (tmp_path / "file").write_text("x")
    facts = {"created_at": NOW.isoformat(), "system": "sqlite", "revision": "0004", "rows": {}}
    write_archive(tmp_path / "evil.backup", {"../../escaped": tmp_path / "file"}, facts, key)
    with pytest.raises(BackupError, match="damaged"):
        check_backup(tmp_path / "evil.backup", key)
    assert not (tmp_path.parent / "escaped").exists()


def test_a_backup_from_a_newer_version_is_refused(sqlite_store: Store, tmp_path: Path, key: bytes):
    with sqlite_store.writing(Across.OPERATOR) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    write_backup(sqlite_store, tmp_path / "models", key, tmp_path / "one.backup")
    with pytest.raises(BackupError, match="newer version"):
        check_backup(tmp_path / "one.backup", key)


def test_an_existing_file_is_never_overwritten(sqlite_store: Store, tmp_path: Path, key: bytes):
    (tmp_path / "one.backup").write_text("mine")
    with pytest.raises(BackupError, match="exists"):
        write_backup(sqlite_store, tmp_path / "models", key, tmp_path / "one.backup")
    assert (tmp_path / "one.backup").read_text() == "mine"


@pytest.mark.proof
def test_the_drill_what_was_acknowledged_before_a_backup_is_in_it_while_writers_go_on(
    store: Store, database: Database, tmp_path: Path, key: bytes
):
    ledger: list[int] = []
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            put_tickets(store, "acme", [PastTicket(Ticket(f"T-{number}"))], source="test")
            ledger.append(number)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    rounds: list[tuple[int, int, Path]] = []
    try:
        for number in range(3):
            before = len(ledger)
            path = tmp_path / f"{number}.backup"
            write_backup(store, tmp_path / "models", key, path)
            rounds.append((before, len(ledger), path))
    finally:
        stop.set()
        writer.join()
    url = database.owner_url
    store.close()
    for before, after, path in rounds:
        restore_backup(path, key, url, tmp_path / "models", replace=True)
        again = open_store(url)
        with again.reading(Across.OPERATOR) as connection:
            rows = connection.exec_driver_sql("SELECT ticket_id FROM tickets").scalars().all()
        again.close()
        numbers = sorted(int(one[2:]) for one in rows)
        assert numbers == list(range(len(numbers)))  # A prefix of the ledger: nothing is missing within.
        assert before <= len(numbers) <= after + 1
