"""What safety costs: the audit log, backup and restore, and refusing tokens and keys. Everything is made up.

The audit log beside the same writes without it; verifying a log; backing up and restoring a store of the size
asked for; how long a wrong token takes, and whether the time of a refused key tells an id that
exists from one that does not (medians of alternating tries). Each on the clock and, of this thread, on the
processor, which other programs do not lengthen. On SQLite, or with ``--server`` on PostgreSQL, in databases
that are made for it and dropped; what the database server computes is then on the clock only.

    python -m benchmarks.safety [--entries 100000] [--megabytes 200] [--characters 10000]
        [--server postgresql+psycopg://root@127.0.0.1:5432/test]

Prints a table with date and machine and, as the last line, JSON.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from serving.api_keys import create_key, key_of
from serving.oidc import TokenReader
from serving.oidc_settings import OidcSettings
from serving.roles import Role
from triage.audit import AuditEntry
from triage.backup import restore_backup, write_backup
from triage.errors import TriageError
from triage.store import Store, open_store
from triage.store.audit import AuditLog
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

KEY = b"k" * 32
TRIES = 1_000
Times = tuple[float, float]
"""On the clock and on the processor of this thread."""


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--characters", type=int, default=10_000, help="Of each ticket that is backed up.")
    parser.add_argument("--server", help="A PostgreSQL database from which others can be made.")
    given = parser.parse_args(argv)
    found: dict[str, Times] = {}
    with tempfile.TemporaryDirectory() as name, _databases(Path(name), given.server) as urls:
        store = open_store(urls[0])
        found |= _audit(store, given.entries) | _keys(store) | _tokens(store, Path(name))
        store.close()
        found |= _backup(Path(name), urls[1], urls[2], given.megabytes, given.characters)
    machine = f"{os.cpu_count()} processors ({platform.machine()}), load {os.getloadavg()[0]:.0f}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine}; on the clock, on the processor")
    for what, (clock, processor) in found.items():
        print(f"{what:<60} {clock:10.3f} {processor:10.3f}")
    print(json.dumps(found))


@contextmanager
def _databases(folder: Path, server: str | None) -> Iterator[list[str]]:
    """Yield the URLs of three empty databases: files of the folder, or of the server, dropped afterwards."""
    if server is None:
        yield [f"sqlite:///{folder / name / 'triage.db'}" for name in ("one", "two", "three")]
        return
    names = [f"triage_benchmark_{uuid.uuid4().hex}" for _ in range(3)]
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for name in names:
                connection.execute(text(f"CREATE DATABASE {name}"))
        yield [make_url(server).set(database=name).render_as_string(hide_password=False) for name in names]
    finally:
        with engine.connect() as connection:
            for name in names:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()


def _audit(store: Store, entries: int) -> dict[str, Times]:
    log = AuditLog(store, KEY)
    entry = AuditEntry(
        datetime.now(UTC), "user:dana", "admin", "replace_policy", "policy", facts={"version": 1}
    )

    def put(number: int, with_log: bool) -> None:
        with store.writing("acme"):
            put_tickets(store, "acme", [PastTicket(Ticket(f"T-{number}"))], source="test")
            if with_log:
                log.record("acme", [entry])

    plain, logged = [], []
    for number in range(400):  # In turns, so that both meet the same machine.
        plain.append(_ms(partial(put, number, False)))
        logged.append(_ms(partial(put, number, True)))
    for _ in range(entries // 1_000):
        log.record("many", [entry] * 1_000)
    verified = _seconds(_ms(lambda: log.verify("many")))
    assert log.verify("acme").problem is None
    return {
        "one write without the audit log, median ms": _median(plain),
        "the same with its entry, median ms": _median(logged),
        f"verifying {entries // 1_000 * 1_000:,} entries, seconds": verified,
    }


def _keys(store: Store) -> dict[str, Times]:
    _, key = create_key(store, "acme", "robot", Role.SERVICE)
    known, unknown = [], []

    def ask(sent: str) -> Times:
        return _ms(lambda: _refused(lambda: key_of(store, sent)))

    for number in range(TRIES):
        known.append(ask(f"tk_{key.key_id}_{number}"))
        unknown.append(ask(f"tk_{number:016x}_x"))
    return {
        "refusing a wrong secret of a known key, median ms": _median(known),
        "refusing an unknown key, median ms": _median(unknown),
    }


def _tokens(store: Store, folder: Path) -> dict[str, Times]:
    (folder / "jwks.json").write_text('{"keys": []}')
    reader = TokenReader(OidcSettings("https://x", "triage", str(folder / "jwks.json"), {"a": Role.AGENT}))
    long = "e30." + "x" * 1_000_000 + ".x"
    deep = ".".join(["eyJhbGciOiJSUzI1NiJ9", "W1tbW1tbW1tb" * 1_000, "eA"])

    def ask(token: str) -> Times:
        return _ms(lambda: _refused(lambda: reader.read(store, token)))

    times = [ask(one) for one in [long, deep] * 100]
    return {"refusing a token of a megabyte or a deep one, slowest ms": max(times)}


def _backup(folder: Path, url: str, target: str, megabytes: int, characters: int) -> dict[str, Times]:
    store = open_store(url)
    body = os.urandom(characters // 2).hex()
    for start in range(0, megabytes * 1_000_000 // characters, 500):
        rows = [PastTicket(Ticket(f"T-{start + one}", body=body)) for one in range(500)]
        put_tickets(store, "acme", rows, source="test")
        if start == 500 and store.engine.dialect.name == "postgresql":
            with store.writing("acme") as connection:  # Some servers never count what is there.
                connection.execute(text("ANALYZE tickets"))
    path = folder / "one.backup"
    backup = _seconds(_ms(lambda: write_backup(store, folder / "models", KEY, path)))
    store.close()
    restore = _seconds(_ms(lambda: restore_backup(path, KEY, target, folder / "three" / "models")))
    size = path.stat().st_size / 1e6
    return {
        f"backing up {size:.0f} MB, seconds": backup,
        "restoring it, all checks included, seconds": restore,
    }


def _refused(do: Callable[[], object]) -> None:
    try:
        do()
    except TriageError:
        return
    raise AssertionError("it was let in")


def _ms(do: Callable[[], object]) -> Times:
    clock, processor = time.perf_counter(), time.thread_time()
    do()
    return (time.perf_counter() - clock) * 1_000, (time.thread_time() - processor) * 1_000


def _seconds(times: Times) -> Times:
    return times[0] / 1_000, times[1] / 1_000


def _median(times: Sequence[Times]) -> Times:
    return statistics.median(one[0] for one in times), statistics.median(one[1] for one in times)


if __name__ == "__main__":
    main()
