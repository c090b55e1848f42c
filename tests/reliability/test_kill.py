"""Killed while it writes: what was acknowledged is there, once (T1); models are whole (T2)."""

import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from serving.audit_trail import TRAIL, Trail
from serving.caller import Caller
from serving.idempotency import Once
from serving.model_host import ModelHost
from serving.roles import Role
from tests.children import CONTEXT, WITHIN_S, die_at, in_a_child
from tests.serving.fakes import seal_fake
from triage.bundle import verify_bundle
from triage.decision import Action, Decision, FieldDecision
from triage.feedback import Feedback, Verdict
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import Store, open_store
from triage.store.audit import AuditLog
from triage.store.decisions import put_decisions
from triage.store.feedback import put_feedback
from triage.store.idempotency import Reply
from triage.ticket import Ticket

LONG = pytest.mark.reliability
KEY = bytes(range(32))
CLIENTS = 4
ROBOT = Caller("key", "robot", "robot", "acme", Role.SERVICE)


def write(store: Store, name: str) -> bool:
    """Give feedback as an endpoint does, named by an idempotency key; return whether it was a replay."""

    def effect() -> Reply:
        now = datetime.now(UTC)
        field = FieldDecision("team", "web", 0.9, 0.8, Action.APPLY, None)
        put_decisions(store, "acme", [Ticket(name)], [Decision(name, name, "v1", now, {"team": field})])
        put_feedback(store, "acme", [Feedback(name, name, "team", Verdict.ACCEPTED, "web", "robot", now)])
        return Reply(201, {"decision_id": name})

    TRAIL.set(Trail(AuditLog(store, KEY), ROBOT, "give_feedback", {"decision_id": name}))
    return Once(store, name, "0" * 64).run("acme", effect).replayed


def write_until_killed(url: str, first: int, acknowledged: Connection) -> None:
    """Write from four threads; each name is told to the parent once it is stored."""
    store = open_store(url, migrate=False)

    def run(client: int) -> None:
        try:
            for number in range(first, first + 1_000_000):
                name = f"{client}-{number}"
                write(store, name)
                os.write(acknowledged.fileno(), f"{name}\n".encode())
        except BaseException:
            os._exit(1)

    threads = [threading.Thread(target=run, args=(client,), daemon=True) for client in range(CLIENTS)]
    for one in threads:
        one.start()
    threads[0].join()


def one_kill(url: str, first: int, seconds: float) -> list[str]:
    """Let a process write, kill it so long after its first acknowledgment; return what it acknowledged."""
    reading, writing = CONTEXT.Pipe(duplex=False)
    found: list[bytes] = []

    def in_the_middle() -> None:
        writing.close()
        assert reading.poll(WITHIN_S)  # Opening the store takes as long as it takes.
        time.sleep(seconds)

    with reading:
        assert in_a_child(write_until_killed, url, first, writing, kill_when=in_the_middle) == -signal.SIGKILL
        while piece := os.read(reading.fileno(), 1 << 16):
            found.append(piece)
    return b"".join(found).decode().split("\n")[:-1]


def stored(path: Path) -> tuple[Counter, Counter, Counter, str]:
    """Count feedback, audit entries and kept answers by name, with what the database says of itself."""
    connection = sqlite3.connect(path)
    try:
        (integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
        return (
            Counter(name for (name,) in connection.execute("SELECT decision_id FROM feedback")),
            Counter(name[9:] for (name,) in connection.execute("SELECT object FROM audit_log")),
            Counter(name for (name,) in connection.execute("SELECT key FROM idempotency_keys")),
            integrity,
        )
    finally:
        connection.close()


@pytest.mark.parametrize("kills", [12, pytest.param(300, marks=LONG)])
def test_what_was_acknowledged_before_a_kill_is_there_once(tmp_path: Path, empty_sqlite: bytes, kills: int):
    path = tmp_path / "triage.db"
    path.write_bytes(empty_sqlite)
    url, chance = f"sqlite:///{path}", random.Random(0)
    acknowledged: set[str] = set()
    for number in range(kills):
        acknowledged.update(one_kill(url, 1_000_000 * number, chance.uniform(0.0, 0.1)))
        feedback, audited, answers, integrity = stored(path)
        assert integrity == "ok"
        assert acknowledged <= set(feedback)
        # The three stand or fall together, also for what was not acknowledged any more.
        assert feedback == audited == answers
        assert max(feedback.values(), default=1) == 1
    assert len(acknowledged) > kills  # Else nothing was tried.
    store = open_store(url)
    names = sorted(acknowledged)[:: max(1, len(acknowledged) // 20)]
    assert all(write(store, name) for name in names)  # Sent again: answered again, not done again.
    assert AuditLog(store, KEY).verify("acme").problem is None
    assert stored(path)[0] == feedback
    store.close()


STEPS = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "fcntl.flock", "os.truncate")


def do_until(step: int, home: Path, deed: Callable[[Path], None]) -> None:
    die_at(step, lambda event, given: event in STEPS and (event == "fcntl.flock" or str(home) in f"{given}"))
    deed(home)


def seal_next(home: Path) -> None:
    seal_fake(home, "v3")


def register_next(home: Path) -> None:
    Registry(home / "models").register("acme", "v2")


def promote_next(home: Path) -> None:
    Registry(home / "models").promote("acme", "v2")


def roll_back(home: Path) -> None:
    Registry(home / "models").rollback("acme")


def whole_after_kill(home: Path, deed: Callable[[Path], None], step: int) -> bool:
    """Kill a deed at a step and look at what is left; return whether it came to its end before."""
    for version in ("v0", "v1", "v2"):
        seal_fake(home, version)
    registry = Registry(home / "models")
    registry.promote("acme", "v0")
    registry.promote("acme", "v1")
    code = in_a_child(do_until, step, home, deed)
    assert code in (0, -signal.SIGKILL)
    key = signing_key({"TRIAGE_HOME": str(home)})
    champion = registry.pointers("acme").champion
    assert champion in ("v0", "v1", "v2")
    for version in registry.versions("acme"):
        verify_bundle(registry.folder("acme", version), key)
    began = time.monotonic()
    host = ModelHost(registry, key, threads=1, poll_seconds=60)
    host.refresh()
    assert time.monotonic() - began < 30
    bundle = host.bundle("acme")
    assert bundle is not None and bundle.version == champion and dict(host.failures) == {}
    deed_again(home, deed, registry)
    return code == 0


@pytest.mark.parametrize("every", [2, pytest.param(1, marks=LONG)])
@pytest.mark.parametrize("deed", [seal_next, register_next, promote_next, roll_back])
def test_a_kill_at_any_step_of_sealing_or_switching_leaves_a_whole_model(
    tmp_path: Path, deed: Callable[[Path], None], every: int
):
    # Sealing has some forty steps, moving a pointer a handful.
    stride = every if deed is seal_next else 1
    killed = 0
    for step in range(0, 200, stride):
        if whole_after_kill(tmp_path / str(step), deed, step):
            break
        killed += 1
    print(f"{deed.__name__}: killed at {killed} steps")  # noqa: T201
    assert killed >= 4


def deed_again(home: Path, deed: Callable[[Path], None], registry: Registry) -> None:
    """What died can be done after all."""
    before = registry.pointers("acme")
    if deed is seal_next:
        import shutil

        shutil.rmtree(home / "models" / ".v3.draft", ignore_errors=True)
        if "v3" in registry.versions("acme"):
            return
    if deed is roll_back and before.champion == "v0":
        return
    deed(home)
    wanted = {promote_next: "v2", roll_back: "v0"}.get(deed, before.champion)
    assert registry.pointers("acme").champion == wanted
